"""Drafting: from what a column is and what the purpose needs to what is done to it, and why.

Every rule here answers one question about one column, in this order:
  1. does the purpose need it?                        no: dropped         (PIPL art. 6)
  2. does the activity cover it for this purpose?     no: dropped         (PIPL art. 6)
  3. is it sensitive?   without a stated necessity:       dropped         (PIPL art. 28)
  4. is the recipient entrusted with known persons?   yes: kept unaltered (PIPL art. 21)
  5. does it name a person directly?      the key: pseudonym, else dropped (PIPL art. 51, 73)
  6. is it free text?                                 masked by spans
  7. could it be known from elsewhere?                made coarser
  8. otherwise                                        kept, and may be marked
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from habeas.boundary.draw import ColumnBoundary
from habeas.protection.columns import ColumnPlan
from habeas.terms import Text

# Steps of 1, 2, 5: a bin edge series that fits small and large amounts without seeing them.
AMOUNT_EDGES = tuple(step * 10**power for power in range(3, 7) for step in (1, 2, 5))
COUNT_EDGES = tuple(step * 10**power for power in range(7) for step in (1, 2, 5))
FEW_VALUES = 10
MANY_VALUES = 200
NEARLY_UNIQUE = 0.98

# Detector ids whose column names, reaches or follows one person by itself.
IDENTIFIERS = frozenset(
    {
        "bank_account", "bank_card", "biometric", "cn_passport", "cn_resident_id", "contacts",
        "coordinates", "device_id", "email", "iban", "id_image", "ip_address", "ipv6_address",
        "landline_cn", "mac_address", "mobile_cn", "person_key", "person_name", "phone_other",
        "plate_cn", "postal_address", "record_key", "row_counter", "us_ssn",
    }
)  # fmt: skip
FREE_TEXT = frozenset({"free_text"})
# Kinds with built-in coarser forms, for columns of many values.
_BUILT_IN: Mapping[str, str] = {"region": "provinces", "occupation": "occupations"}
MINIMUM = ("cn.pipl.art6",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the recipient asked for and the controller declared."""

    purpose: str
    needed: frozenset[str]
    covered: frozenset[str] | None
    identified: bool
    joins: frozenset[str]
    keys: frozenset[str]  # joins and the subject's own
    exact: frozenset[str]  # decided on or added up: kept as they are
    adversary: frozenset[str]
    numeric_marks: frozenset[str]
    necessity: Mapping[str, Text]


def draft_column(column: ColumnBoundary, ask: Ask) -> ColumnPlan:
    """What is done to this column, by the first rule that answers."""
    drafted = _dropped(column, ask) or _entrusted(column, ask) or _key_or_text(column, ask)
    return drafted or _blurred(column, ask) or _kept(column, ask)


def role_of(column: ColumnBoundary, ask: Ask) -> str:
    """What the column is good for in finding a person."""
    if column.name in ask.keys:
        return "identifier"
    if FREE_TEXT.intersection(column.kinds):
        return "free_text"
    if is_identifier(column):
        return "identifier"
    if column.category.value == "quasi_identifier" or column.name in ask.adversary:
        return "quasi_identifier"
    return "attribute"


def is_identifier(column: ColumnBoundary) -> bool:
    """By its kind, or because nearly each row has a code of its own."""
    if column.kinds and column.kinds[0] in IDENTIFIERS:
        return True
    unique = column.unique_share is not None and column.unique_share >= NEARLY_UNIQUE
    many = column.distinct is not None and column.distinct > MANY_VALUES
    return unique and many and _coded(column.arrow_type)


def _coded(arrow_type: str) -> bool:
    return "string" in arrow_type or arrow_type.startswith(("int", "uint"))


def _numeric(arrow_type: str) -> bool:
    return arrow_type.startswith(("int", "uint", "float", "double", "halffloat", "decimal"))


def _plan(column: ColumnBoundary, ask: Ask, transform: str, why: Text, **more: Any) -> ColumnPlan:
    return ColumnPlan(
        column=column.name,
        transform=transform,
        reason=why,
        category=column.category.value,
        role=role_of(column, ask),
        necessity=ask.necessity.get(column.name) if transform != "drop" else None,
        **more,
    )


def _dropped(column: ColumnBoundary, ask: Ask) -> ColumnPlan | None:
    # 1 to 3.
    if column.name not in ask.needed | ask.joins:
        why = Text(en="the purpose doesn't need it", zh="该目的不需要此字段")
        return _plan(column, ask, "drop", why, citations=MINIMUM)
    if ask.covered is not None and column.name not in ask.covered:
        why = Text(
            en="asked for, but the declared activity doesn't cover it for this purpose",
            zh="接收方提出需要，但已申报的处理活动未就该目的列出此字段",
        )
        return _plan(column, ask, "drop", why, citations=MINIMUM)
    if column.category.value == "sensitive" and column.name not in ask.necessity:
        why = Text(
            en="sensitive personal information, and no sufficient necessity is stated",
            zh="属敏感个人信息，且未说明充分的必要性",
        )
        return _plan(column, ask, "drop", why, citations=("cn.pipl.art28.p2",))
    return None


def _entrusted(column: ColumnBoundary, ask: Ask) -> ColumnPlan | None:
    # 4. Entrusted processing needs the values as they are; nothing is marked.
    if not ask.identified:
        return None
    if column.category.value == "sensitive":
        why = Text(
            en="sensitive, needed for the entrusted purpose for the stated reason; kept unaltered",
            zh="属敏感个人信息，因所述必要性为委托处理所需，保持原值",
        )
        return _plan(column, ask, "keep", why, citations=("cn.pipl.art28.p2", "cn.pipl.art21.p1"))
    why = Text(en="needed for the entrusted purpose; kept unaltered", zh="委托处理所需，保持原值")
    return _plan(column, ask, "keep", why, citations=("cn.pipl.art21.p1",))


def _key_or_text(column: ColumnBoundary, ask: Ask) -> ColumnPlan | None:
    # 5 and 6.
    role = role_of(column, ask)
    if role == "identifier" and column.name in ask.keys:
        why = Text(
            en="the key rows are told apart and joined by; replaced by a keyed pseudonym that "
            "can't be linked across purposes",
            zh="用于区分和关联记录的键；替换为带密钥的假名，不同目的之间无法关联",
        )
        return _plan(column, ask, "pseudonym", why, citations=("cn.pipl.art51", "cn.pipl.art73.i3"))
    if role == "identifier":
        why = Text(
            en="a direct identifier that a pseudonymised release doesn't need",
            zh="直接标识符，去标识化的交付不需要",
        )
        return _plan(column, ask, "drop", why, citations=("cn.pipl.art6", "cn.pipl.art51"))
    if role == "free_text":
        why = Text(
            en="free text; the personal information found in it is masked",
            zh="自由文本；对其中发现的个人信息作脱敏处理",
        )
        return _plan(column, ask, "mask_spans", why, citations=("cn.pipl.art51",))
    return None


def _blurred(column: ColumnBoundary, ask: Ask) -> ColumnPlan | None:
    # 7.
    if role_of(column, ask) != "quasi_identifier":
        return None
    transform, params = coarser(column)
    if transform == "drop":
        why = Text(
            en="a quasi-identifier with too many different values to make coarser; give a "
            "hierarchy to keep it",
            zh="准标识符，取值过多无法直接泛化；如需保留请提供泛化层级",
        )
    elif transform == "keep":
        why = Text(
            en="a quasi-identifier with few values; groups by it are kept large enough",
            zh="取值较少的准标识符；按其划分的等价组保持足够大",
        )
    else:
        why = Text(
            en="a quasi-identifier; made coarser so that no one stands alone by it",
            zh="准标识符；经泛化使任何人不致因此单独可辨",
        )
    citations = ("cn.pipl.art6", "cn.pipl.art73.i3")
    return _plan(column, ask, transform, why, params=params, citations=citations)


def coarser(column: ColumnBoundary) -> tuple[str, Mapping[str, Any]]:
    """The finest form in which a quasi-identifier leaves; the search may go coarser."""
    kind = column.kinds[0] if column.kinds else ""
    if column.arrow_type.startswith(("date", "timestamp")) or kind in ("birth_date", "date"):
        return "generalise", {"by": "date", "to": "year"}
    if kind == "postcode":
        return "generalise", {"by": "prefix", "keep_first": 2}
    if kind == "region" and column.arrow_type.startswith(("int", "uint")):
        return "generalise", {"by": "divisions", "to": "prefecture"}
    if column.distinct is not None and column.distinct <= FEW_VALUES:
        return "keep", {}
    return _coarser_number(kind) if _numeric(column.arrow_type) else _coarser_text(column, kind)


def _coarser_number(kind: str) -> tuple[str, Mapping[str, Any]]:
    if kind == "age":
        return "generalise", {"by": "bands", "width": 5}
    edges = AMOUNT_EDGES if kind in ("income", "assets") else COUNT_EDGES
    return "bin", {"edges": list(edges)}


def _coarser_text(column: ColumnBoundary, kind: str) -> tuple[str, Mapping[str, Any]]:
    if column.distinct is None or column.distinct <= MANY_VALUES:
        return "keep", {}
    return ("generalise", {"by": _BUILT_IN[kind]}) if kind in _BUILT_IN else ("drop", {})


def _kept(column: ColumnBoundary, ask: Ask) -> ColumnPlan:
    # 8.
    why, citations = _why_kept(column)
    if column.name in ask.exact:
        return _plan(column, ask, "keep", why, citations=citations)
    if column.kinds[:1] == ("income",) and _numeric(column.arrow_type):
        why = Text(
            en="an amount of money about a person; binned unless the purpose decides on it",
            zh="涉及个人的金额；除非该目的据以作出决定，否则作分箱处理",
        )
        params = {"edges": list(AMOUNT_EDGES)}
        return _plan(column, ask, "bin", why, params=params, citations=MINIMUM)
    mark = column.name in ask.numeric_marks or not _numeric(column.arrow_type)
    return _plan(column, ask, "keep", why, mark=mark, citations=citations)


def _why_kept(column: ColumnBoundary) -> tuple[Text, tuple[str, ...]]:
    if column.category.value == "sensitive":
        why = Text(
            en="sensitive; kept for the stated necessity", zh="属敏感个人信息；因所述必要性保留"
        )
        return why, ("cn.pipl.art28.p2",)
    if column.category.value == "undecided":
        why = Text(
            en="the purpose needs it; what it is was not decided, so it counts as personal",
            zh="该目的需要；其类别未定，按个人信息对待",
        )
        return why, MINIMUM
    return Text(en="the purpose needs it", zh="该目的需要"), MINIMUM
