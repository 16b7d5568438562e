"""Statements of account beside each other: `habeas verify --statement A --statement B`."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from rich.markup import escape

from habeas.cli.home import Lang
from habeas.cli.show import out, show_json
from habeas.errors import BadInput, NotVerified
from habeas.ledger.keys import VerifierKey
from habeas.ledger.statement import Account, disagreement
from habeas.terms import Text


def compare(
    accounts: list[Account], trusted: list[str], lang: Lang, *, as_json: bool, quiet: bool
) -> int:
    """Check statements about one person: 3 if two contradict each other, 4 without a known key.

    quiet: say something only about a contradiction.
    """
    if not accounts:
        raise BadInput("there is nothing to check", remedy="name a bundle, or --statement FILE")
    key = VerifierKey.parse(accounts[0].vkey)
    if any(each.vkey != key.vkey for each in accounts):
        raise BadInput("the statements are signed by different keys: they can't be compared")
    if trusted and key.vkey not in trusted:
        raise NotVerified("the statements are signed by a key that is not the one you trust")
    for account in accounts:
        account.verify(key)
    wrong = next(
        (says for a, b in combinations(accounts, 2) if (says := disagreement(a, b, key=key))), None
    )
    if wrong is None and quiet:
        return 0
    _show(accounts, key, wrong, lang, as_json=as_json)
    return 3 if wrong else (0 if trusted else 4)


def _show(
    accounts: list[Account], key: VerifierKey, wrong: Text | None, lang: Lang, *, as_json: bool
) -> None:
    if as_json:
        show_json(_as_json(accounts, key, wrong))
        return
    for account in accounts:
        when = f"{account.time:%Y-%m-%d %H:%M:%S} UTC"
        says = Text(
            en=f"{when}: {account.count} entries, the log had {account.size}",
            zh=f"{when}：{account.count} 条，日志共 {account.size} 条",
        )
        out.print(says.in_language(lang.value), soft_wrap=True)
    if wrong:
        proof = Text(en="The files prove a lie, to anybody:", zh="这些文件可向任何人证明不实：")
        out.print(f"[red]✗[/] {proof.in_language(lang.value)} ", end="", soft_wrap=True)
        out.print(escape(wrong.in_language(lang.value)), soft_wrap=True)
    else:
        fine = Text(en="they can all be true", zh="各声明可以同时属实")
        out.print(f"[green]✓[/] {fine.in_language(lang.value)}", soft_wrap=True)
    whose = Text(en="signed by", zh="签名者")
    out.print(f"{whose.in_language(lang.value)} {escape(key.name)}  {key.fingerprint}")


def _as_json(accounts: list[Account], key: VerifierKey, wrong: Text | None) -> dict[str, Any]:
    return {
        "format": "habeas/accounts-verification/v1",
        "vkey": key.vkey,
        "statements": [
            {"count": a.count, "size": a.size, "time": f"{a.time:%Y-%m-%dT%H:%M:%SZ}"}
            for a in accounts
        ],
        "contradict": wrong is not None,
        "says": None if wrong is None else {"en": wrong.en, "zh": wrong.zh},
    }
