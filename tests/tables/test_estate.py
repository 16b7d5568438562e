"""Estates: mixed folders, archives, workbooks, databases, addresses; bombs and damage by name."""

from __future__ import annotations

import gzip
import io
import shutil
import socket
import sqlite3
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest

from habeas.errors import BadInput
from habeas.tables.choice import Choice
from habeas.tables.database import SqliteReader, sqlite_tables
from habeas.tables.estate import Member, Unread, members
from habeas.tables.source import Source
from habeas.tables.unpack import Limits, Workspace, unzipped

CSV = "name,mobile\n王小明,13812345678\n李四,13900001111\n"
ROWS = [{"name": "王小明", "mobile": 13812345678}, {"name": "李四", "mobile": 13900001111}]


def _all(where, **how):
    """Names with rows, and what could not be read."""
    found, unread = {}, {}
    with Workspace(how.pop("limits", None)) as work:
        for one in members(str(where), work=work, **how):
            if isinstance(one, Member):
                found[one.name] = one.open().read().to_pylist()
            else:
                unread[one.name] = one.error.says
    return found, unread


def _zip(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), text)


def test_a_mixed_folder_gives_every_table_in_it(tmp_path):
    """CSV in three encodings, gzip, zip, a workbook, a database, text; hidden files are not seen."""
    openpyxl = pytest.importorskip("openpyxl", reason="makes a workbook")
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/u.csv").write_text(CSV, encoding="utf-16")
    (tmp_path / "g.csv").write_text(CSV, encoding="gb18030")
    (tmp_path / "z.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    _zip(tmp_path / "p.zip", in__b_csv=CSV)
    book = openpyxl.Workbook()
    book.active.title = "员工"
    for row in (["name", "mobile"], ["王小明", 13812345678], ["李四", 13900001111]):
        book.active.append(row)
    book.save(tmp_path / "w.xlsx")
    (tmp_path / ".hidden.csv").write_text(CSV)
    (tmp_path / "notes.txt").write_text("一行\n两行\n", encoding="utf-8")
    found, unread = _all(tmp_path)

    assert {} == unread
    assert [{"text": "一行"}, {"text": "两行"}] == found.pop("notes.txt")
    assert {"a.csv", "deep/u.csv", "g.csv", "z.csv", "p.zip!/in/b.csv", "w.xlsx#员工"} == set(found)
    assert all(rows == ROWS for rows in found.values()), found


def test_a_workbook_keeps_days_numbers_and_gaps(tmp_path):
    """Types by column; mixed cells are texts; an empty cell is null, and a nameless column named."""
    openpyxl = pytest.importorskip("openpyxl", reason="makes a workbook")
    book = openpyxl.Workbook()
    for row in (
        [None, None, None],
        ["born", "sum", None],
        [date(1990, 2, 3), 1.5, "x"],
        [None, 2, 7],
    ):
        book.active.append(row)
    book.save(tmp_path / "w.xlsx")
    (rows,) = _all(tmp_path / "w.xlsx")[0].values()

    assert [
        {"born": date(1990, 2, 3), "sum": 1.5, "column 3": "x"},
        {"born": None, "sum": 2.0, "column 3": "7"},
    ] == rows


# ---- bombs, damage, the dishonest sender


def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path):
    """Fifty megabytes of zeros in fifty kilobytes."""
    _zip(tmp_path / "b.zip", a_csv="0" * (50 << 20))

    with pytest.raises(BadInput, match="zip bomb"):
        _all(tmp_path / "b.zip")


def test_a_gzip_bomb_is_refused(tmp_path):
    """The same for gzip."""
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"0" * (50 << 20)))

    with pytest.raises(BadInput, match="zip bomb"):
        _all(tmp_path / "b.csv.gz")


def test_what_unpacks_into_too_much_is_refused(tmp_path):
    """The limit is on what comes out, whatever the header says."""
    _zip(tmp_path / "b.zip", a_csv=CSV * 100)

    with pytest.raises(BadInput, match="more than is allowed"):
        _all(tmp_path / "b.zip", limits=Limits(largest=1_000))


def test_an_archive_of_too_many_files_is_refused(tmp_path):
    """Ten thousand by default."""
    _zip(tmp_path / "b.zip", **{f"f{n}_csv": CSV for n in range(6)})

    with pytest.raises(BadInput, match="more than 5 files"), Workspace(Limits(members=5)) as work:
        list(unzipped(tmp_path / "b.zip", work))


def test_archives_in_archives_end_somewhere(tmp_path):
    """A quine that holds itself would never end."""
    data = CSV.encode()
    name = "a.csv"
    for _ in range(5):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(name, data)
        data, name = stream.getvalue(), "inner.zip"
    (tmp_path / "o.zip").write_bytes(data)
    found, unread = _all(tmp_path / "o.zip")

    assert {} == found
    assert ["archives in archives in archives are not opened"] == list(unread.values())


def test_an_archive_chooses_no_place_to_write_to(tmp_path):
    """../../evil.csv is read like any other, and written nowhere but in our own folder."""
    _zip(tmp_path / "b.zip", **{"..__..__evil_csv": CSV, "ok_csv": CSV})
    before = sorted(p.name for p in tmp_path.parent.iterdir())
    found, _ = _all(tmp_path / "b.zip")

    assert ["b.zip!/ok.csv"] == [name for name in found if "ok" in name]
    assert before == sorted(p.name for p in tmp_path.parent.iterdir())
    assert ["b.zip"] == [p.name for p in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", b"PK\x03\x04 not really"),
        ("a.csv.gz", b"\x1f\x8b\x08 not really"),
        ("a.xlsx", b"PK\x03\x04 not really"),
        ("a.db", b"SQLite format 3\x00 not really"),
        ("a.parquet", b"PAR1"),
    ],
)
def test_a_damaged_file_is_named_and_the_rest_goes_on(tmp_path, name, data):
    """In a folder it is unread; asked for by itself it is an error."""
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.csv").write_text(CSV, encoding="utf-8")
    with Workspace() as work:
        found, unread = [], []
        for one in members(str(tmp_path), work=work):
            try:
                (found if isinstance(one, Member) and one.open().count() else unread).append(
                    one.name
                )
            except BadInput:
                unread.append(one.name)

    assert (["good.csv"], 1) == (found, len(unread))
    with pytest.raises(BadInput):
        _all(tmp_path / name)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip"])
def test_a_full_disk_is_not_called_a_damaged_file(tmp_path, monkeypatch, name):
    """Who is told to fetch it again would fetch it in vain."""
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    _zip(tmp_path / "a.zip", a_csv=CSV)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("habeas.tables.unpack._copied", full)

    with pytest.raises(BadInput, match="No space left"):
        _all(tmp_path / name)


def test_nothing_unpacked_is_left_behind(tmp_path):
    """Unpacked personal data lives as long as the scan."""
    (tmp_path / "z.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    work = Workspace()
    place = work.place("x").parents[1]
    for one in members(str(tmp_path / "z.csv.gz"), work=work):
        one.open().read()
        assert any(place.rglob("*.csv"))
    work.close()

    assert not place.exists()


def test_an_unchanged_file_has_one_fingerprint(tmp_path):
    """And a changed one another."""
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    with Workspace() as work:
        (one,) = members(str(tmp_path), work=work)
        (again,) = members(str(tmp_path), work=work)
        (tmp_path / "a.csv").write_text(CSV + "赵六,13700002222\n", encoding="utf-8")
        (changed,) = members(str(tmp_path), work=work)

    assert one.fingerprint == again.fingerprint != changed.fingerprint


# ---- databases and stores


@pytest.fixture
def crm(tmp_path):
    with sqlite3.connect(tmp_path / "crm.db") as connection:
        connection.execute(
            'CREATE TABLE customers (id INTEGER, "a ""b" TEXT, loose INTEGER, pic BLOB)'
        )
        rows = [(n, f"王{n}", n if n % 2 else "x", b"\x00") for n in range(5_000)]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows)
        connection.execute("CREATE VIEW few AS SELECT id FROM customers LIMIT 3")
        connection.execute("CREATE TABLE secret (x TEXT)")
    connection.close()
    return tmp_path / "crm.db"


def test_a_database_gives_its_tables_and_views(crm):
    """Types are those of the values; a column that lies about its type is read as text."""
    found, _ = _all(crm)

    assert {"crm.db#customers", "crm.db#few", "crm.db#secret"} == set(found)
    assert {"id": 1, 'a "b': "王1", "loose": "1", "pic": None} == found["crm.db#customers"][1]


def test_what_is_left_out_is_not_looked_at(crm):
    """Names are chosen before metadata is read."""
    taken = sqlite_tables(crm, Choice(exclude=("secret",)))
    found, _ = _all(crm, choice=Choice.of(["*few*", "customers", "!secret"]))

    assert ["customers", "few"] == [table.name for table in taken]
    assert {"crm.db#customers", "crm.db#few"} == set(found)


def test_a_database_draws_the_sample_itself(crm):
    """About as many rows as asked for, from the whole table, the count staying the table's."""
    (table,) = [t for t in sqlite_tables(crm, Choice()) if t.name == "customers"]
    source = Source("c", SqliteReader(crm, table, sample=500))
    ids = [row["id"] for row in source.read(columns=["id"]).to_pylist()]

    assert 5_000 == source.count()
    assert 250 <= len(ids) <= 1_000
    assert min(ids) < 500
    assert max(ids) > 4_500


def test_a_database_is_opened_read_only(crm):
    """Scanning leaves no trace in it, not even a journal."""
    before = crm.read_bytes()
    _all(crm)

    assert before == crm.read_bytes()
    assert ["crm.db"] == [p.name for p in crm.parent.iterdir()]


def test_files_elsewhere_come_through_fsspec(tmp_path):
    """One address, or a glob of them; errors don't tell credentials."""
    fsspec = pytest.importorskip("fsspec", reason="the extra `sources`")
    store = fsspec.filesystem("memory")
    for name in ("a", "b"):
        with store.open(f"/bucket/{name}.csv", "wb") as stream:
            stream.write(CSV.encode())
    found, _ = _all("memory://bucket/*.csv")

    assert {"a.csv": ROWS, "b.csv": ROWS} == found
    with pytest.raises(BadInput) as error:
        _all("memory://user:password@bucket/none.csv?token=abc")
    assert "password" not in error.value.sentence()
    assert "token" not in error.value.sentence()


def test_an_unread_member_says_why(tmp_path):
    """The type of what the walk yields."""
    (tmp_path / "a.zip").write_bytes(b"no")
    (tmp_path / "b.csv").write_text(CSV, encoding="utf-8")
    with Workspace() as work:
        kinds = [type(one) for one in members(str(tmp_path), work=work)]

    assert [Unread, Member] == kinds


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A server of our own on this machine, not as root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or shutil.which("runuser") is None:
        pytest.skip("PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("pg")
    folder.chmod(0o777)
    for parent in folder.parents:
        if str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def as_postgres(*command):
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *command], check=True, capture_output=True, cwd="/"
        )

    data = folder / "data"
    as_postgres(str(found[-1] / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    as_postgres(
        str(found[-1] / "pg_ctl"),
        "-D",
        str(data),
        "-o",
        options,
        "-w",
        "-l",
        str(folder / "log"),
        "start",
    )
    yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    as_postgres(str(found[-1] / "pg_ctl"), "-D", str(data), "-m", "fast", "stop")


@pytest.mark.slow
def test_postgresql_in_a_read_only_session(postgres):
    """Tables of two schemas, comments, a sample drawn by the server, nothing written."""
    driver = pytest.importorskip("adbc_driver_postgresql.dbapi", reason="the extra `sources`")
    with driver.connect(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA crm")
        cursor.execute(
            "CREATE TABLE crm.customers (id int, n numeric, xm text, born date, ok boolean)"
        )
        cursor.execute("COMMENT ON COLUMN crm.customers.xm IS '客户姓名'")
        cursor.execute(
            "INSERT INTO crm.customers SELECT g, g * 1.5, '王' || g, DATE '1990-01-01', true "
            "FROM generate_series(1, 20000) g"
        )
        cursor.execute("CREATE TABLE crm.secret (x text)")
        connection.commit()
    with Workspace() as work:
        found = list(
            members(postgres, choice=Choice.of(["crm.*", "!*.secret"]), sample=500, work=work)
        )
        (one,) = found
        source = one.open()
        rows = source.read().to_pylist()

    assert "crm.customers" == one.name
    assert {"xm": "客户姓名"} == source.comments
    assert 20_000 == source.count()
    assert 300 <= len(rows) <= 800
    assert {"id", "n", "xm", "born", "ok"} == set(rows[0])
    assert date(1990, 1, 1) == rows[0]["born"]
    with pytest.raises(BadInput) as error, Workspace() as work:
        list(members(postgres.replace("postgres@", "nobody:geheim@"), work=work))
    assert "geheim" not in error.value.sentence()
