"""Why a column is what it is, in both languages, from counts only."""

from __future__ import annotations

from collections.abc import Sequence

from habeas.boundary.draw import Category, Rung, Signal
from habeas.boundary.registry import detector
from habeas.terms import Text

_RUNGS: dict[Rung, Text] = {
    "pattern": Text(en="they have its pattern", zh="符合其格式"),
    "checksum": Text(en="their check digits hold", zh="校验位成立"),
    "keyword": Text(
        en="words beside them or the column's name say so", zh="旁边的词或列名予以印证"
    ),
    "column": Text(en="the column as a whole agrees", zh="整列相互印证"),
}

UNDECIDED = Text(
    en="nothing was recognised; that does not make it safe",
    zh="未识别出任何内容，但这不表示安全",
)
COUNTER = Text(
    en="it counts the rows 1, 2, 3 … in order, and says nothing about a person",
    zh="按顺序为各行编号，不反映任何个人的信息",
)
KEY = Text(
    en="it counts the rows in order; beside rows about persons it is a key to them wherever "
    "another file keeps the order",
    zh="按顺序为各行编号；各行涉及个人时，若另一文件保持同一顺序，即可据以对应到个人",
)
EMPTY = Text(en="the column holds no value", zh="该列没有任何值")
CHILDREN = Text(
    en="some persons are under 14: all their information is sensitive",
    zh="含不满十四周岁未成年人，其全部个人信息均为敏感个人信息",
)


def because(
    signals: Sequence[Signal], deciding: Signal | None, category: Category, note: Text | None
) -> Text:
    """One or two sentences: what was seen, how sure, and what the law leaves open."""
    if deciding is None:
        return UNDECIDED
    parts = [_seen(deciding)]
    also = [detector(s.kind).label for s in signals if s is not deciding][:4]
    if also:
        parts.append(
            Text(
                en="also seen: " + ", ".join(label.en for label in also),
                zh="另见：" + "、".join(label.zh for label in also),
            )
        )
    if category is Category.UNDECIDED:
        parts.append(Text(en="this alone leads to no person", zh="仅此尚不能指向个人"))
    if note is not None:
        parts.append(note)
    return join(parts)


def join(parts: Sequence[Text]) -> Text:
    return Text(en="; ".join(part.en for part in parts), zh="；".join(part.zh for part in parts))


def _seen(signal: Signal) -> Text:
    label = detector(signal.kind).label
    if signal.evidence == "header":
        return Text(
            en=f"its name says {label.en}, and the values don't contradict it",
            zh=f"列名表明为{label.zh}，取值与之不矛盾",
        )
    rung = _RUNGS[signal.rung]
    where = Text(en="hold", zh="含有") if signal.sparse else Text(en="are", zh="为")
    name = Text(
        en=", and the name says so" if signal.header else "",
        zh="，列名亦如此" if signal.header else "",
    )
    return Text(
        en=f"{signal.hits:,} of {signal.looked:,} cells looked at {where.en} {label.en} "
        f"({rung.en}){name.en}",
        zh=(
            f"所查{signal.looked:,}格中{signal.hits:,}格{where.zh}{label.zh}（{rung.zh}）{name.zh}"
        ),
    )
