"""`habeas log`: show, prove and verify a log from its files alone."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from habeas.cli.home import HomeOption, JsonOption, home_folder
from habeas.cli.show import out, progress, show_json
from habeas.ledger.audit import audit
from habeas.ledger.commitment import Leaf
from habeas.ledger.files import write_file
from habeas.ledger.log import Log

app = typer.Typer(add_completion=False, no_args_is_help=True)

LogOption = Annotated[Path | None, typer.Option("--log", help="a log folder, such as a copy")]


@app.command()
def show(
    home: HomeOption = None,
    log: LogOption = None,
    last: Annotated[int, typer.Option(help="how many of the newest entries to list")] = 10,
    as_json: JsonOption = False,
) -> int:
    """Show a log's key, its checkpoint, and its newest entries: type, hour, commitment."""
    opened = Log.open(_folder(home, log))
    head = opened.checkpoint()
    first = max(0, head.size - max(0, last))
    entries = [_entry(first + at, leaf) for at, leaf in enumerate(opened.entries(first, head.size))]
    found = {
        "format": "habeas/log/v1",
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "vkey": opened.verifier.vkey,
        "fingerprint": opened.verifier.fingerprint,
        "entries": entries,
    }
    if as_json:
        show_json(found)
        return 0
    for name in ("origin", "size", "root", "vkey", "fingerprint"):
        out.print(f"{name:<12} {escape(str(found[name]))}", soft_wrap=True)
    for entry in entries:
        commitment = f"{entry['commitment'][:16]}…"
        out.print(f"{entry['index']:>8}  {entry['hour']}  {commitment}  {entry['type']}")
    return 0


@app.command()
def prove(
    index: Annotated[int, typer.Argument(help="the number of the entry, from 0")],
    home: HomeOption = None,
    log: LogOption = None,
    output: Annotated[Path | None, typer.Option("--out", "-o", help="write it here")] = None,
    as_json: JsonOption = False,
) -> int:
    """Prove that an entry is in the log: a C2SP tlog-proof, or a receipt with --json."""
    opened = Log.open(_folder(home, log))
    receipt = opened.receipt(index)
    receipt.verify(next(opened.entries(index, index + 1)), opened.verifier)
    text = receipt.to_tlog_proof()
    if output is not None:
        write_file(output, text.encode())
    if as_json:
        show_json(receipt.to_json())
    elif output is None:
        typer.echo(text, nl=False)
    return 0


@app.command()
def verify(home: HomeOption = None, log: LogOption = None, as_json: JsonOption = False) -> int:
    """Read the whole log and recompute every tile and the root."""
    opened = Log.open(_folder(home, log))
    with progress(quiet=as_json) as bar:
        task = bar.add_task("reading the log", total=opened.size)
        head = audit(opened, progress=lambda done, _: bar.update(task, completed=done))
    if as_json:
        found = {"origin": head.origin, "size": head.size, "root": head.root.hex()}
        show_json({"format": "habeas/log-verification/v1", "outcome": "verified", **found})
    else:
        key = hashlib.sha256(opened.verifier.vkey.encode()).hexdigest()[:16]
        out.print(
            f"[green]✓[/] {head.size} entries lead to the root that {escape(head.origin)} signed "
            f"(key {key}…). A log can't show by itself that others see the same one.",
            soft_wrap=True,
        )
    return 0


def _folder(home: Path | None, log: Path | None) -> Path:
    return home_folder(home) / "log" if log is None else log


def _entry(index: int, leaf: bytes) -> dict[str, Any]:
    found = Leaf.parse(leaf)
    return {
        "index": index,
        "type": found.kind,
        "hour": f"{found.time:%Y-%m-%dT%H:00Z}",
        "id": found.record_id.hex(),
        "commitment": found.commitment.hex(),
    }
