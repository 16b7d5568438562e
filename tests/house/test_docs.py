"""Documents can't drift: what they name exists, what is generated is current."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from habeas.cli.door import COMMANDS

sys.path.insert(0, str(Path(__file__).parent))
from generate import documents

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(p for p in (ROOT / "docs").rglob("*.md")),
    *(ROOT / "specs").glob("*.md"),
]


@pytest.mark.parametrize("path", documents(), ids=lambda p: p.name)
def test_generated_documents_are_current(path):
    """Run `make docs` after changing a command."""
    assert documents()[path] == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """A dead link in a document about law is a false citation."""
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_command_named_in_the_readme_exists():
    """A reader types what the README says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"habeas ([a-z]+)", text))

    assert {n for n in named if n in COMMANDS} == {
        n for n in named if n not in {"is", "and", "on", "import", "the"}
    }


def test_every_claim_names_a_test_that_exists():
    """An absolute sentence stands in docs/claims.md with the test that would fail."""
    text = (ROOT / "docs/claims.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+\.py)::(\w+)`", text)

    assert named
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"
