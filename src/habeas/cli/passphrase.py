"""Where a passphrase comes from: a file that only its owner reads, or a command that prints it.

The only place that reads HABEAS_PASSPHRASE_FILE and HABEAS_KEY_COMMAND. A passphrase is never an
argument: others on the machine can read those.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from habeas.errors import BadInput

PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file whose first line is it.")
]
_SECONDS = 60


def passphrase_in(path: Path | None) -> bytes | None:
    """The first line of a file that only its owner may read; None for no file."""
    if path is None:
        return None
    from habeas.ledger.keys import read_secret

    return _line(read_secret(path), path)


def passphrase_of_home() -> bytes:
    """What opens the keys of the home, as the environment says; BadInput if it says nothing."""
    named, command = os.environ.get("HABEAS_PASSPHRASE_FILE"), os.environ.get("HABEAS_KEY_COMMAND")
    if named:
        found = passphrase_in(Path(named))
        assert found is not None
        return found
    if command:
        return _printed(command)
    raise BadInput(
        "the keys of this home are locked",
        remedy="name a file with the passphrase in HABEAS_PASSPHRASE_FILE, or a command that "
        "prints it in HABEAS_KEY_COMMAND",
    )


def _printed(command: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            shlex.split(command), capture_output=True, check=False, timeout=_SECONDS
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise BadInput(
            f"the key command can't be run ({type(error).__name__})", place="HABEAS_KEY_COMMAND"
        ) from error
    if done.returncode:
        raise BadInput(f"the key command ended with {done.returncode}", place="HABEAS_KEY_COMMAND")
    return _line(done.stdout, None)


def _line(data: bytes, path: Path | None) -> bytes:
    first = data.split(b"\n", 1)[0].rstrip(b"\r")
    if not first:
        raise BadInput("the passphrase is empty", file=path)
    return first
