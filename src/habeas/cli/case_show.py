"""A case on the screen: where it stands, until when, and how it got there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from habeas.cli.case_words import EVENTS, WHO
from habeas.cli.home import Lang, say, words
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.procedures.show_case import Asked, Shown, StepShown

_BASIS = {
    "statute": words("statute", "法律规定"),
    "procedure": words("procedure", "法定程序"),
    "convention": words("our convention", "本系统约定"),
}


def show_line(shown: Shown, now: datetime, lang: Lang) -> None:
    """Number, stage, the other body, and the clock that runs."""
    label, due = shown.stage.label, _clock(shown, now) or words("", "")
    other = "" if shown.other is None else f"  ⇄ {shown.other}"
    say(words(f"{shown.row.number}  {label.en}{other}  {due.en}".rstrip(),
              f"{shown.row.number}  {label.zh}{other}  {due.zh}".rstrip()), lang)  # fmt: skip


def _clock(shown: Shown, now: datetime) -> Text | None:
    """Until when, how many days are left, and who set the limit."""
    found = shown.clock
    if found is None:
        return None
    basis = _BASIS[found.clock.basis]
    source = "" if found.clock.provision is None else f" {found.clock.provision}"
    if found.due is None:
        en = f"due: the calendar of that year isn't known yet ({basis.en}{source})"
        return words(en, f"期限：该年度工作日安排尚未公布（{basis.zh}{source}）")
    left, due = found.days_left(now), _at(found.due)
    en = f"due {due.en}, {left} days left ({basis.en}{source})"
    return words(en, f"期限 {due.zh}，剩余 {left} 天（{basis.zh}{source}）")


def _at(at: datetime) -> Text:
    from habeas.papers.moments import moment

    return moment(at)


def show_step(step: StepShown, lang: Lang) -> None:
    """What happened, by whom, under what, and where the log has it."""
    basis = words("", "") if step.basis is None else _BASIS[step.basis]
    source = "" if step.provision is None else f" {step.provision}"
    where = "—" if step.index is None else f"#{step.index}"
    when, event, who = _at(step.at), EVENTS[step.event], WHO[step.who]
    en = f"  {when.en}  {event.en} ({who.en})  {basis.en}{source}  {where}"
    zh = f"  {when.zh}  {event.zh}（{who.zh}）  {basis.zh}{source}  {where}"
    say(words(en, zh), lang)


def show_dispute(each: Asked, lang: Lang) -> None:
    """Who asks whom to have a matter, and what was designated."""
    parties = f"{each.asking} ⇄ {each.other or '?'}"
    if each.designated is None:
        en, zh = "asks this home to designate", "报请本机关指定管辖"
    else:
        heard = each.row.acknowledged
        en = f"{each.designated} is designated{', and has acknowledged' if heard else ''}"
        zh = f"已指定 {each.designated} 管辖{'，已确认' if heard else ''}"
    say(words(f"{each.row.number}  {parties}: {en}", f"{each.row.number}  {parties}：{zh}"), lang)
