"""habeas activity: declared once, shown, versioned."""

from __future__ import annotations

from habeas.tables.source import open_source


def test_the_same_declaration_again_changes_nothing(habeas, platform, world):
    """Idempotent: a script may declare every night."""
    said = habeas("activity", "declare", world.ACTIVITY, "--json")

    assert (0, 1) == (said.code, said.json["version"])


def test_a_changed_declaration_is_a_new_version(habeas, platform, world, tmp_path):
    """The old version stays in the records and the log."""
    text = world.ACTIVITY.read_text("utf-8").replace("Loan servicing", "Loans")
    (tmp_path / "a.yaml").write_text(text, "utf-8")

    assert 2 == habeas("activity", "declare", tmp_path / "a.yaml", "--json").json["version"]
    assert [2] == [each["version"] for each in habeas("activity", "show", "--json").json]
    assert (
        "Loans"
        == habeas("activity", "show", "loan-servicing", "--json").json[0]["document"]["title"]["en"]
    )


def test_a_misspelt_member_names_the_place_and_the_word(habeas, platform, world, tmp_path):
    """Exit 2, one sentence, nothing declared."""
    text = world.ACTIVITY.read_text("utf-8").replace(
        "consent_form: written", "consent_form: writen"
    )
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    said = habeas("activity", "declare", tmp_path / "a.yaml")

    assert 2 == said.code
    assert "uses.scoring.consent_form" in said.err
    assert "written" in said.err
    assert [1] == [each["version"] for each in habeas("activity", "show", "--json").json]


def test_a_persons_home_declares_nothing(habeas, world, tmp_path):
    """The wrong party is told which home to name."""
    habeas("init", "--as", "person", "--home", tmp_path / "p")
    said = habeas("activity", "declare", world.ACTIVITY, "--home", tmp_path / "p")

    assert (2, True) == (said.code, "--home or HABEAS_HOME" in said.err)


def test_an_unknown_activity_names_the_nearest(habeas, platform):
    """A typing mistake."""
    said = habeas("activity", "show", "loan-servicin")

    assert (2, True) == (said.code, "write 'loan-servicing'" in said.err)


def test_a_template_from_a_table_loads_and_claims_nothing(habeas, platform, loans, tmp_path):
    """Columns with what was seen; every fact unknown; no cell in it; it declares as it is."""
    out = tmp_path / "template.yaml"
    made = habeas("activity", "draft", loans, "-o", out, "--id", "loans-2")
    text = out.read_text("utf-8")
    said = habeas("activity", "declare", out, "--json")
    lacks = habeas("notice", "check", out)
    cells = {str(cell) for row in open_source(loans).read().to_pylist() for cell in row.values()}

    assert 0 == made.code, made.err
    assert (0, "loans-2") == (said.code, said.json["activity"]), said.err
    assert 3 == lacks.code
    assert "missing  controller_contact: " in lacks.out
    assert not [cell for cell in cells if len(cell) > 6 and cell in text]
    assert 4 == habeas("decide", out).code
