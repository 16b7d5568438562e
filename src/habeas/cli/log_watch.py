"""`habeas log serve`, `witness`, `monitor`: a log for others to read, to sign for, to watch."""

from __future__ import annotations

import signal
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, LogOption, clock, log_folder
from habeas.cli.show import out, progress, show_json
from habeas.cli.verify import vkeys
from habeas.errors import BadInput
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.ledger.monitor import Look, Monitor
    from habeas.ledger.serve import Server

PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one")]
HostOption = Annotated[
    str, typer.Option("--host", help="where it listens; put a TLS proxy before it")
]
_STATES = {
    "first": Text(en="first look: remembered", zh="首次查看：已记住"),
    "same": Text(en="unchanged", zh="没有变化"),
    "grew": Text(en="it only grew", zh="只增不改"),
    "rolled_back": Text(en="ALARM: it was rolled back", zh="警报：日志被回退"),
    "forked": Text(en="ALARM: it signed two logs", zh="警报：签署了两个日志"),
    "damaged": Text(en="ALARM: it doesn't fit what it signed", zh="警报：与其签名不符"),
}


def serve(
    home: HomeOption = None,
    log: LogOption = None,
    port: PortOption = 8471,
    host: HostOption = "127.0.0.1",
    lang: LangOption = Lang.en,
) -> None:
    """Serve a log read-only over HTTP: checkpoint, key, tiles (C2SP tlog-tiles)."""
    from habeas.ledger.log import Log
    from habeas.ledger.serve import LogServer

    opened = Log.open(log_folder(home, log))
    with LogServer(opened, host=host, port=port) as server:
        _say(Text(en="log served at", zh="日志服务地址"), f"http://{host}:{server.port}", lang)
        _until_told(server)


def witness(
    *,
    folder: Annotated[Path, typer.Argument(help="the witness's own folder, made if missing")],
    name: Annotated[
        str | None, typer.Option("--name", help="its public name, such as consumers.example/w1")
    ] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option("--watch", help="the vkey, or a file with it, of a log to sign for"),
    ] = None,
    port: PortOption = 8472,
    host: HostOption = "127.0.0.1",
    ml_dsa: Annotated[
        bool, typer.Option("--ml-dsa", help="a new witness gets an ML-DSA-44 key (type 06)")
    ] = False,
    setup_only: Annotated[
        bool, typer.Option("--setup-only", help="show its key and stop without listening")
    ] = False,
    lang: LangOption = Lang.en,
) -> None:
    """Be a witness: sign checkpoints of logs that only grew. Exit 3 if a log was caught lying.

    The line it prints goes into a controller's policy; its folder is its memory: back it up.
    """
    from habeas.ledger.keys import KeyKind, VerifierKey
    from habeas.ledger.serve import WitnessServer
    from habeas.ledger.witness import Witness

    kind = KeyKind.ML_DSA_44 if ml_dsa else KeyKind.COSIGNATURE
    with Witness.open(folder, name=name, kind=kind) as opened:
        for vkey in vkeys(watch or []):
            opened.watch(VerifierKey.parse(vkey))
        verifier, proofs = opened.verifier, opened.proofs()
        for each in proofs:
            _say(Text(en="a log signed two logs:", zh="有日志签署了两个日志："), str(each), lang)
        line = f"witness {verifier.name} {verifier.vkey}"
        if setup_only:
            typer.echo(f"{line} http://{host}:{port}")
        else:
            seconds = _unix_seconds
            with WitnessServer(opened, host=host, port=port, clock=seconds) as server:
                typer.echo(f"{line} http://{host}:{server.port}")
                _until_told(server)
    if opened.proofs():
        raise typer.Exit(3)


def monitor(
    *,
    where: Annotated[
        str, typer.Argument(help="the log's address (https://, s3://, …), or a folder with a copy")
    ],
    state: Annotated[Path, typer.Option("--state", help="your memory of it, a folder")],
    key: Annotated[str, typer.Option("--key", help="the log's vkey, or a file with it")],
    every: Annotated[
        float | None, typer.Option("--every", min=1, help="look again after so many seconds")
    ] = None,
    heads_only: Annotated[
        bool, typer.Option("--heads-only", help="don't read the new entries")
    ] = False,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> int:
    """Watch somebody's log: exit 3 if it was rolled back, forked or doesn't fit its signature."""
    from habeas.ledger.keys import VerifierKey
    from habeas.ledger.monitor import Monitor

    if every is not None and as_json:
        raise BadInput("--json answers once", remedy="leave out --every")
    watching = Monitor(folder=state, key=VerifierKey.parse(vkeys([key])[0]))
    while True:
        found = _look(watching, where, entries=not heads_only, quiet=as_json)
        _show(found, watching, lang, as_json=as_json)
        if found.alarm or every is None:
            return 3 if found.alarm else 0
        time.sleep(every)


def _look(watching: Monitor, where: str, *, entries: bool, quiet: bool) -> Look:
    from habeas.ledger.store import source_of

    with progress(quiet=quiet) as bar:
        task = bar.add_task("reading the log", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return watching.look(source_of(where), entries=entries, progress=tell)


def _show(found: Look, watching: Monitor, lang: Lang, *, as_json: bool) -> None:
    proof = watching.folder / "contradiction" if found.contradiction else None
    if as_json:
        show_json(_as_json(found, proof))
        return
    sizes = f"{found.new.size if found.old is None else found.old.size} → {found.new.size}"
    says = _STATES[found.state].in_language(lang.value)
    out.print(f"{escape(found.new.origin)}  {sizes}  {says}", soft_wrap=True)
    if found.says:
        out.print(f"  {escape(found.says)}", soft_wrap=True)
    if proof is not None:
        _say(Text(en="  proof for anybody:", zh="  可向任何人出示的证明："), str(proof), lang)


def _as_json(found: Look, proof: Path | None) -> dict[str, Any]:
    return {
        "format": "habeas/log-monitor/v1",
        "state": found.state,
        "alarm": found.alarm,
        "origin": found.new.origin,
        "old_size": None if found.old is None else found.old.size,
        "new_size": found.new.size,
        "says": found.says,
        "proof": None if proof is None else str(proof),
    }


def _unix_seconds() -> int:
    moment: datetime = clock()
    return int(moment.timestamp())


def _say(text: Text, value: str, lang: Lang) -> None:
    typer.echo(f"{text.in_language(lang.value)} {value}")


def _until_told(server: Server) -> None:
    """Serve until a signal."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    sys.stdout.flush()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.serve_forever(poll_interval=0.1)
