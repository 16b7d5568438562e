"""Reading tables: types over the whole file, damage named by place, memory bounded."""

import tracemalloc
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.tables.source import open_source
from habeas.tables.write import write_table

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
MARK = "zq7-marked-value"


def written(tmp_path: Path, name: str, data: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_types_are_inferred_over_the_whole_file(tmp_path):
    """A column of numbers with one word at the end is a column of words."""
    rows = "\n".join(f"{n},{n}" for n in range(1, 5_000))
    source = open_source(written(tmp_path, "a.csv", f"a,b\n{rows}\n5000,x\n"))

    assert [pa.int64(), pa.string()] == source.schema.types
    assert 5_000 == source.count()


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2", "0"], pa.int64()),
        (["007", "1"], pa.string()),
        (["1234567890123456"], pa.string()),
        (["123456789012345"], pa.int64()),
        (["1.5", "2"], pa.float64()),
        (["true", "false"], pa.bool_()),
        (["true", "1"], pa.string()),
        (["2024-02-29"], pa.date32()),
        (["2023-02-29"], pa.string()),
        (["1", "NA"], pa.int64()),
        (["NA", "NA"], pa.string()),
        (["x", "NA"], pa.string()),
        (["1e5", "2"], pa.float64()),
        (["+86"], pa.string()),
    ],
)
def test_each_type_has_its_rule(tmp_path, cells, kind):
    """Leading zeros, long numbers and impossible days stay the strings they are."""
    source = open_source(written(tmp_path, "a.csv", "a,b\n" + "".join(f"{c},.\n" for c in cells)))

    assert kind == source.schema.field("a").type


def test_na_stays_a_word_among_words(tmp_path):
    """Namibia's code is not a missing value."""
    source = open_source(written(tmp_path, "a.csv", "a\nNA\nDE\n\n"))

    assert ["NA", "DE"] == source.read().column("a").to_pylist()


def test_untyped_leaves_strings(tmp_path):
    """A leak is compared as text: nothing may be reinterpreted."""
    source = open_source(written(tmp_path, "a.csv", "a,b\n1,true\n"), typed=False)

    assert [{"a": "1", "b": "true"}] == source.read().to_pylist()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_delimiters_and_encodings_are_found(tmp_path, mark, encoding):
    """Chinese offices export GB18030 with semicolons as readily as UTF-8."""
    text = mark.join(["姓名", "日期"]) + "\n" + mark.join(["张三", "2020-01-31"]) + "\n"
    source = open_source(written(tmp_path, "a.csv", text.encode(encoding)))

    assert [{"姓名": "张三", "日期": date(2020, 1, 31)}] == source.read().to_pylist()


def test_json_lines_keep_nested_values_as_text(tmp_path):
    """An address book inside a cell is still scanned."""
    text = '{"a": 1, "c": [{"x": "张"}]}\n{"a": 2.5, "d": true}\n'
    source = open_source(written(tmp_path, "a.jsonl", text))

    assert {"a": pa.float64(), "c": pa.string(), "d": pa.bool_()} == dict(
        zip(source.schema.names, source.schema.types, strict=True)
    )
    assert '[{"x": "张"}]' == source.read().column("c").to_pylist()[0]


@pytest.mark.parametrize(
    ("name", "data", "place", "says"),
    [
        ("a.csv", f"a,b,c\n1,2,3\n4,{MARK}\n", 'row 3, column "c"', "2 fields"),
        ("a.csv", f"a,b\n1,2\n4,5,{MARK}\n", 'row 3, column "b"', "3 fields"),
        ("a.csv", f'a,b\n1,2\n3,"{MARK}\n4,5\n', "row 3", "quote"),
        ("a.csv", "a,a\n1,2\n", "row 1", "two columns"),
        ("a.csv", b"a,b\nJos\xe9,1\n", "row 2", "UTF-8"),
        ("a.csv", "a,b\n张三好,1\n".encode() + b"\xff\xfe,2\n", "row 3", "UTF-8"),
        ("a.jsonl", f'{{"a": 1}}\n{{"a": "{MARK}\n', "row 2, column", "JSON"),
        ("a.jsonl", "[1]\n", "row 1", "object"),
        ("a.parquet", b"PAR1" + b"\0" * 50, None, "Parquet"),
        ("a.arrow", b"ARROW1\0\0" + b"\0" * 9, None, "Arrow"),
        ("a.xyz", b"", None, "can't be read"),
        ("a.csv", b"", None, "empty"),
        ("a.jsonl", b"", None, "empty"),
    ],
)
def test_damage_is_named_and_never_quoted(tmp_path, name, data, place, says):
    """One sentence with file, row and column, and never a value: errors travel."""
    with pytest.raises(BadInput) as caught:
        open_source(written(tmp_path, name, data)).read()

    error = caught.value
    assert (name, 2) == (error.file, error.exit_code)
    assert says in error.says
    assert place is None or place == error.place or error.place.startswith(place)
    assert error.remedy
    assert MARK not in str(error)
    assert str(tmp_path) not in str(error)


def test_a_truncated_parquet_is_refused(tmp_path):
    """Half a download is not a table."""
    path = tmp_path / "a.parquet"
    write_table(pa.table({"a": list(range(5_000))}), path)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(BadInput, match="not a whole Parquet file"):
        open_source(path)


def test_a_flipped_byte_in_our_own_parquet_is_noticed(tmp_path):
    """Every page carries a checksum; the error names rows and column."""
    path = tmp_path / "a.parquet"
    write_table(pa.table({"a": list(range(5_000)), "b": ["x"] * 5_000}), path)
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(bytes(data))

    with pytest.raises(BadInput) as caught:
        open_source(path).read()
    assert 'rows 1-5000, column "a"' == caught.value.place


def test_a_missing_column_names_the_nearest(tmp_path):
    """A typo costs a look, not a search."""
    source = open_source(written(tmp_path, "a.csv", "amount,b\n1,2\n"))

    with pytest.raises(BadInput, match="did you mean 'amount'"):
        list(source.batches(columns=["amuont"]))


def test_no_permission_is_said(tmp_path):
    """As root every file can be read, so the check is made where it can fail."""
    path = written(tmp_path, "a.csv", "a\n1\n")
    path.chmod(0)
    try:
        path.open().close()
    except PermissionError:
        with pytest.raises(BadInput, match="no permission"):
            open_source(path)
    else:
        pytest.skip("this user may read everything")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".arrow", ".feather"])
def test_what_is_written_is_read_again(tmp_path, suffix):
    """Each format keeps values, types, nulls and order."""
    table = pa.table(
        {
            "a": pa.array([1, None, 3], pa.int64()),
            "b": ["张三", 'x,"y"', None],
            "c": pa.array([date(2020, 1, 2), None, date(1999, 12, 31)], pa.date32()),
            "d": [1.5, -2.25, None],
            "e": [True, False, None],
        }
    )
    write_table(table, tmp_path / f"t{suffix}")
    source = open_source(tmp_path / f"t{suffix}")

    assert table.schema == source.schema
    assert table == source.read()


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, st.integers(-(10**14), 10**14)), min_size=1, max_size=30))
def test_any_text_survives_csv(rows, tmp_path_factory):
    """Delimiters, quotes and full-width marks inside cells come back as they were."""
    words = [word or None for word, _ in rows]
    table = pa.table({"w": pa.array(words, pa.string()), "n": [number for _, number in rows]})
    path = tmp_path_factory.mktemp("t") / "t.csv"
    write_table(table, path)

    assert words == open_source(path, typed=False).read().column("w").to_pylist()
    assert [n for _, n in rows] == open_source(path).read().column("n").to_pylist()


def test_frames_are_sources():
    """pandas, Polars and Arrow tables are accepted where a path is; strings become plain."""
    import pandas as pd

    frame = pl.DataFrame({"a": ["x", "y"]})
    for given_frame in (frame, frame.lazy(), pd.DataFrame({"a": ["x", "y"]}), frame.to_arrow()):
        source = open_source(given_frame, name="mine")
        assert ("mine", [pa.string()]) == (source.name, source.schema.types)
        assert ["x", "y"] == source.read().column("a").to_pylist()


def test_batches_are_bounded(tmp_path):
    """Memory is bounded by the batch: no batch is longer than asked, none is lost."""
    path = tmp_path / "a.parquet"
    write_table(pa.table({"a": list(range(10_000))}), path)
    sizes = [batch.num_rows for batch in open_source(path).batches(rows=1_000)]

    assert 10_000 == sum(sizes)
    assert max(sizes) <= 1_000


@pytest.mark.slow
def test_reading_a_long_file_holds_a_bounded_part_of_it(tmp_path):
    """90 MB of CSV are typed and read within 60 MB of Arrow memory."""
    path = tmp_path / "a.csv"
    with path.open("w") as stream:
        stream.write("a,b\n")
        for start in range(0, 4_000_000, 10_000):
            stream.write("".join(f"{n},note number {n}\n" for n in range(start, start + 10_000)))
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    peak = 0
    for _ in open_source(path).batches():
        peak = max(peak, pa.total_allocated_bytes() - before)
    python = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 60 << 20
    assert python < 8 << 20


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_real_tables_have_the_rows_they_should():
    """Real exports: quoted headers, NA, a column without a name, semicolons."""
    loans = open_source(SHARED / "data/tables/loans_full_schema.csv")
    assert (10_000, 56, "") == (loans.count(), len(loans.schema), loans.schema.names[0])
    assert pa.float64() == loans.schema.field("annual_income_joint").type
    assert 30_162 == open_source(SHARED / "data/tables/adult_arx.csv").count()
