"""`habeas log`: a log from its files alone, and (log_watch, log_seen) between parties."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from habeas.cli import log_seen, log_watch
from habeas.cli.home import HomeOption, JsonOption, LogOption, log_folder
from habeas.cli.show import err, out, progress, show_json
from habeas.cli.verify import vkeys
from habeas.errors import BadInput, NotVerified
from habeas.ledger.audit import audit, audit_from_state, read_state
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.commitment import Leaf
from habeas.ledger.contradiction import Contradiction, fork_of
from habeas.ledger.contradiction import contradiction as make_contradiction
from habeas.ledger.files import write_file
from habeas.ledger.keys import VerifierKey
from habeas.ledger.log import Log
from habeas.ledger.reader import LogReader
from habeas.ledger.tiles import Folder, TileNodes

PlaceOption = Annotated[
    str | None,
    typer.Option("--log", help="a log folder, such as a copy, or an address (https://, s3://, …)"),
]
app = typer.Typer(add_completion=False, no_args_is_help=True)

app.command()(log_watch.serve)
app.command()(log_watch.witness)
app.command()(log_watch.monitor)
app.command()(log_seen.witnesses)
app.command()(log_seen.cosign)
app.command()(log_seen.stamp)


@app.command()
def show(
    home: HomeOption = None,
    log: PlaceOption = None,
    last: Annotated[int, typer.Option(help="how many of the newest entries to list")] = 10,
    as_json: JsonOption = False,
) -> int:
    """Show a log's key, its checkpoint, and its newest entries: type, hour, commitment."""
    opened = _opened(home, log)
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
    log: PlaceOption = None,
    output: Annotated[Path | None, typer.Option("--out", "-o", help="write it here")] = None,
    as_json: JsonOption = False,
) -> int:
    """Prove that an entry is in the log: a C2SP tlog-proof, or a receipt with --json."""
    opened = _opened(home, log)
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
def consistency(
    old: Annotated[int, typer.Argument(help="the smaller size")],
    new: Annotated[int | None, typer.Argument(help="the larger size; else the newest")] = None,
    home: HomeOption = None,
    log: PlaceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Prove that the first NEW entries begin with the first OLD ones: RFC 6962 hashes, base64."""
    opened = _opened(home, log)
    size = opened.size if new is None else new
    hashes = [base64.b64encode(each).decode() for each in opened.consistency(old, size)]
    roots = {str(at): opened.root_at(at).hex() for at in (old, size)}
    if as_json:
        found = {"format": "habeas/consistency/v1", "origin": opened.origin, "old": old}
        show_json({**found, "new": size, "roots": roots, "proof": hashes})
        return 0
    for each in hashes:
        typer.echo(each)
    for at, root in roots.items():
        err.print(f"{at} entries: root {root}", soft_wrap=True)
    return 0


@app.command()
def verify(
    home: HomeOption = None,
    log: PlaceOption = None,
    state: Annotated[
        Path | None,
        typer.Option("--state", help="a file of yours: go on from where the last run stopped"),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Read the whole log and recompute every tile and the root."""
    opened = _opened(home, log)
    before = None if state is None else read_state(state)
    with progress(quiet=as_json) as bar:
        task = bar.add_task("reading the log", total=opened.size)

        def tell(done: int, _: int) -> None:
            bar.update(task, completed=done)

        if state is None:
            head = audit(opened, progress=tell)
        else:
            head = audit_from_state(opened.files, opened.checkpoint(), state, progress=tell)
    resumed = before.size if before else 0
    if as_json:
        found = {"origin": head.origin, "size": head.size, "root": head.root.hex()}
        how = {"resumed_from": resumed}
        show_json({"format": "habeas/log-verification/v1", "outcome": "verified", **found, **how})
    else:
        key = hashlib.sha256(opened.verifier.vkey.encode()).hexdigest()[:16]
        since = f", the first {resumed} of them in an earlier run" if resumed else ""
        out.print(
            f"[green]✓[/] {head.size} entries lead to the root that {escape(head.origin)} signed "
            f"(key {key}…){since}. A log can't show by itself that others see the same one.",
            soft_wrap=True,
        )
    return 0


@app.command()
def contradiction(
    files: Annotated[list[Path], typer.Argument(help="a proof to check, or two checkpoints")],
    key: Annotated[str | None, typer.Option("--key", help="the log's vkey, or a file")] = None,
    log: LogOption = None,
    output: Annotated[Path | None, typer.Option("--out", "-o", help="write the proof here")] = None,
    as_json: JsonOption = False,
) -> int:
    """Make or check the proof that a log signed two logs: exit 3 if it holds, 0 if they agree.

    Checkpoints of different size need --log, a copy of the larger log.
    """
    try:
        found = _contradiction(files, key, log)
    except NotVerified as error:
        if as_json:
            show_json(
                {"format": "habeas/log-contradiction/v1", "proved": False, "says": error.says}
            )
        else:
            out.print(f"no contradiction: {escape(error.says)}", soft_wrap=True)
        return 0
    if output is not None:
        write_file(output, found.to_text().encode())
    sizes = [found.a.size, found.b.size]
    if as_json:
        said = {"origin": found.a.origin, "vkey": found.key.vkey, "sizes": sizes}
        show_json({"format": "habeas/log-contradiction/v1", "proved": True, **said})
    else:
        out.print(
            f"[red]✗[/] {escape(found.a.origin)} signed two logs "
            f"(sizes {sizes[0]} and {sizes[1]}). Key {found.key.fingerprint}",
            soft_wrap=True,
        )
    return 3


def _contradiction(files: list[Path], key: str | None, log: Path | None) -> Contradiction:
    texts = [_read(path) for path in files]
    if len(texts) == 1:
        found = Contradiction.from_text(texts[0])
        if key is not None and found.key.vkey not in vkeys([key]):
            raise BadInput("the proof is about another key", file=files[0])
        return found
    if len(texts) != 2 or key is None:
        raise BadInput("give one proof, or two checkpoints and --key")
    signer = VerifierKey.parse(vkeys([key])[0])
    if log is None:
        return make_contradiction(texts[0], texts[1], key=signer)
    a, b = open_checkpoint(texts[0], signer), open_checkpoint(texts[1], signer)
    return fork_of(a, b, TileNodes(Folder(log), max(a.size, b.size)), key=signer)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("can't be read", file=path) from error


def _opened(home: Path | None, log: str | None) -> LogReader:
    """The log that is named, at an address or in a folder; else that of the home."""
    from habeas.ledger.store import is_address, source_of

    if log is not None and is_address(log):
        return LogReader(source_of(log))
    return Log.open(log_folder(home, None if log is None else Path(log)))


def _entry(index: int, leaf: bytes) -> dict[str, Any]:
    found = Leaf.parse(leaf)
    return {
        "index": index,
        "type": found.kind,
        "hour": f"{found.time:%Y-%m-%dT%H:00Z}",
        "id": found.record_id.hex(),
        "commitment": found.commitment.hex(),
    }
