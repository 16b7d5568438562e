"""The compiled copy of the law: of the very files, never instead of what they say now."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

from habeas.law import compiled_law
from habeas.law.book import load_book, read_book
from habeas.law.compiled_law import NAME, compile_laws, read_law
from habeas.law.schema import load_vocabulary
from habeas.law.yaml_reading import read_yaml

LAWS = Path(str(files("habeas.laws")))


def test_the_compiled_copy_is_of_the_files_as_they_are():
    """Stale copies are read as YAML, which takes longer: `make docs` writes it anew."""
    assert (LAWS / NAME).read_text(encoding="utf-8") == compile_laws()


def test_what_is_read_sooner_says_the_same():
    """Every file, key for key and in the same order."""
    names = json.loads((LAWS / NAME).read_text(encoding="utf-8"))["files"]

    assert {"facts.yaml", "cn/book.yaml", "cn/sheet.yaml"} <= set(names)
    for name in names:
        assert json.dumps(read_yaml(LAWS / name).value) == json.dumps(read_law(LAWS / name).value)


def test_an_altered_file_is_read_itself_and_its_mistakes_have_lines(tmp_path, monkeypatch):
    """Who changes the law on disk is not answered from the old copy."""
    shutil.copytree(LAWS, tmp_path / "laws")
    monkeypatch.setattr(compiled_law, "_root", lambda: tmp_path / "laws")
    file = tmp_path / "laws" / "cn" / "pipl_scope.yaml"
    old = read_law(file)
    file.write_text(file.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    new = read_law(file)

    assert ({}, old.value) == (old.lines, new.value)
    assert new.lines
    assert load_book("cn") == read_book(tmp_path / "laws" / "cn", load_vocabulary())
