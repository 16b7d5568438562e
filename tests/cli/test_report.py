"""habeas report assessment: recorded complete, or refused item by item."""

from __future__ import annotations


def test_an_assessment_without_an_item_of_the_law_is_not_approved(
    habeas, platform, world, tmp_path
):
    """PIPL 56 by item; nothing is recorded."""
    text = world.ASSESSMENT.read_text("utf-8")
    kept = [line for line in text.splitlines() if "measures:" not in line]
    (tmp_path / "a.yaml").write_text("\n".join(kept), "utf-8")
    said = habeas(
        "report", "assessment", "--activity", "loan-servicing", "--from", tmp_path / "a.yaml"
    )

    assert 3 == said.code
    assert "cn.pipl.art56" in said.err


def test_an_assessment_of_another_activity_is_refused(habeas, platform, world):
    """The file and the command must mean the same thing."""
    said = habeas("report", "assessment", "--activity", "another", "--from", world.ASSESSMENT)

    assert (2, True) == (said.code, "loan-servicing" in said.err)


def test_a_recorded_assessment_says_its_entry(habeas, platform, world):
    """What can be proved is told."""
    said = habeas(
        "report", "assessment", "--activity", "loan-servicing", "--from", world.ASSESSMENT, "--json"
    )

    assert 0 == said.code
    assert isinstance(said.json["entry"], int)
