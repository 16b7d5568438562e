"""Writes the generated parts of the documents; `test_docs.py` fails when they are out of date."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import typer

from habeas.cli.door import COMMANDS, module_of
from habeas.law.compiled_law import NAME, compile_laws

sys.path.insert(0, str(Path(__file__).parent))
from tutorial import filled

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs/reference"


def documents() -> dict[Path, str]:
    """Every generated document and what should stand in it."""
    tutorials = sorted((ROOT / "docs/tutorials").glob("*.md"))
    return {REFERENCE / "cli.md": command_line()} | {page: filled(page) for page in tutorials}


def command_line() -> str:
    codes = "0 yes or done · 2 bad input · 3 no · 4 undetermined or not proved · 1 our own fault"
    parts = [
        "# The command line",
        "",
        f"Generated from the commands themselves (`make docs`). Exit codes: {codes}.",
    ]
    for name, summary in COMMANDS.items():
        parts += ["", f"## habeas {name}", "", f"{summary[0].upper()}{summary[1:]}."]
        parts += [f"\n```text\n{text}\n```" for text in _helps(name)]
    return "\n".join(parts) + "\n"


def _helps(name: str) -> list[str]:
    command = typer.main.get_command(import_module(module_of(name)).app)
    found = [_help(command, f"habeas {name}")]
    for inner, sub in getattr(command, "commands", {}).items():
        found.append(_help(sub, f"habeas {name} {inner}"))
    return found


def _help(command, path: str) -> str:
    command.rich_markup_mode = None
    context = command.make_context(path, ["--help"], resilient_parsing=True)
    context.max_content_width = context.terminal_width = 100
    return "\n".join(line.rstrip() for line in command.get_help(context).strip().splitlines())


LAWS = ROOT / "src/habeas/laws" / NAME

if __name__ == "__main__":
    for path, text in {**documents(), LAWS: compile_laws()}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
