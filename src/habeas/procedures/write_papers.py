"""Papers as files: each as .docx and .html in both languages, in one folder that appears whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from habeas.ledger.files import write_file
from habeas.papers.paper import Paper
from habeas.papers.render import to_docx, to_html
from habeas.procedures.folder import appearing, check_free
from habeas.procedures.remedy_writes import FOLDER_FILE, FOLDERS
from habeas.terms import LANGUAGES, Language

# A paper in a language: what was computed is said in that language, what was typed as typed.
InLanguage = Callable[[Language], Paper]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The names of the files written, sorted."""

    folder: Path
    files: tuple[str, ...]


def paper_files(name: str, paper: InLanguage) -> dict[str, bytes]:
    """The four files of a paper: name.en.docx, name.en.html, name.zh.docx, name.zh.html."""
    found: dict[str, bytes] = {}
    for language in LANGUAGES:
        made = paper(language)
        found[f"{name}.{language}.docx"] = to_docx(made, language=language)
        found[f"{name}.{language}.html"] = to_html(made, language=language).encode()
    return found


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Written:
    """All files in a new folder, or no folder."""
    check_free(folder)
    with appearing(folder, step=FOLDERS["papers"]) as beside:
        for name, data in files.items():
            write_file(beside / name, data, step=FOLDER_FILE)
    return Written(folder=folder, files=tuple(sorted(files)))
