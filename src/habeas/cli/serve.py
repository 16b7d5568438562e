"""habeas serve: this home's post box over HTTP."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import HomeOption, Lang, LangOption, clock, say, the_home, words
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.serve_inbox import PostBox

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    *,
    api_only: Annotated[
        bool, typer.Option("--api-only", help="The post box alone, without pages.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8470,
    host: Annotated[
        str, typer.Option("--host", help="Where it listens; other machines need a TLS proxy.")
    ] = "127.0.0.1",
    home: HomeOption = None,
    lang: LangOption = Lang.en,
) -> None:
    """Receive envelopes at POST /inbox, show the card and the log. Stops on ctrl-C or SIGTERM."""
    from habeas.procedures.sequence import sequence
    from habeas.procedures.serve_inbox import PostBox

    if not api_only:
        raise BadInput("there are no pages to serve", remedy="run it with --api-only")
    with the_home(home) as opened:
        sequence(opened, now=clock())
        with PostBox(opened, host=host, port=port, clock=clock) as box:
            address = f"http://{host}:{box.port}"
            say(words(f"post box open at {address}", f"收件箱已开放：{address}"), lang)
            sys.stdout.flush()
            _until_told(box)
    say(words("post box closed", "收件箱已关闭"), lang)


def _until_told(box: PostBox) -> None:
    """Serve until a signal; what is being received is finished first."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=box.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    box.serve_forever(poll_interval=0.1)
