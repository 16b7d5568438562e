"""The examples of the specification are read by the commands' own readers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from habeas.procedures.claim_words import load_claim_words
from habeas.procedures.incident_words import load_incident_words
from habeas.procedures.manage_class_fund import load_fund
from habeas.procedures.manage_class_notice import load_notice_words

SPEC = Path(__file__).resolve().parents[2] / "specs" / "remedies-v1.md"
READERS = {
    "claim/v1": load_claim_words,
    "incident/v1": load_incident_words,
    "class_notice/v1": load_notice_words,
    "fund/v1": load_fund,
}
EXAMPLES = dict(
    re.findall(r"```yaml\n(?=format: (\S+)\n)(.*?)```", SPEC.read_text("utf-8"), re.DOTALL)
)


def test_every_format_has_its_example():
    """None was forgotten."""
    assert set(READERS) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_read(name, tmp_path):
    """A reader copies it and fills in their own."""
    path = tmp_path / "example.yaml"
    path.write_text(EXAMPLES[name], "utf-8")

    assert READERS[name](path) is not None
