"""The stage of `habeas demo`: where it plays, how it speaks, and the commands it runs."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from habeas.cli.door import run
from habeas.cli.home import Lang, say, words
from habeas.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the story takes place: folders below the demo's, and how it speaks."""

    folder: Path
    lang: Lang
    seed: int

    def home(self, name: str) -> str:
        return str(self.folder / "homes" / name)

    def file(self, name: str) -> Path:
        return self.folder / name

    def addressed_to(self, envelope: Path, home: str) -> bool:
        """Whether an envelope's open head names this home, by the key its card gave."""
        from habeas.ledger.envelope import Card
        from habeas.procedures.post import head_of

        card = Card.from_bytes(self.file(f"{home}.card").read_bytes())
        return head_of(envelope.read_bytes()).to == card.key.vkey

    def tell(self, en: str, zh: str) -> None:
        print()
        say(words(en, zh), self.lang)

    def habeas(self, *arguments: str, expect: int = 0, typed: str | None = None) -> None:
        """Run one command as a person would, and hold the story to its exit code.

        typed: what the person types where the command reads `-`; it is not shown.
        """
        print(f"  $ habeas {' '.join(map(_shown, arguments))}")
        with _typing(typed):
            code = run([*arguments, "--lang", self.lang.value])
        if code != expect:
            raise BadInput(
                f"the demo stops: `habeas {arguments[0]}` answered {code}, expected {expect}",
                remedy="this is our mistake, please report it with the lines above",
            )

    def ask(self, *arguments: str) -> Any:
        """Run one command for its JSON, which the story needs and does not show."""
        print(f"  $ habeas {' '.join(map(_shown, arguments))} --json")
        answer = io.StringIO()
        with redirect_stdout(answer):
            code = run([*arguments, "--json", "--lang", self.lang.value])
        if code != 0:
            raise BadInput(f"the demo stops: `habeas {arguments[0]}` answered {code}, expected 0")
        return json.loads(answer.getvalue())


@contextmanager
def _typing(text: str | None) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = before if text is None else io.StringIO(f"{text}\n")
    try:
        yield
    finally:
        sys.stdin = before


def _shown(argument: str) -> str:
    return f"'{argument}'" if " " in argument else argument
