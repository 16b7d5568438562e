"""habeas erase: a person's records and rows, and the receipt that says until when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    say,
    subject_from,
    the_home,
    words,
)
from habeas.cli.show import show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.erase_person import Erased

app = typer.Typer(add_completion=False)


@app.command()
def erase(
    *,
    subject: Annotated[
        str | None, typer.Argument(help="The person's id in the table; - reads it from stdin.")
    ] = None,
    ground: Annotated[
        str,
        typer.Option(
            help="withdrawn, request, purpose_achieved, period_expired, unlawful or service_ended"
        ),
    ] = "request",
    duty: Annotated[
        list[str] | None,
        typer.Option(
            "--duty", help="ID=no, or ID=the day its period began; see --duties. Once a duty."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where the erasure receipt goes.")
    ] = None,
    duties: Annotated[
        bool, typer.Option("--duties", help="List the duties to keep that are to be answered.")
    ] = False,
    check: Annotated[
        Path | None, typer.Option("--check", help="Check an erasure receipt instead, offline.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="With --check: the vkey of the controller's log.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Erase what this home holds about a person, unless a duty to keep stands in the way."""
    if duties:
        return _list_duties(lang, json=json)
    if check is not None:
        return _check(check, key, lang, json=json)
    if subject is None or out is None:
        raise BadInput(
            "a person and a place for the receipt are needed",
            remedy="habeas erase - -o receipt.json reads the id from standard input",
        )
    return _erase(subject, out, ground=ground, duty=duty or [], home=home, lang=lang, json=json)


def _erase(
    subject: str,
    out: Path,
    *,
    ground: str,
    duty: list[str],
    home: Path | None,
    lang: Lang,
    json: bool,
) -> int:
    from habeas.procedures.erase_person import erase_person
    from habeas.procedures.erasure_receipt import write_receipt
    from habeas.procedures.foreign_path import refuse_homes
    from habeas.rights.retention import answers_from

    answers = answers_from(_pairs(duty))
    refuse_homes(out)
    if out.exists() or not out.parent.is_dir():
        says = "a receipt can't be written here" if not out.exists() else "there is a file here"
        raise BadInput(says, file=out, remedy="name a new file in a folder that exists")
    with the_home(home) as opened:
        erased = erase_person(
            opened, subject_from(subject), ground=ground, answers=answers, now=clock()
        )
        write_receipt(opened, erased, out)
    if json:
        show_json(_to_json(erased, out))
    else:
        _show(erased, out, lang)
    return 0


def _pairs(duty: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in duty]
    if any(not sign for _, sign, _ in pairs):
        raise BadInput("an answer to a duty is ID=no or ID=a day", place="--duty")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _to_json(erased: Erased, out: Path) -> dict[str, object]:
    return {
        "receipt": str(out),
        "entries": len(erased.records),
        "bases": erased.bases,
        "rows": erased.rows,
        "bases_not_searchable": erased.bases_not_searchable,
        "backups_until": erased.row.backups_until.isoformat(),
        "scrubbed": erased.scrubbed,
    }


def _show(erased: Erased, out: Path, lang: Lang) -> None:
    count, rows = len(erased.records), erased.rows
    en = f"erased: {count} entries, {rows} rows of {erased.bases} bases; the log itself stays whole"
    zh = f"已删除：{count} 条记录、{erased.bases} 份基准数据中的 {rows} 行；存证日志保持完整"
    say(words(en, zh), lang)
    day = erased.row.backups_until.date().isoformat()
    en = f"a backup made before could still be opened until {day}; after that, by nobody"
    say(words(en, f"此前的备份最迟在 {day} 前仍可打开；其后任何人均无法打开"), lang)
    if erased.bases_not_searchable:
        count = erased.bases_not_searchable
        en = f"{count} bases were made before rows were kept by person, and were not searched"
        say(words(en, f"{count} 份较早的基准数据未按人建立索引，未能检索"), lang)
    if not erased.scrubbed:
        en = "the database was in use: run `habeas tick` so that its free pages are rewritten"
        say(words(en, "数据库正被占用：请运行 habeas tick 以重写其空闲页"), lang)
    say(words(f"receipt for the person: {out}", f"交付个人的删除回执：{out}"), lang)


def _list_duties(lang: Lang, *, json: bool) -> int:
    from habeas.rights.retention import duties

    if json:
        show_json(
            [
                {
                    "id": duty.id,
                    "provision": duty.provision,
                    "years": duty.years,
                    "verified": duty.verified,
                    "asked": duty.blocks,
                    "what": {"en": duty.what.en, "zh": duty.what.zh},
                    "from": {"en": duty.since.en, "zh": duty.since.zh},
                }
                for duty in duties()
            ]
        )
        return 0
    for duty in duties():
        note = words("", "")
        if not duty.verified:
            note = words(" (not verified: shown, not asked)", "（未经核实：仅列出，不要求回答）")
        elif duty.kept_without_person:
            note = words(" (kept in the log without the person)", "（日志中保留，不含个人信息）")
        en = f"{duty.id}: {duty.who.en}, {duty.what.en}: {duty.years} years from {duty.since.en}"
        zh = f"{duty.id}：{duty.who.zh}，{duty.what.zh}：自{duty.since.zh}起 {duty.years} 年"
        end = f" [{duty.provision}]"
        say(words(en + end + note.en, zh + end + note.zh), lang)
    return 0


def _check(path: Path, key: str | None, lang: Lang, *, json: bool) -> int:
    from habeas.ledger.keys import VerifierKey
    from habeas.procedures.erasure_receipt import check_receipt

    found = check_receipt(path, key=None if key is None else VerifierKey.parse(key))
    until = found.backups_until.date().isoformat()
    if json:
        show_json(
            {
                "outcome": "verified" if key else "undetermined",
                "log": found.origin,
                "index": found.index,
                "records": list(found.records),
                "backups_until": found.backups_until.isoformat(),
            }
        )
        return 0 if key else 4
    count = len(found.records)
    en = f"entry {found.index} of {found.origin} says that {count} records were erased; "
    en += f"a backup could be opened until {until}"
    zh = f"{found.origin} 第 {found.index} 条载明已删除 {count} 条记录；备份最迟在 {until} 前可打开"
    say(words(en, zh), lang)
    if key is None:
        en = "the key came with the receipt, and anybody can make one: give the log's with --key"
        say(words(en, "密钥来自回执本身，任何人都可自造：请以 --key 给出该日志公布的公钥"), lang)
        return 4
    return 0
