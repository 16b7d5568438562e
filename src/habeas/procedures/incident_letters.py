"""The letters of an incident: to the authority (may go first, the rest follows), to the persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from habeas.law.documents import MissingItem, content_list
from habeas.papers.moments import moment
from habeas.papers.paper import Paper, check_complete, missing_items
from habeas.procedures.claim_text import Line, in_language
from habeas.procedures.incident_words import LETTERS
from habeas.procedures.open_incident import IncidentFile
from habeas.procedures.write_papers import InLanguage, Written, paper_files, write_folder
from habeas.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersWritten:
    """What was written. follows: items the report to the authority still owes; missing: drafts'."""

    written: Written
    follows: tuple[MissingItem, ...]
    missing: tuple[MissingItem, ...]


def write_letters(
    found: IncidentFile, out: Path, *, handler: str, checkpoint: str, draft: bool = False
) -> LettersWritten:
    """Both letters into a new folder. Without `draft`, Refused if the persons' one lacks an item.

    The report to the authority may go out before it is complete: what it lacks follows, and is
    shown in it. handler: the name of the party; checkpoint: the head of its log.
    """
    files: dict[str, bytes] = {}
    for name in LETTERS:
        make = _maker(found, name, handler, checkpoint)
        if not draft:
            check_complete(make("en"))
        files.update(paper_files(name, make))
    lacks = {n: missing_items(_maker(found, n, handler, checkpoint)("en")) for n in LETTERS}
    return LettersWritten(
        written=write_folder(out, files),
        follows=lacks["breach_authority"],
        missing=lacks["breach_persons"],
    )


def _maker(found: IncidentFile, name: str, handler: str, checkpoint: str) -> InLanguage:
    def make(language: Language) -> Paper:
        return letter(found, name, language, handler=handler, checkpoint=checkpoint)

    return make


def letter(
    found: IncidentFile, name: str, language: Language, *, handler: str, checkpoint: str
) -> Paper:
    """One letter: what the entries give, and over it what somebody typed for it."""
    contents = content_list("cn", name)
    given = _given(found, handler, checkpoint)
    lines = {item: each for item, each in given.items() if item in contents.item_ids()}
    lines.update(found.letters.get(name, {}))
    values = {
        item: tuple(in_language(line, language) for line in each)
        for item, each in lines.items()
        if each
    }
    graded = {"graded": found.graded} if "graded" in contents.conditions else {}
    return Paper(contents=contents, values=values, conditions=graded)


def _given(found: IncidentFile, handler: str, checkpoint: str) -> Mapping[str, tuple[Line, ...]]:
    """Items the records fill by themselves; the rest is for somebody to say."""
    persons = found.facts.get("persons")
    return {
        "reporter": (handler,),
        "when": _when(found),
        "persons": () if persons is None else (str(persons),),
        "leads": _leads(found),
        "persons_told": _told(found),
        "log_proof": (checkpoint,),
    }


def _when(found: IncidentFile) -> tuple[Line, ...]:
    """Both times, or nothing: half of an answer would look like a whole one."""
    happened, aware = found.time("happened_at"), found.time("aware_at")
    if happened is None or aware is None:
        return ()
    then, now = moment(happened), moment(aware)
    return (Text(en=f"happened {then.en}; found {now.en}", zh=f"发生于{then.zh}；发现于{now.zh}"),)


def _leads(found: IncidentFile) -> tuple[Line, ...]:
    """What the trace says with what it does not show; an undecided one says that it is."""
    if found.leak is None:
        return ()
    parts = [found.leak[part] for part in ("summary", "does_not_show")]
    return tuple(Text(en=each["en"], zh=each["zh"]) for each in parts)


def _told(found: IncidentFile) -> tuple[Line, ...]:
    at = found.done.get("tell_persons")
    if at is not None:
        when = moment(at)
        return (Text(en=f"persons were told on {when.en}", zh=f"已于{when.zh}通知个人"),)
    if found.facts.get("harm_avoided") is True:
        return (_NOT_TOLD,)
    return ()


_NOT_TOLD = Text(
    en="Persons were not told: measures effectively prevent harm (cn.pipl.art57.p2); the authority "
    "may order it.",
    zh="未通知个人：所采取的措施能够有效避免危害（cn.pipl.art57.p2）；主管部门可以要求通知。",
)
