"""A pilot as a page: what a draft would have changed, as a picture, in counts and in its words.

One file, no script, nothing fetched; matters appear by their id only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from habeas.boundary.pages import template
from habeas.law.patch import Draft, Only
from habeas.law.pilot import GROUPINGS, NOT_STATED, RESULTS, Group, Pilot
from habeas.law.pilot_change import Difference
from habeas.law.pilot_proof import Proof
from habeas.law.schema import load_vocabulary
from habeas.papers.provinces import province
from habeas.terms import Language, Text

RESULT_WORDS: Mapping[str, Text] = {
    "lawful": Text(en="lawful", zh="合法"),
    "unlawful": Text(en="unlawful", zh="违法"),
    "undetermined": Text(en="undetermined", zh="不能确定"),
    "not_governed": Text(en="not governed", zh="不受调整"),
}
WHAT_WORDS: Mapping[str, Text] = {
    "added": Text(en="added", zh="新增"),
    "removed": Text(en="removed", zh="删除"),
    "repealed": Text(en="repealed", zh="废止"),
    "changed": Text(en="changed", zh="修改"),
}
_ALLOWED = ("lawful", "not_governed")
_ROWS_SHOWN = 12

_WORDS: Mapping[str, Text] = {
    "title": Text(en="What the draft would have changed", zh="草案会改变什么"),
    "draft_only": Text(
        en="A draft, not law. Nothing here says what is lawful today.",
        zh="草案，并非现行法律。本页不说明现行法下是否合法。",
    ),
    "fictional": Text(
        en="A fictional draft for demonstration: no legislator has proposed it.",
        zh="演示用虚构草案：并无立法机关提出。",
    ),
    "matters": Text(en="matters", zh="事项"),
    "elements": Text(en="uses and events", zh="处理与事件"),
    "as_of": Text(en="as of", zh="截至"),
    "today": Text(en="book today", zh="现行规则库"),
    "draft": Text(en="book under the draft", zh="草案规则库"),
    "matrix": Text(en="From today's result to the draft's", zh="由现行结果到草案结果"),
    "matrix_hint": Text(
        en="Rows: under the book today. Columns: under the draft. On the diagonal nothing changes.",
        zh="行：现行规则下的结果；列：草案下的结果。对角线上没有变化。",
    ),
    "row_axis": Text(en="today", zh="现行"),
    "column_axis": Text(en="under the draft", zh="草案"),
    "legalises": Text(en="Does it make anything lawful?", zh="是否使违法变为合法？"),
    "in_cases": Text(en="In the cases put in", zh="在所列事项中"),
    "beyond": Text(en="Over all facts", zh="就一切可能的事实"),
    "show_matter": Text(en="A matter that shows it", zh="可复核的事项"),
    "changes": Text(en="What the draft changes", zh="草案的改动"),
    "only": Text(en="only", zh="仅限"),
    "split": Text(
        en="A change limited to some regions or sectors shows the draft's rule there, today's rule "
        "elsewhere, and, for those of whom the place or sector is not known, what breaks both.",
        zh="限于部分地区或行业的改动，右栏依次为：该范围内适用草案，其他范围适用现行规定；"
        "地区或行业不明的，两者均违反时才算违反。",
    ),
    "before": Text(en="today", zh="现行"),
    "after": Text(en="under the draft", zh="草案"),
    "nothing": Text(en="nothing", zh="无"),
    "defeats": Text(en="lifts", zh="排除适用"),
    "witnesses": Text(en="Matters that move", zh="结果改变的事项"),
    "matter": Text(en="Matter", zh="事项"),
    "element": Text(en="use or event", zh="处理或事件"),
    "move": Text(en="Change", zh="变化"),
    "by": Text(en="What the draft changed", zh="草案的哪处改动"),
    "decided": Text(en="Whose part in the answer differs", zh="哪些规定的作用因此不同"),
    "no_moves": Text(en="No result changes.", zh="没有结果改变。"),
    "groups": Text(en="Whom it concerns", zh="涉及哪些对象"),
    "sector": Text(en="By sector", zh="按行业"),
    "region": Text(en="By province", zh="按省份"),
    "category": Text(
        en="By kind of data (one use may count in several)", zh="按信息种类（可重复计数）"
    ),
    "of": Text(en="of", zh="/"),
    "newly_unlawful": Text(en="newly unlawful", zh="变为违法"),
    "newly_lawful": Text(en="newly lawful", zh="变为合法"),
    "otherwise": Text(en="changes otherwise", zh="其他变化"),
    "unchanged": Text(en="unchanged", zh="不变"),
    "more": Text(en="and {n} more", zh="另有{n}项"),
    "not_stated": Text(en="not stated", zh="未说明"),
    "duties": Text(en="Duties owed", zh="负有的义务"),
    "duty": Text(en="Duty", zh="义务"),
    "added": Text(en="added", zh="新增"),
    "dropped": Text(en="dropped", zh="不再负有"),
    "limits": Text(en="What this page does not say", zh="本页不说明什么"),
    "limits_text": Text(
        en="Counted are uses and events of the matters put in, not persons, and they are no sample "
        "of anything unless somebody drew one. Only the coded part of the law is compared. A past "
        "act is judged as if the draft had been in force then. Whether people would have behaved "
        "otherwise, the data can't tell. This is legal information, not advice.",
        zh="统计对象是所列事项中的处理与事件，不是人数；除非另行抽样，不代表任何总体。仅比较已编码的法律规定。"
        "过去的行为按草案当时已施行来判断。当事人会否因此改变行为，数据无法说明。本页为法律信息，不是法律意见。",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Square:
    x: int
    y: int
    count: int
    kind: str
    strength: float
    label: str


def pilot_page(pilot: Pilot, *, draft: Draft, proof: Proof | None, language: Language) -> str:
    """The whole page as text, in one language. proof: what the solver said, if it was asked."""
    where = {change.target: _where(change.only, language) for change in draft.changes}
    words = {name: text.in_language(language) for name, text in _WORDS.items()}
    return template("habeas.papers", "pilot.html").render(
        pilot=pilot,
        words=words,
        language="zh-CN" if language == "zh" else "en",
        title=draft.title.in_language(language),
        note="" if draft.note is None else draft.note.in_language(language),
        fictional=draft.fictional,
        split=any(where.values()),
        summary=summary(pilot).in_language(language),
        squares=_squares(pilot, language),
        names=[RESULT_WORDS[name].in_language(language) for name in RESULTS],
        answer=in_cases(pilot).in_language(language),
        proof=None if proof is None else _proof(proof, language),
        changes=[_change(c, where.get(c.id, ""), language) for c in pilot.changes],
        witnesses=_witnesses(pilot, language),
        groups=[_grouping(name, pilot.groups[name], words, language) for name in GROUPINGS],
        duties=[duty for duty in pilot.duties if duty.added or duty.removed],
        lang=language,
    )


def summary(pilot: Pilot) -> Text:
    """The result in one sentence."""
    legal, forbidden = pilot.legalised, pilot.forbidden
    other = pilot.moved - legal - forbidden
    return Text(
        en=f"Of {pilot.elements:,} uses and events in {pilot.matters:,} matters, "
        f"{pilot.moved:,} would have another result: {forbidden:,} lawful ones become unlawful, "
        f"{legal:,} unlawful ones lawful, {other:,} change otherwise.",
        zh=f"{pilot.matters:,}件事项共{pilot.elements:,}项处理与事件，其中{pilot.moved:,}项结果不同："
        f"{forbidden:,}项由合法变为违法，{legal:,}项由违法变为合法，{other:,}项有其他变化。",
    )


def in_cases(pilot: Pilot) -> Text:
    """Whether the draft made anything lawful in the cases."""
    if not pilot.legalised:
        return Text(
            en="No: no use or event that is unlawful now becomes lawful.",
            zh="否：没有现在违法的处理或事件变为合法。",
        )
    return Text(
        en=f"Yes: {pilot.legalised:,} that are unlawful now become lawful.",
        zh=f"是：{pilot.legalised:,}项现在违法的变为合法。",
    )


def kind_of(old: str, new: str) -> str:
    """'same', 'legal' (unlawful before, allowed after), 'forbidden', or 'other'."""
    if old == new:
        return "same"
    if old == "unlawful" and new in _ALLOWED:
        return "legal"
    return "forbidden" if new == "unlawful" and old in _ALLOWED else "other"


def _squares(pilot: Pilot, language: Language) -> list[_Square]:
    most = {
        same: max(
            [c.count for (old, new), c in pilot.matrix.items() if (old == new) is same] or [0]
        )
        for same in (True, False)
    }
    return [
        _Square(
            x=column,
            y=row,
            count=pilot.count(old, new),
            kind=kind_of(old, new),
            strength=_strength(pilot.count(old, new), most[old == new]),
            label=" → ".join(RESULT_WORDS[one].in_language(language) for one in (old, new)),
        )
        for row, old in enumerate(RESULTS)
        for column, new in enumerate(RESULTS)
    ]


def _strength(count: int, most: int) -> float:
    """Between 0.18 and 1 where there is anything, so that a few stay visible beside many."""
    return 0.0 if not count else round(0.18 + 0.82 * (count / most) ** 0.5, 3)


def _proof(proof: Proof, language: Language) -> dict[str, Any]:
    lines = [] if proof.witness is None else list(_outline(proof.witness))
    return {
        "outcome": proof.outcome,
        "says": proof.says.in_language(language),
        "lines": [f"{'  ' * depth}{text}" for depth, text in lines],
    }


def _outline(value: Mapping[str, Any], depth: int = 0) -> list[tuple[int, str]]:
    """A matter as its file would show it."""
    found: list[tuple[int, str]] = []
    for key, part in value.items():
        if isinstance(part, Mapping) and "value" in part:
            found.append((depth, f"{key}: {_short(part['value'])}  ({part.get('by')})"))
        elif isinstance(part, Mapping) and not all(isinstance(v, bool) for v in part.values()):
            found += [(depth, f"{key}:"), *_outline(part, depth + 1)]
        else:
            found.append((depth, f"{key}: {_short(part)}"))
    return found


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        yes = [key for key, truth in value.items() if truth]
        no = len(value) - len(yes)
        return ", ".join(yes or ["none"]) + (f" (and not {no} others)" if no else "")
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _where(only: Only, language: Language) -> str:
    """The regions and sectors a change is limited to, in words."""
    sectors = load_vocabulary().fact("party.sector").members
    places = [_place(code, language) for code in only.regions]
    trades = [sectors[sector].in_language(language) for sector in only.sectors]
    comma = "、" if language == "zh" else ", "
    return ("；" if language == "zh" else "; ").join(
        comma.join(words) for words in (places, trades) if words
    )


def _place(code: str, language: Language) -> str:
    name = province(code).in_language(language)
    return name if len(code) == 2 else f"{name} {code}"


def _change(change: Difference, where: str, language: Language) -> dict[str, Any]:
    title = change.title.in_language(language)
    if change.kind == "derived":
        title = load_vocabulary().fact(change.id).question.in_language(language)
    return {
        "what": change.what,
        "label": WHAT_WORDS[change.what].in_language(language),
        "id": change.id,
        "where": where,
        "title": title,
        "says": "" if change.says is None else change.says.in_language(language),
        "before": change.before,
        "after": change.after,
        "defeats": change.defeats,
    }


def _witnesses(pilot: Pilot, language: Language) -> list[dict[str, Any]]:
    order = {"legal": 0, "forbidden": 1, "other": 2, "same": 3}
    moves = sorted(pilot.matrix, key=lambda move: (order[kind_of(*move)], move))
    return [
        {
            "kind": kind_of(old, new),
            "move": " → ".join(RESULT_WORDS[one].in_language(language) for one in (old, new)),
            "count": pilot.matrix[old, new].count,
            "rows": pilot.matrix[old, new].witnesses,
        }
        for old, new in moves
        if old != new
    ]


def _grouping(
    name: str, groups: tuple[Group, ...], words: Mapping[str, str], language: Language
) -> dict[str, Any]:
    moved = [group for group in groups if group.moved]
    shown = moved[:_ROWS_SHOWN]
    left = len(moved) - len(shown)
    return {
        "title": words[name],
        "rows": [_group(name, group, words, language) for group in shown],
        "more": words["more"].replace("{n}", str(left)) if left else "",
    }


def _group(name: str, group: Group, words: Mapping[str, str], language: Language) -> dict[str, Any]:
    counts = {"forbidden": 0, "legal": 0, "other": 0, "same": 0}
    for (old, new), count in group.moves.items():
        counts[kind_of(old, new)] += count
    return {
        "name": _value_words(name, group.value, words, language),
        "moved": group.moved,
        "total": group.total,
        "shares": [
            {"kind": kind, "percent": round(100 * count / group.total, 2), "count": count}
            for kind, count in counts.items()
        ],
    }


def _value_words(name: str, value: str, words: Mapping[str, str], language: Language) -> str:
    if value == NOT_STATED:
        return words["not_stated"]
    if name == "region":
        return province(value).in_language(language)
    fact = "party.sector" if name == "sector" else "use.data"
    return load_vocabulary().fact(fact).members[value].in_language(language)
