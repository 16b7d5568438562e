"""The demo, as `make demo` runs it, on a smaller book."""

from __future__ import annotations

import pytest

from habeas.cli.door import run


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_story_goes_to_its_end(tmp_path, capsys, lang):
    """Every command of it answers with the exit code the story expects."""
    code = run(["demo", "--rows", "40000", "--out", str(tmp_path / "demo"), "--lang", lang])

    assert 0 == code, capsys.readouterr().err.splitlines()[-1:]
