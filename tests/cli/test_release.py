"""habeas release: planned, edited, handed out; refused by rule with the right exit code."""

from __future__ import annotations

import json

COLLECT = ("--activity", "loan-servicing", "--to", "collector", "--purpose", "debt_collection")


def test_a_release_says_what_left_and_what_stayed(habeas, platform, loans, tmp_path):
    """Counts for the controller; the manifest beside the copy."""
    said = habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv", "--json")

    assert 0 == said.code, said.err
    assert {"objected": 0, "silent": 0} == {
        key: said.json["left_out"][key] for key in ("objected", "silent")
    }
    manifest = json.loads((tmp_path / "c.csv.manifest.json").read_text("utf-8"))
    assert said.json["manifest_digest"] == manifest["sha256"]


def test_a_plan_is_written_edited_and_used(habeas, platform, loans, tmp_path):
    """The plan is a file between deciding and doing; a column dropped there stays home."""
    plan, out = tmp_path / "plan.yaml", tmp_path / "c.csv"
    assert 0 == habeas("release", loans, *COLLECT, "--plan-only", "-o", plan).code
    import yaml

    edited = yaml.safe_load(plan.read_text("utf-8"))
    for column in edited["columns"]:
        if column["column"] == "mobile":
            column.update(transform="drop", params={}, mark=False)
    edited["needed"].remove("mobile")
    plan.write_text(yaml.safe_dump(edited, allow_unicode=True), "utf-8")

    said = habeas("release", loans, *COLLECT, "--plan", plan, "-o", out, "--json")

    assert 0 == said.code, said.err
    assert "mobile" not in said.json["columns"]


def test_the_advertiser_is_refused_with_exit_3(habeas, platform, loans, tmp_path):
    """The law's no, in a sentence with provisions."""
    said = habeas(
        *("release", loans, "--activity", "loan-servicing", "--to", "ads"),
        *("--purpose", "advertising", "-o", tmp_path / "a.csv"),
    )

    assert 3 == said.code
    assert "cn.pipl" in said.err
    assert not (tmp_path / "a.csv").exists()


def test_an_unknown_recipient_is_exit_2_with_the_nearest(habeas, platform, loans, tmp_path):
    """A typing mistake never falls through to another recipient."""
    said = habeas(
        *("release", loans, "--activity", "loan-servicing", "--to", "colector"),
        *("--purpose", "debt_collection", "-o", tmp_path / "a.csv"),
    )

    assert (2, True) == (said.code, "write 'collector'" in said.err)


def test_a_withdrawal_is_in_the_next_release(habeas, platform, loans, world, tmp_path):
    """From the command line to the copy, nothing in between."""
    first = habeas("release", loans, *COLLECT, "-o", tmp_path / "1.csv", "--json").json
    portfolio = [r["borrower_id"] for r in world.table().to_pylist() if r["portfolio"] == "P1"]
    habeas("choice", "withdraw", portfolio[0], "--activity", "loan-servicing")
    second = habeas("release", loans, *COLLECT, "-o", tmp_path / "2.csv", "--json").json

    assert first["rows"] - 1 == second["rows"]
    assert portfolio[0] in (tmp_path / "1.csv").read_text("utf-8")
    assert portfolio[0] not in (tmp_path / "2.csv").read_text("utf-8")


def test_an_unknown_fact_is_exit_4_and_named(habeas, platform, loans, world, tmp_path):
    """Not known is not lawful: the release waits for the fact, and says which."""
    text = world.ACTIVITY.read_text("utf-8").replace("        new_purpose: false\n", "")
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    assert 0 == habeas("notice", "publish", tmp_path / "a.yaml").code
    assess = ("report", "assessment", "--activity", "loan-servicing", "--from")
    assert 0 == habeas(*assess, world.ASSESSMENT).code

    said = habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv", "--json")

    assert (4, "undetermined") == (said.code, said.json["error"])
    assert "use.new_purpose" in said.err
    assert not (tmp_path / "c.csv").exists()


def test_what_the_protection_left_out_stands_on_the_screen(habeas, platform, loans, tmp_path):
    """Rows of too small groups and columns asked for, apart from the choices; the sums agree."""
    from habeas.tables.source import open_source

    ids = open_source(loans).read(columns=["borrower_id"])["borrower_id"].to_pylist()
    choices = tmp_path / "choices.csv"
    choices.write_text("subject_id\n" + "\n".join(map(str, ids)) + "\n", "utf-8")
    given = habeas("choice", "give", "--activity", "loan-servicing", "--from", choices)
    to_vendor = ("--activity", "loan-servicing", "--to", "vendor", "--purpose", "credit_assessment")
    said = habeas("release", loans, *to_vendor, "-o", tmp_path / "v.csv", "--json")
    left = said.json["left_out"]

    assert (0, 0) == (given.code, said.code), said.err
    assert len(ids) == said.json["rows"] + sum(left.values())
    assert {"objected", "silent", "nameless", "suppressed"} == {*left}


def test_suppressed_rows_and_dropped_columns_are_said_in_words(capsys):
    """How many, which, and why, in either language; nothing where nothing was taken out."""
    from habeas.cli.home import Lang
    from habeas.cli.release import _say_protection

    because = {"en": "in no group", "zh": "不在分组中"}
    about = {"left_out": {"suppressed": 7}, "dropped": [{"column": "email", "because": because}]}
    for lang in Lang:
        _say_protection(about, lang)
    _say_protection({"left_out": {"suppressed": 0}, "dropped": []}, Lang.en)

    assert [
        "left out besides: 7 rows whose group was too small",
        "asked for and not handed out: email: in no group",
        "另未交付：所在分组人数不足的 7 行",
        "申请而未交付：email：不在分组中",
    ] == capsys.readouterr().out.splitlines()


def test_a_refusal_names_every_command_that_is_missing(habeas, loans, world, tmp_path, monkeypatch):
    """Neither notice nor assessment: one sentence says both, with their commands."""
    monkeypatch.setenv("HABEAS_HOME", str(tmp_path / "new"))
    habeas("init", "--as", "controller", "--name", "x")
    habeas("activity", "declare", world.ACTIVITY)
    said = habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")

    assert 3 == said.code
    assert "habeas notice publish" in said.err
    assert "habeas report assessment" in said.err
