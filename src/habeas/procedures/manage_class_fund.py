"""Sharing a fund: members checked, shares published without names, recomputable by each member.

A person who is in the list twice would be paid twice out of everybody's money: a member number,
or an identity, that comes twice is refused by its rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from habeas.errors import BadInput, NotVerified
from habeas.law.documents import MissingItem, content_list
from habeas.law.values import WrongValueError, read_int, read_money
from habeas.law.yaml_reading import read_json, read_yaml
from habeas.papers.lists import Cell, Sheet, to_xlsx
from habeas.papers.paper import Paper, missing_items
from habeas.procedures.claim_text import Line, in_language, sum_of
from habeas.procedures.draft_claim import refuse_incomplete
from habeas.procedures.typed_lines import WrongLinesError, lines_of
from habeas.procedures.write_papers import Written, paper_files, write_folder
from habeas.relief.allocation import Allocation, allocate, recompute
from habeas.relief.exposure import Kind, normalise
from habeas.rights.activity import canonical
from habeas.tables.source import Source
from habeas.terms import Language, Money, Text

FUND_FORMAT, FORMAT = "fund/v1", "allocation/v1"
_TYPED = ("case", "residue", "objection", "tax")
_FUND_KEYS = ("format", "gross", "deductions", *_TYPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """What there is to share: gross, what is taken off and for what, and the words of the paper."""

    gross: Money
    deductions: tuple[tuple[str, Money], ...] | None
    typed: Mapping[str, tuple[Line, ...]] = field(repr=False)

    @property
    def net(self) -> Money:
        off = sum(money.minor for _, money in self.deductions or ())
        return Money(minor=self.gross.minor - off, currency=self.gross.currency)


def load_fund(path: Path) -> Fund:
    """Read a fund/v1 file; deductions left out are unknown, an empty list says there are none."""
    document = read_json(path) if path.suffix.lower() == ".json" else read_yaml(path)
    top = document.value
    if not isinstance(top, Mapping) or top.get("format") != FUND_FORMAT:
        raise BadInput(f"the format is not {FUND_FORMAT}", file=document.file)
    for key in top:
        if key not in _FUND_KEYS:
            place = document.line(key)
            remedy = f"its keys are: {', '.join(_FUND_KEYS)}"
            raise BadInput(
                "there is no such key here", file=document.file, place=place, remedy=remedy
            )
    fund = Fund(
        gross=_money(top.get("gross"), document.file, "gross"),
        deductions=_deductions(top.get("deductions"), document.file),
        typed={name: _lines(top[name], document.file) for name in _TYPED if top.get(name)},
    )
    if fund.net.minor < 0 or any(
        m.currency != fund.gross.currency for _, m in fund.deductions or ()
    ):
        raise BadInput(
            "the deductions are more than the fund, or in another currency", file=document.file
        )
    return fund


def _deductions(raw: Any, file: str) -> tuple[tuple[str, Money], ...] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or not all(
        isinstance(row, Mapping) and set(row) == {"what", "sum"} and isinstance(row["what"], str)
        for row in raw
    ):
        raise BadInput("deductions is a list of {what: …, sum: …}", file=file, place="deductions")
    return tuple((row["what"], _money(row["sum"], file, "deductions")) for row in raw)


def _money(raw: Any, file: str, place: str) -> Money:
    try:
        found = read_money(raw)
    except WrongValueError as error:
        raise BadInput(error.says, file=file, place=place, remedy=error.remedy) from error
    if found.minor < 0:
        raise BadInput("a sum is not below zero", file=file, place=place)
    return found


def _lines(raw: Any, file: str) -> tuple[Line, ...]:
    try:
        return lines_of(raw)
    except WrongLinesError as error:
        raise BadInput(str(error), file=file) from error


def read_members(source: Source) -> dict[str, int]:
    """Member number -> weight. Columns: member, weight, and identity if it is to be compared.

    Raises BadInput for a member number or an identity that comes twice, naming the rows; other
    columns, such as names, are not read.
    """
    names = source.schema.names
    for column in ("member", "weight"):
        if column not in names:
            raise BadInput(
                f"has no column {column!r}",
                file=source.name,
                remedy="give member, weight, and identity (a number, address or id) if known",
            )
    wanted = ["member", "weight", *(["identity"] if "identity" in names else [])]
    weights: dict[str, int] = {}
    rows: dict[tuple[str, str], int] = {}
    row = 0
    for batch in source.batches(columns=wanted):
        for cells in batch.to_pylist():
            row += 1
            member = _member(cells, source.name, row)
            _once(rows, ("member number", member), source.name, row)
            if cells.get("identity"):
                _once(rows, ("person", _identity(str(cells["identity"]))), source.name, row)
            weights[member] = _weight(cells["weight"], source.name, row)
    return weights


def _member(cells: Mapping[str, Any], file: str, row: int) -> str:
    member = str(cells["member"] or "").strip()
    if not member:
        raise BadInput("a member has no number", file=file, place=f"row {row}")
    return member


def _once(rows: dict[tuple[str, str], int], key: tuple[str, str], file: str, row: int) -> None:
    first = rows.setdefault(key, row)
    if first != row:
        raise BadInput(
            f"this {key[0]} is in row {first} already: nobody is registered twice",
            file=file,
            place=f"row {row}",
            remedy="leave one of the two out",
        )


def _identity(text: str) -> str:
    """One person, however the number or address is typed."""
    for kind in get_args(Kind):
        try:
            return normalise(kind, text).decode()
        except BadInput:
            continue
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _weight(raw: Any, file: str, row: int) -> int:
    try:
        weight = read_int(raw)
    except WrongValueError as error:
        raise BadInput(
            "a weight is a whole number", file=file, place=f"row {row}", remedy=error.remedy
        ) from error
    if weight < 0:
        raise BadInput("a weight is not below zero", file=file, place=f"row {row}")
    return weight


# ---- what is published


def published(found: Allocation) -> dict[str, Any]:
    """The allocation without names and without weights: rule, fund, one line a member number."""
    extra = found.extra_from
    return {
        "format": FORMAT,
        "rule": "largest-remainder/v1",
        "currency": found.fund.currency,
        "fund": found.fund.minor,
        "total_weight": found.total_weight,
        "extra_from": None if extra is None else {"remainder": extra[0], "member": extra[1]},
        "shares": {member: share.minor for member, share in found.shares.items()},
    }


def read_published(path: Path) -> Allocation:
    """A published allocation that adds up; NotVerified if it does not, BadInput if it is none."""
    value = read_json(path).value
    if not isinstance(value, Mapping) or value.get("format") != FORMAT:
        raise BadInput(f"is not an allocation ({FORMAT})", file=path.name)
    try:
        currency = value["currency"]
        extra = value["extra_from"]
        shares = {str(m): int(v) for m, v in value["shares"].items()}
        found = Allocation(
            fund=Money(minor=value["fund"], currency=currency),
            total_weight=int(value["total_weight"]),
            extra_from=None if extra is None else (int(extra["remainder"]), str(extra["member"])),
            shares={m: Money(minor=v, currency=currency) for m, v in shares.items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("the allocation is damaged", file=path.name) from error
    paid = sum(shares.values())
    if paid != found.fund.minor or min(shares.values(), default=-1) < 0 or found.total_weight <= 0:
        raise NotVerified(
            f"the lines add up to {paid}, and the fund is {found.fund.minor}", file=path.name
        )
    return found


def check_share(found: Allocation, *, member: str, weight: int) -> Money:
    """One member's share, computed again; NotVerified if the list says another sum."""
    if member not in found.shares:
        raise NotVerified("this member number is not in the list")
    if not 0 <= weight <= found.total_weight:
        raise NotVerified("this weight is more than the sum of all weights")
    own = recompute(found, member=member, weight=weight)
    listed = found.shares[member]
    if own != listed:
        raise NotVerified(
            f"the list gives {listed.minor}, and this weight gives {own.minor}",
            remedy="object, with your weight and this file",
        )
    return own


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationWritten:
    """What was written; missing: what the statement lacks (only with draft)."""

    written: Written
    allocation: Allocation
    digest: str
    missing: tuple[MissingItem, ...]


def write_allocation(
    fund: Fund, weights: Mapping[str, int], out: Path, *, draft: bool = False
) -> AllocationWritten:
    """Share the net sum; write list (.json, .xlsx) and statement. Refused if it lacks an item."""
    found = allocate(fund.net, weights)
    document = canonical(published(found))
    digest = sha256(document).hexdigest()

    def make(language: Language) -> Paper:
        return statement(fund, found, digest, language)

    missing = missing_items(make("en"))
    if not draft:
        refuse_incomplete({"allocation_statement": missing})
    sheets = [_sheet(found, language) for language in ("zh", "en")]
    files = {
        "allocation.json": document + b"\n",
        "allocation.xlsx": to_xlsx(sheets),
        **paper_files("allocation_statement", make),
    }
    return AllocationWritten(
        written=write_folder(out, files), allocation=found, digest=digest, missing=missing
    )


def statement(fund: Fund, found: Allocation, digest: str, language: Language) -> Paper:
    """The allocation statement: sums, rule and checks computed; case and objection as typed."""
    values: dict[str, tuple[Line, ...]] = {
        "gross": (sum_of(fund.gross),),
        "deductions": _deduction_lines(fund),
        "net": (sum_of(fund.net),),
        "rule": (RULE,),
        "tiers": (_factor(found),),
        "member_line": (_LINES,),
        "sum_check": (_sum_check(found),),
        "digest": (f"allocation.json SHA-256 {digest}",),
        **fund.typed,
    }
    lines = {i: tuple(in_language(v, language) for v in each) for i, each in values.items() if each}
    return Paper(contents=content_list("cn", "allocation_statement"), values=lines, conditions={})


def _deduction_lines(fund: Fund) -> tuple[Line, ...]:
    """Unknown deductions are missing; none at all is said."""
    if fund.deductions is None:
        return ()
    lines: list[Line] = []
    for what, money in fund.deductions:
        amount = sum_of(money)
        lines.append(Text(en=f"{what}: {amount.en}", zh=f"{what}：{amount.zh}"))
    return tuple(lines) or (Text(en="none", zh="无"),)


def _factor(found: Allocation) -> Text:
    factor = f"{found.fund.minor} / {found.total_weight}"
    return Text(
        en=f"one tier, no cap; {factor} minor units for each unit of weight",
        zh=f"单一层级，无上限；每单位权重 {factor} 最小货币单位",
    )


def _sum_check(found: Allocation) -> Text:
    count = len(found.shares)
    amount = sum_of(found.fund)
    return Text(en=f"{count} lines add up to {amount.en}", zh=f"{count}行合计 {amount.zh}")


RULE = Text(
    en="Shares by weight, largest remainder (largest-remainder/v1): everyone gets the whole minor "
    "units of their exact share; the units left go one by one to the largest remainders, ties by "
    "member number.",
    zh="按权重分配，最大余数法（largest-remainder/v1）：每人先得其精确份额的整数最小货币单位；"
    "剩余单位依余数从大到小逐一分配，余数相同的按成员编号。",
)
_LINES = Text(
    en="One line a member number in allocation.xlsx and allocation.json; recompute your own with "
    "`habeas class recompute allocation.json --member NUMBER --weight WEIGHT`.",
    zh="每个成员编号一行，见 allocation.xlsx、allocation.json；自行复算："
    "habeas class recompute allocation.json --member 编号 --weight 权重",
)


def _sheet(found: Allocation, language: Language) -> Sheet:
    number, amount = (
        Text(en="member number", zh="成员编号"),
        Text(en="minor units", zh="最小货币单位"),
    )
    title = Text(en="allocation", zh="分配表")
    columns = (
        number.in_language(language),
        f"{amount.in_language(language)} {found.fund.currency}",
    )
    rows: list[tuple[Cell, ...]] = [(m, share.minor) for m, share in found.shares.items()]
    return Sheet(title=title.in_language(language), columns=columns, rows=rows)
