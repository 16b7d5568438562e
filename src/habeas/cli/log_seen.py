"""`habeas log witnesses`, `cosign`, `stamp`: having one's own log seen and timed by others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    home_folder,
    say,
    the_home,
    words,
)
from habeas.cli.show import out, show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.ledger.cosigning import Seen, Witnesses


def witnesses(
    policy: Annotated[
        Path | None, typer.Option("--policy", help="a C2SP tlog-policy: whom to ask from now on")
    ] = None,
    without_quorum: Annotated[
        str | None,
        typer.Option("--without-quorum", help="go_on: receipts say so; stop: no receipt"),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Show or decide which witnesses this home's log asks, and what happens without them."""
    from habeas.ledger.cosigning import name_witnesses, witnesses_of

    folder = home_folder(home) / "log"
    if not (folder / "checkpoint").is_file():
        raise BadInput("there is no log here", file=folder, remedy="make a home: habeas init")
    found = witnesses_of(folder)
    if policy is not None or without_quorum is not None:
        found = _decided(found, policy, without_quorum)
        name_witnesses(folder, found)
    if as_json:
        show_json(_witnesses_json(found))
    elif found is None:
        say(
            words(
                "none: this log could be shown differently to different people",
                "无：该日志可能向不同的人出示不同内容",
            ),
            lang,
        )
    else:
        out.print(escape(found.policy.text.strip()), soft_wrap=True)
        say(_WITHOUT[found.without_quorum], lang)
    return 0


_WITHOUT = {
    "go_on": words(
        "without a quorum: receipts are given all the same, and say who has seen them",
        "未达到所需见证数时：仍出具回执，并写明由谁见证",
    ),
    "stop": words(
        "without a quorum: no receipt and no new public checkpoint",
        "未达到所需见证数时：不出具回执，也不公布新的检查点",
    ),
}


def _decided(found: Witnesses | None, policy: Path | None, without: str | None) -> Witnesses:
    from habeas.ledger.cosigning import Witnesses
    from habeas.ledger.policy import read_policy

    if policy is None and found is None:
        raise BadInput("no witnesses are named yet", remedy="name them with --policy FILE")
    chosen = without or (found.without_quorum if found else "go_on")
    if chosen not in ("go_on", "stop"):
        raise BadInput("is no such choice", place="--without-quorum", remedy="go_on or stop")
    asked = found.policy if policy is None and found else read_policy(policy or Path())
    return Witnesses(policy=asked, without_quorum="stop" if chosen == "stop" else "go_on")


def _witnesses_json(found: Witnesses | None) -> dict[str, Any]:
    named = [] if found is None else list(found.policy.witnesses.values())
    return {
        "format": "habeas/log-witnesses/v1",
        "witnesses": [{"name": e.name, "vkey": e.key.vkey, "url": e.url} for e in named],
        "quorum": None if found is None else found.policy.quorum,
        "without_quorum": None if found is None else found.without_quorum,
    }


def cosign(home: HomeOption = None, as_json: JsonOption = False, lang: LangOption = Lang.en) -> int:
    """Log what is pending and have the newest checkpoint seen: exit 4 if too few have."""
    from habeas.procedures.sequence import sequence
    from habeas.procedures.witness_log import witness_log

    with the_home(home) as opened:
        sequence(opened, now=clock())
        with opened.sequencer() as log:
            seen = witness_log(log)
    if seen is None:
        raise BadInput("no witnesses are named", remedy="habeas log witnesses --policy FILE")
    if as_json:
        show_json(_seen_json(seen))
    else:
        _show(seen, lang)
    return 0 if seen.enough else 4


def _show(seen: Seen, lang: Lang) -> None:
    names = ", ".join(seen.by) or "-"
    say(words(f"{seen.head.size} entries, seen by: {names}",
              f"共 {seen.head.size} 条，见证方：{names}"), lang)  # fmt: skip
    for name, why in seen.silent.items():
        out.print(f"  {escape(name)}: {escape(why)}", soft_wrap=True)
    if not seen.enough:
        say(words("too few for the quorum", "未达到所需见证数"), lang)


def _seen_json(seen: Seen) -> dict[str, Any]:
    return {
        "format": "habeas/log-cosigned/v1",
        "size": seen.head.size,
        "root": seen.head.root.hex(),
        "seen_by": list(seen.by),
        "silent": seen.silent,
        "enough": seen.enough,
    }


def stamp(
    tsa: Annotated[str, typer.Option("--tsa", help="the authority's address (RFC 3161)")],
    roots: Annotated[
        Path | None,
        typer.Option("--tsa-root", help="PEM: refuse a stamp that doesn't lead to these"),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Have the newest checkpoint stamped by a time-stamp authority; bundles then carry it."""
    from habeas.ledger.timestamp import Roots
    from habeas.procedures.stamp_log import stamp_log

    believed = None if roots is None else Roots.read(roots)
    with the_home(home) as opened:
        head, found = stamp_log(opened, tsa, now=clock(), roots=believed)
    moment = f"{found.time:%Y-%m-%dT%H:%M:%SZ}"
    if as_json:
        said = {"size": head.size, "time": moment, "by": found.by, "checked": roots is not None}
        show_json({"format": "habeas/log-stamp/v1", **said})
        return 0
    say(words(f"{head.size} entries stamped {moment} by {found.by}",
              f"共 {head.size} 条，{found.by} 于 {moment} 加盖时间戳"), lang)  # fmt: skip
    if believed is None:
        say(words("not checked whose certificate it is: name --tsa-root to have it checked",
                  "未核对其证书来源：以 --tsa-root 指定即可核对"), lang)  # fmt: skip
    return 0
