"""What to do first, from a boundary: the few steps that matter, each naming its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from habeas.boundary.draw import Boundary, Category, ColumnBoundary
from habeas.terms import Text

_MOST_NAMED = 6


def first_steps(boundary: Boundary) -> tuple[Text, ...]:
    """At most six steps, the weightiest first; none is made up where nothing was found."""
    steps = []
    for wanted, en, zh in _STEPS:
        columns = [column for column in boundary.columns if wanted(column)]
        if columns:
            names = _named([column.name for column in columns])
            count = len(columns)
            steps.append(
                Text(en=en.format(n=count, names=names), zh=zh.format(n=count, names=names))
            )
    return tuple(steps)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(name or "(no name)" for name in names[:_MOST_NAMED])
    return shown + (" …" if len(names) > _MOST_NAMED else "")


def _is(category: Category, *, claimed: bool | None = None) -> Callable[[ColumnBoundary], bool]:
    def wanted(column: ColumnBoundary) -> bool:
        right = claimed is None or bool(column.claimed_by) == claimed
        return column.category is category and right

    return wanted


def _has(*kinds: str) -> Callable[[ColumnBoundary], bool]:
    return lambda column: bool(set(kinds) & set(column.kinds))


def _text_with_persons(column: ColumnBoundary) -> bool:
    heavy = column.category in (Category.SENSITIVE, Category.PERSONAL)
    return "free_text" in column.kinds and heavy


_STEPS: tuple[tuple[Callable[[ColumnBoundary], bool], str, str], ...] = (
    (
        _is(Category.SENSITIVE, claimed=False),
        (
            "Name the purpose of {n} sensitive column(s) that no activity claims, "
            "or stop keeping them: {names}"
        ),
        "{n}列敏感个人信息没有任何处理活动认领，请写明其目的，否则停止保存：{names}",
    ),
    (
        _has("minor_under_14"),
        "Look at the persons under 14 first: all their information is sensitive ({names})",
        "请先处理不满十四周岁未成年人的信息，其全部个人信息均为敏感个人信息（{names}）",
    ),
    (
        _text_with_persons,
        (
            "Read what is written in free text: illnesses, dismissals and relatives' numbers "
            "end up there ({names})"
        ),
        "请检查自由文本：疾病、被辞退、亲属电话等常写在其中（{names}）",
    ),
    (
        _has("contacts"),
        "Other people's contacts are here; they never dealt with you: {names}",
        "此处有他人的联系方式，他们与贵方并无往来：{names}",
    ),
    (
        _is(Category.PERSONAL, claimed=False),
        (
            "Name the purpose of {n} column(s) of personal information that no activity claims: "
            "{names}"
        ),
        "{n}列个人信息没有任何处理活动认领，请写明其目的：{names}",
    ),
    (
        _is(Category.UNDECIDED),
        (
            "Ask somebody who knows what {n} undecided column(s) hold; "
            "silence of a scanner is not safety: {names}"
        ),
        "{n}列未定，请向了解者确认其内容；扫描未识别不等于安全：{names}",
    ),
)
