"""The law's YAML files compiled to one JSON file, which is read an order of magnitude sooner.

`laws/compiled.json` holds what each file says with the SHA-256 of its text. A file that was
changed since is read as YAML, so that a compiled copy can be stale and never wrong. It is written
by `make docs`; mistakes are named with their line because a file with one is not in it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from habeas.law.yaml_reading import Document, read_yaml

FORMAT = "compiled-law/v1"
NAME = "compiled.json"


def read_law(path: Path) -> Document:
    """One of the law's files: its compiled copy if that is of this very text, else the file."""
    kept = _compiled().get(_key(path))
    if kept is None or not path.is_file() or kept["sha256"] != _sha256(path):
        return read_yaml(path)
    return Document(value=json.loads(kept["json"]), lines={}, file=path.name)


def compile_laws() -> str:
    """The text of `compiled.json` for the files as they are now."""
    root = _root()
    found = {
        str(path.relative_to(root)): {
            "sha256": _sha256(path),
            "json": json.dumps(read_yaml(path).value, ensure_ascii=False, separators=(",", ":")),
        }
        for path in _sources(root)
    }
    return json.dumps({"format": FORMAT, "files": found}, ensure_ascii=False, indent=0) + "\n"


def _sources(root: Path) -> list[Path]:
    """The vocabulary, and what stands in the folder of a book and is not a case or a draft."""
    books = sorted(book.parent for book in root.glob("*/book.yaml"))
    inside = [path for book in books for path in sorted(book.glob("*.yaml"))]
    return [root / "facts.yaml", *(p for p in inside if not p.name.endswith(".cases.yaml"))]


def _root() -> Path:
    return Path(str(files("habeas.laws")))


def _key(path: Path) -> str:
    root = _root()
    return str(path.relative_to(root)) if path.is_relative_to(root) else ""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _compiled() -> dict[str, dict[str, Any]]:
    path = _root() / NAME
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    found: dict[str, dict[str, Any]] = read["files"] if read.get("format") == FORMAT else {}
    return found
