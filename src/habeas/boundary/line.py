"""Where the line runs: from the kinds seen in a column to its category and provisions (China).

The heaviest kind decides. Attributes such as a loan amount are personal information where their
row leads to a person (art. 4: information relating to an identified or identifiable person);
elsewhere they are undecided. Nothing recognised is undecided, which is not safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from habeas.boundary.context import Context
from habeas.boundary.detector import ART4, ART28, Detector
from habeas.boundary.draw import Category, Signal
from habeas.boundary.registry import detector
from habeas.boundary.words import words
from habeas.terms import Text

LAWS = ("cn",)
LEAST = 0.5

# Kinds that are about a person only if the row is; alone they describe anything.
_ATTRIBUTES = words(
    "income assets loan_record credit_record transaction activity_record event_date "
    "employment_length family housing region postcode occupation employer nationality "
    "organisation_name"
)
# In a lender's table these belong to the underwriting file: read as sensitive (notes to the law).
_UNDERWRITING = frozenset({"income", "assets"})
# Header words too common to mean a loan or a credit file outside a lender's table.
WEAK = words(
    "status target purpose term duration rate pay grade score balance portfolio rating inquiry "
    "inquiries collection property principal repaid outstanding default payment gift term_months "
    "installment debtor overdue location area title position state face photo"
)

_MONEY = frozenset({"loan_record", "credit_record", "assets", "transaction"})

_UNDERWRITING_NOTE = Text(
    en="income is not named in the list of art. 28; in a lender's table it belongs to the "
    "underwriting file, which the notes to the law advise to treat as sensitive",
    zh="收入未列入第28条清单；在放贷数据表中属授信资料，法律说明建议按敏感个人信息对待",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The category of one kind in one table."""

    category: Category
    citations: tuple[str, ...] = ()
    note: Text | None = None


UNDECIDED = Verdict(category=Category.UNDECIDED)


def verdict_of(kind: str, context: Context) -> Verdict:
    """What one kind means in a table of this context."""
    found = detector(kind)
    if kind in _ATTRIBUTES and not context.persons:
        return UNDECIDED
    if kind == "organisation_name":
        return Verdict(category=Category.QUASI_IDENTIFIER, citations=ART4)
    if kind in _UNDERWRITING and context.lending:
        return Verdict(
            category=Category.SENSITIVE,
            citations=(*ART28, "cn.std.gbt45574"),
            note=_UNDERWRITING_NOTE,
        )
    return _own(found)


def _own(found: Detector) -> Verdict:
    if found.category is Category.UNDECIDED:
        return UNDECIDED
    return Verdict(category=found.category, citations=found.citations, note=found.note)


def heaviest(signals: Sequence[Signal], context: Context) -> tuple[Signal | None, Verdict]:
    """The signal that decides the column, and its verdict; the first of equals."""
    best: tuple[Signal | None, Verdict] = (None, UNDECIDED)
    for signal in signals:
        if signal.confidence < LEAST:
            continue
        verdict = verdict_of(signal.kind, context)
        if best[0] is None or verdict.category.weight > best[1].category.weight:
            best = (signal, verdict)
    return best


def believable(signals: Sequence[Signal], header: dict[str, str], context: Context) -> list[Signal]:
    """Signals without those that rest on a weak word outside its own kind of table."""
    kept = []
    for signal in signals:
        rests_on_name = signal.evidence == "header" or signal.kind == "date"
        weak = header.get(signal.kind, "") in WEAK
        own = context.persons and (context.lending or signal.kind not in _MONEY)
        if rests_on_name and weak and not own:
            continue
        kept.append(signal)
    return kept
