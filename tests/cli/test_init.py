"""habeas init: a home, in both languages, or one sentence."""

from __future__ import annotations

import pytest


def test_a_home_is_made_and_says_its_key(habeas, tmp_path):
    """The key is what others verify with: it must be told at once."""
    said = habeas("init", "--as", "controller", "--home", tmp_path / "h", "--json")

    assert 0 == said.code
    assert (tmp_path / "h" / "log" / "vkey").read_text().strip() == said.json["vkey"]
    assert "controller" == said.json["party"]


def test_the_variable_names_the_home(habeas, tmp_path, monkeypatch):
    """The door reads HABEAS_HOME; nothing below it does."""
    monkeypatch.setenv("HABEAS_HOME", str(tmp_path / "h"))

    assert 0 == habeas("init", "--as", "person").code
    assert (tmp_path / "h" / "home.json").is_file()


def test_it_speaks_chinese(habeas, tmp_path):
    """The word for a home is the glossary's, never 首页."""
    assert (
        "本方工作区"
        in habeas("init", "--as", "person", "--home", tmp_path / "h", "--lang", "zh").out
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--as", "contoller"], "write 'controller'"),
        (["--as", "person", "--name", "two\nlines"], "one line"),
        ([], "--as"),
    ],
)
def test_a_mistake_is_one_sentence_with_exit_2(habeas, tmp_path, arguments, says):
    """Nothing is made."""
    said = habeas("init", *arguments, "--home", tmp_path / "h")

    assert (2, True) == (said.code, says in said.err)
    assert "Traceback" not in said.err
    assert [] == list(tmp_path.iterdir())


def test_a_second_home_over_the_first_is_refused_in_json(habeas, tmp_path):
    """Programs read the code, people the sentence."""
    habeas("init", "--as", "person", "--home", tmp_path / "h")
    said = habeas("init", "--as", "person", "--home", tmp_path / "h", "--json")

    assert (2, "bad_input") == (said.code, said.json["error"])
