"""The compiled pass: never another answer than the plain reference, and obedient to edits."""

import random
import re
from collections import Counter
from pathlib import Path

import numba
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.boundary import kernel, text
from habeas.boundary.detector import Look
from habeas.boundary.detectors import bank_card
from habeas.boundary.fold import fold
from habeas.boundary.gated import gated
from habeas.boundary.kernel import mark, tables_of
from habeas.boundary.registry import detectors
from habeas.boundary.text import scan_cells, scan_plainly, scan_text
from habeas.demo.book import generate

LABELS = Path(__file__).resolve().parent / "labels"
SIGNS = (
    "0123456789" * 3 + " -.·/:@*xX+()年月日ABEGabcdefgip,\n\t，。张伟王李欧阳先生电话姓名路号省市区"
    "京沪住院手术患癌炎信佛礼拜回族收入万元是ſKİßé１２３＠．\u3000\u200b𠀀"
)


def labelled():
    found = []
    for file in sorted(LABELS.glob("*.yaml")):
        labels = yaml.safe_load(file.read_text("utf-8"))
        for group in ("valid", "invalid", "look_alike"):
            found += [entry["text"] for entry in labels.get(group) or []]
    return found


def spliced(rng, pieces):
    parts = (rng.choice(pieces) for _ in range(rng.randrange(1, 6)))
    return "".join(p[(at := rng.randrange(len(p) or 1)) : at + rng.randrange(1, 30)] for p in parts)


def corpus(size):
    rng = random.Random(11)
    pieces = labelled()
    notes = generate(600, seed=3).table
    cells = [str(c) for name in notes.column_names for c in notes.column(name).to_pylist()[:15]]
    cells += [n for n in notes.column("collection_note").to_pylist() if n]
    made = ["".join(rng.choices(SIGNS, k=rng.randrange(60))) for _ in range(size)]
    return pieces + cells + made + [spliced(rng, pieces + cells) for _ in range(size)]


def compare(texts):
    found = dict(scan_cells(pa.array(texts, pa.string()), texts))
    for place, one in enumerate(texts):
        assert scan_plainly(one) == found.get(place, ()), repr(one)


def test_findings_are_those_of_the_reference():
    """Labels, generated cells and notes, random signs and spliced fragments: the same spans."""
    compare(corpus(150))


@pytest.mark.slow
def test_findings_are_those_of_the_reference_on_much_more():
    """Twenty thousand more."""
    compare(corpus(10_000))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from(SIGNS), max_size=50), max_size=8))
def test_any_texts_are_answered_alike(texts):
    """Hypothesis looks for the cell that differs."""
    compare(texts)


def test_arrays_with_offsets_are_read_where_they_begin():
    """A slice of an array, and both widths of offsets; nothing is joined or copied first."""
    texts = ["电话13800138000", "", "卡号4539578763621486", "住院", "𠀀13912345678"]
    for kind in (pa.string(), pa.large_string()):
        sliced = pa.array(["13700137000", *texts, "13600136000"], kind).slice(1, len(texts))

        assert {place: scan_plainly(texts[place]) for place in (0, 2, 3, 4)} == dict(
            scan_cells(sliced, texts)
        )


def test_a_long_text_is_answered_as_its_parts():
    """Above a megabyte the pass runs; what it finds is what stands there, at the same places."""
    line = "已提醒还款，无其他情况。\n" * 40
    note = f"其姐姐电话138 0013 8000，住院，卡号{'4539578763621486'}\n"
    long = (line + note) * (kernel.WORTH // len(line + note) + 1)
    found = Counter((s.kind, s.start % len(line + note)) for s in scan_text(long))

    assert {(s.kind, s.start) for s in scan_text(line + note)} == set(found)
    assert {len(long) // len(line + note)} == set(found.values())


def test_lone_surrogates_do_no_harm():
    """Broken text is text too."""
    long = "\ud800 13800138000 " * (kernel.WORTH // 10)

    assert scan_text(long)[0] == scan_plainly(long[:40])[0]


def test_cells_that_are_not_offered_would_have_been_refused():
    """Every detector says NONE of every cell the pass keeps from it."""
    cells = [fold(cell).strip() for cell in dict.fromkeys(corpus(200))]
    may = gated(cells)
    for one in detectors():
        if one.cell is not None and one.id in may:
            rest = set(range(len(cells))) - set(may[one.id].tolist())
            wrong = [cells[place] for place in rest if one.cell(cells[place]) is not Look.NONE]

            assert [] == wrong, one.id


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<![0-9])[0-9]{3}-?[0-9]{4}(?![0-9])",
        r"(?:ab?){9}c|x(?=yz)",
        r"(?i)straße|kelvin|son",
        r"[^a-c]{2,}d$",
        r"(?:a|bc|def)*g",
        r"\s\w+\d\b",
        r"x[^q]{0,300}q",
        r"(?P<q>['*])x(?P=q)",
        r"病(?:人|历){0,3}[一-龥]号",
    ],
)
def test_a_gate_is_open_wherever_a_pattern_matches(pattern):
    """The condition read off a pattern may be too wide; too narrow it must not be."""
    compiled = re.compile(pattern)
    tables = tables_of([compiled])
    rng = random.Random(2)
    signs = "abcdefgxyz0123456789-' *\n病人历号一龥ſKßS中kelvinstraßeson"
    texts = ["".join(rng.choices(signs, k=rng.randrange(30))) for _ in range(800)]
    texts += ["ababababababababac", "KELVIN STRASSE ſon", "'x'*x*", "病人历人号", "xyz", "defdefg"]
    texts.append("x" + "a" * 290 + "q")
    marks = mark(pa.array(texts), tables)
    open_ = set(zip(marks.cells.tolist(), marks.places.tolist(), strict=True))
    for cell, one in enumerate(texts):
        at = {p for p in range(len(one)) if (m := compiled.match(one, p)) and m.end() > p}

        assert at <= {place for number, place in open_ if number == cell}, repr(one)


def test_an_edited_validator_is_obeyed(monkeypatch):
    """The pass knows no check digit: whoever changes one sees the new answer at once."""
    texts = ["卡号4539578763621486"]
    before = dict(scan_cells(pa.array(texts), texts))
    monkeypatch.setattr(bank_card, "luhn", lambda _: False)
    after = dict(scan_cells(pa.array(texts), texts))

    assert ["bank_card"] == [span.kind for span in before[0]]
    assert {} == after


def test_machine_code_is_kept_apart_for_every_state_of_the_sources(monkeypatch, tmp_path):
    """Numba's own cache does not see edits in other files; the folder's name does."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    one = kernel._cache_folder()
    monkeypatch.setattr(kernel, "rule_pack", lambda: "1-edited")
    other = kernel._cache_folder()

    assert one.is_dir()
    assert other.is_dir()
    assert one != other


def test_without_a_writable_place_nothing_is_cached(monkeypatch, tmp_path):
    """A file where the folder should be: compiled all the same, and said."""
    (tmp_path / "full").write_text("")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "full"))

    assert kernel._cache_folder() is None


def test_no_compiler_is_loaded_for_a_short_text():
    """The command line starts at once: numba only where it pays."""
    import subprocess
    import sys

    code = (
        "import sys; from habeas.boundary.text import scan_text; "
        "assert scan_text('13800138000'); assert 'numba' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)

    assert 0 == done.returncode, done.stderr.decode()


def test_a_full_scan_counts_what_the_reference_counts(look, monkeypatch):
    """The same boundary whether or not the pass may help."""
    table = generate(800, seed=5).table.drop_columns(["contacts"])
    text.find(pa.array(["x"]))
    kernel.compiled()
    fast = look(table, full=True)
    monkeypatch.setattr("habeas.boundary.shape.is_compiled", lambda: False)
    monkeypatch.setattr("habeas.boundary.text.is_ready", lambda: False)
    plain = look(table, full=True)

    assert plain.to_json() == fast.to_json()
