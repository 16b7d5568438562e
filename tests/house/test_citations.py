"""A provision named in a document is an entry of the law sheets: no page cites what nobody read."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SHEETS = [ROOT.parent / "shared/law" / name for name in ("cn.yaml", "cn_sector.yaml")]
PAGES = [*(ROOT / "docs/why").glob("*.md"), *(ROOT / "docs/tutorials").glob("*.md")]
CITED = re.compile(r"`(cn\.[a-z0-9_]+\.[a-z0-9_.-]*[a-z0-9])`")


@cache
def _entries():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        entry["id"]
        for sheet in SHEETS
        for entry in yaml.load(sheet.read_text(encoding="utf-8"), Loader=loader)
    }


@pytest.mark.skipif(not SHEETS[0].exists(), reason="the law sheets are not beside the checkout")
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_provision_named_in_a_page_is_in_the_sheets(page):
    """A citation that leads nowhere is an invented law."""
    cited = set(CITED.findall(page.read_text(encoding="utf-8")))

    assert set() == cited - _entries()
