"""habeas choice: one shape for three words; many at once or none."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("word", ["give", "refuse", "withdraw"])
def test_withdrawing_is_typed_exactly_as_giving(habeas, platform, world, word):
    """PIPL 15: as easily as it was given. The command differs by the word alone."""
    said = habeas("choice", word, world.borrower(1), "--activity", "loan-servicing", "--json")

    assert (0, 1) == (said.code, said.json["recorded"])
    assert said.json["first_entry"] is not None


def test_the_three_commands_take_the_same_options(habeas):
    """No extra question, flag or confirmation for those who say no."""
    import typer

    from habeas.cli.choice import app

    commands = typer.main.get_command(app).commands
    options = {
        word: sorted(p.name for p in commands[word].params)
        for word in ("give", "refuse", "withdraw")
    }
    assert options["give"] == options["refuse"] == options["withdraw"]


def test_a_subject_is_read_from_standard_input(habeas, platform, world, monkeypatch):
    """An id on the command line stands in the process list; this way it does not."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{world.borrower(3)}\n"))
    assert 0 == habeas("choice", "give", "-", "--activity", "loan-servicing").code

    said = habeas("person", "show", world.borrower(3), "--json")
    assert {"loan-servicing/*": "given"} == said.json["choices_in_force"]


def test_thousands_are_one_commit_of_the_log(habeas, platform, world, tmp_path):
    """One transaction, one group commit: the log's heads before and after are neighbours."""
    from habeas.records.home import open_home
    from habeas.records.models import Checkpoint

    rows = "".join(
        f"{world.borrower(n)},{'given' if n % 3 else 'withdrawn'}\n" for n in range(3000)
    )
    (tmp_path / "c.csv").write_text(f"subject_id,choice\n{rows}")
    said = habeas(
        "choice", "record", "--from", tmp_path / "c.csv", "--activity", "loan-servicing", "--json"
    )

    assert (0, 3000) == (said.code, said.json["recorded"])
    home = open_home(platform)
    sizes = list(
        Checkpoint.objects.using(home.alias).order_by("size").values_list("size", flat=True)
    )
    assert 3000 == sizes[-1] - sizes[-2]
    home.close()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("subject_id,choice\nB1,given\nB2,maybe\n", 'row 2, column "choice"'),
        ("subject_id,choice\nB1,given\n,given\n", 'row 2, column "subject_id"'),
        ("subject,choice\nB1,given\n", "subject_id"),
        ("subject_id\nB1\n", "choice"),
    ],
)
def test_one_bad_row_records_none(habeas, platform, tmp_path, text, place):
    """All or nothing, the row named and its cells not."""
    (tmp_path / "c.csv").write_text(text)
    said = habeas("choice", "record", "--from", tmp_path / "c.csv", "--activity", "loan-servicing")

    assert 2 == said.code
    assert place in said.err
    assert "maybe" not in said.err
    assert (
        2 == habeas("person", "show", "B1").code
        or "0 entries" in habeas("person", "show", "B1").out
    )


def test_a_file_that_contradicts_the_command_is_refused(habeas, platform, tmp_path):
    """`give --from` must not record refusals."""
    (tmp_path / "c.csv").write_text("subject_id,choice\nB1,refused\n")
    said = habeas("choice", "give", "--from", tmp_path / "c.csv", "--activity", "loan-servicing")

    assert (2, True) == (said.code, "choice record" in said.err)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["B1", "--activity", "loan-servicin"], "write 'loan-servicing'"),
        (["B1", "--activity", "loan-servicing", "--purpose", "marketing"], "no such purpose"),
        (["--activity", "loan-servicing"], "SUBJECT or --from"),
        (["", "--activity", "loan-servicing"], "not empty"),
    ],
)
def test_a_mistake_is_one_sentence(habeas, platform, arguments, says):
    """Exit 2 and nothing recorded."""
    said = habeas("choice", "give", *arguments)

    assert (2, True) == (said.code, says in said.err)
