"""habeas trust: know another party by its card, or write one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.show import show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.records.home import Home

app = typer.Typer(add_completion=False)


@app.command()
def trust(
    *,
    card_file: Annotated[
        Path | None, typer.Argument(metavar="[CARD]", help="The other party's card.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--as", help="The name this home gives the party.")
    ] = None,
    superior: Annotated[
        bool, typer.Option("--superior", help="It is this authority's common superior.")
    ] = False,
    card: Annotated[bool, typer.Option("--card", help="Write this home's own card.")] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Change the key that signs this home's envelopes.")
    ] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where the card goes.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Trust CARD under a name, write one's own card, change one's key; or list whom one trusts.

    Trust on first contact is yours to give: compare the fingerprint with the party by another way.
    """
    with the_home(home) as opened:
        if card and out is not None and card_file is None and name is None and not rotate:
            _write(opened, out, lang, json=json)
        elif rotate and not card and card_file is None and name is None:
            _rotate(opened, lang, json=json)
        elif card_file is not None and name is not None and not card:
            _trust(opened, card_file, name, lang, superior=superior, json=json)
        elif card_file is None and name is None and not card:
            _list(opened, lang, json=json)
        else:
            remedy = "give CARD --as NAME, or --card -o FILE, or --rotate, or nothing to list"
            raise BadInput("it is not clear whom to trust or what to write", remedy=remedy)


def _write(home: Home, out: Path, lang: Lang, *, json: bool) -> None:
    from habeas.procedures.trust_party import write_card

    write_card(home, out)
    key = home.keys.signing.verifier
    if json:
        show_json({"card": str(out), "fingerprint": key.fingerprint})
        return
    say(words(f"card written to {out}", f"名片已写入 {out}"), lang)
    _fingerprint(key.fingerprint, lang)


def _fingerprint(fingerprint: str, lang: Lang) -> None:
    say(words(f"fingerprint: {fingerprint}", f"公钥指纹：{fingerprint}"), lang)


def _trust(home: Home, file: Path, name: str, lang: Lang, *, superior: bool, json: bool) -> None:
    from habeas.procedures.trust_party import card_in, trust_card

    presented = card_in(file)
    contact = trust_card(home, presented, name=name, now=clock(), superior=superior)
    fingerprint = presented.card.key.fingerprint
    if json:
        found = {"name": name, "party": contact.party, "fingerprint": fingerprint}
        show_json({**found, "superior": contact.superior})
        return
    say(words(f"trusted as {name}: a {contact.party}", f"已信任为 {name}（{contact.party}）"), lang)
    _fingerprint(fingerprint, lang)
    en = "compare it with the party by another way: a card shows that somebody has the key, not who"
    say(words(en, "请另行与对方核对指纹：名片只表明有人持有密钥，不表明其身份"), lang)


def _rotate(home: Home, lang: Lang, *, json: bool) -> None:
    from habeas.procedures.exchange_keys import signing_key
    from habeas.procedures.rotate_key import rotate_key

    told = rotate_key(home, now=clock())
    vkey = signing_key(home).vkey
    if json:
        show_json({"vkey": vkey, "to_send": [bytes(letter.digest).hex() for letter in told]})
        return
    say(words(f"this home now signs with {vkey}", f"本方现以此密钥签名：{vkey}"), lang)
    en = f"{len(told)} contacts are told by envelopes that wait: `habeas send --pending`"
    say(words(en, f"{len(told)} 个联系方的通知待发送：habeas send --pending"), lang)


def _list(home: Home, lang: Lang, *, json: bool) -> None:
    from habeas.ledger.keys import VerifierKey
    from habeas.procedures.contacts import contacts, name_of

    found = [
        {
            "name": name_of(home, contact),
            "party": contact.party,
            "superior": contact.superior,
            "fingerprint": VerifierKey.parse(contact.identity).fingerprint,
        }
        for contact in contacts(home).order_by("pk")
    ]
    if json:
        show_json({"contacts": found})
        return
    for each in found:
        line = f"{each['name']}  {each['party']}  {each['fingerprint']}"
        say(words(line, line), lang)
    if not found:
        say(words("nobody is trusted yet", "尚未信任任何一方"), lang)
