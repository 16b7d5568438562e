"""`habeas decide TABLE`: exit codes, counts, what is written, and no cell in any message."""

import json

import pytest

ROW = {
    "matter.acted_on": "2026-03-01",
    "matter.place_of_processing": "cn",
    "party.role": "controller",
    "party.kind": "company",
    "party.sector": "loan_platform",
    "use.identifiability": "identified",
    "use.secrecy_required": "false",
    "use.emergency": "false",
    "note": "whatever",
}
KEPT = {"use.kept_after_end": "false", "use.consent": "not_asked", "use.operations": "collect"}
DAY = ("--as-of", "2026-11-24")


@pytest.fixture
def table(tmp_path):
    """A table of rows like the one above, each with something changed."""

    def written(*changes, name="uses.csv"):
        rows = [ROW | change for change in changes]
        names = list(dict.fromkeys(name for row in rows for name in row))
        lines = [",".join(names), *(",".join(row.get(n, "") for n in names) for row in rows)]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize(
    ("issue", "facts", "code", "status"),
    [
        ("notice", {"use.notice_given": "false"}, 3, "unlawful"),
        ("retention", KEPT, 0, "lawful"),
        ("notice", {}, 4, "undetermined"),
    ],
)
def test_the_exit_code_is_that_of_the_worst_row(habeas, table, issue, facts, code, status):
    """As for one matter: 3 where something is unlawful, 4 where something is open."""
    said = habeas("decide", table(facts), "--issue", issue, "--json", *DAY)
    told = json.loads(said.out)

    assert (code, {status: 1}) == (said.code, {k: v for k, v in told["statuses"].items() if v})
    assert (["note"], 1) == (told["columns_ignored"], told["rows"])


def test_what_is_written_names_each_row_and_what_it_breaks(habeas, table, tmp_path):
    """The id of the table, or the number of the row where it has none."""
    path = table({"use.notice_given": "false", "id": "r7"}, {"id": "r8"})
    out = tmp_path / "decided.jsonl"
    habeas("decide", path, "--issue", "notice", "--list-open", "-o", out, *DAY)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    assert [("r7", "unlawful"), ("r8", "undetermined")] == [(r["id"], r["status"]) for r in rows]
    assert "cn.pipl.art17.p1" in rows[0]["breached"].split(";")
    assert "cn.pipl.art17.p1" in rows[1]["open"].split(";")


def test_people_read_it_in_both_languages(habeas, table):
    """Counts by status, the provisions broken, and what no column tells."""
    path = table({"use.notice_given": "false"})
    english = habeas("decide", path, "--issue", "notice", *DAY).out
    chinese = habeas("decide", path, "--issue", "notice", "--lang", "zh", *DAY).out

    for part in ("1 rows", "unlawful", "cn.pipl.art17.p1", "Facts without a column", "not advice"):
        assert part in english
    for part in ("共1行", "违法", "缺少列的事实", "不构成法律意见"):
        assert part in chinese


def test_a_wrong_cell_is_counted_and_not_shown(habeas, table):
    """The column and how many; the cell itself may be anybody's secret."""
    said = habeas("decide", table({"use.consent": "zhang san said yes"}), *DAY)

    assert 2 == said.code
    assert "use.consent" in said.err
    assert "zhang" not in said.err + said.out
