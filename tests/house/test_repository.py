"""The repository speaks of Habeas alone, and runs anywhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    out = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


FILES = tracked()
needs_git = pytest.mark.skipif(not FILES, reason="not a git checkout")
WORDS = [
    re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users)/[\w.]+"),
    re.compile(r"(?i)index-url|find-links|--registry[ =]"),
]


@needs_git
def test_no_machine_path_and_no_index_host():
    """A path of one machine is wrong on every other."""
    here = Path(__file__)
    for path in FILES:
        if path == here or path.suffix in {".png", ".parquet", ".bundle", ".cbor"}:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        for word in WORDS:
            assert not word.search(text), (path.relative_to(ROOT), word.pattern)


@needs_git
def test_no_large_file():
    """Data of others is not copied into the project."""
    assert [] == [p.name for p in FILES if p.stat().st_size > 1_000_000]
