"""The release plan: what is done to each column for one recipient and one purpose, and why.

A plan is written down before anything is handed out, as YAML that a person can read and edit
(`specs/plan-v1.md`). Editing can't widen it past its own grounds: a plan is checked whenever it
is made or read, and one that marks a join key, keeps what the purpose doesn't need, or keeps a
sensitive column without a stated necessity is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from habeas.boundary.draw import Boundary
from habeas.errors import BadInput, Refused, Undetermined
from habeas.law.decision import ElementDecision
from habeas.protection.asked import Asked
from habeas.protection.columns import KEYED, MARKABLE_TRANSFORMS, ColumnPlan, bad_word, nearest
from habeas.protection.drafting import Ask, draft_column, is_identifier
from habeas.terms import Status, Text

FORMAT = "plan/v1"
SUPPRESSIONS = ("rows", "stars")
RECODINGS = ("global", "local")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """One release, decided column by column.

    identified: the recipient is entrusted and must know whom it deals with; needed columns are
        kept unaltered, nothing is marked.
    needed: the columns the purpose needs; nothing else is handed out.
    adversary: the columns someone who wants to find a person in the copy is taken to know.
    k, l: every group of rows alike on `adversary` has k rows at least, and at least l[c]
        different values of column c.
    asked: further models, each met by every group.
    population_size: how many persons the table's are a sample of; None: not known.
    recoding: 'global' gives a column one form in all rows; 'local' makes single groups finer
        again where they stay large enough.
    suppression: 'rows' removes the rows of smaller groups, 'stars' blanks their quasi-identifiers.
    search: choose how far to generalise by exact search instead of as written.
    joins, sums, decided_on: columns others join on, add up or decide by; never marked.
    epoch: pseudonyms of different epochs can't be linked.
    shared_pseudonyms: recipients of one purpose get the same pseudonyms and can join their
        copies; False: each has its own.
    outcome: a column that a credit model foretells; its AUC before and after is then measured.
    """

    recipient: str
    purpose: str
    columns: tuple[ColumnPlan, ...]
    identified: bool = False
    needed: tuple[str, ...] = ()
    adversary: tuple[str, ...] = ()
    subject_column: str | None = None
    k: int = 5
    l: Mapping[str, int] = field(default_factory=dict)  # noqa: E741 - l-diversity's own name
    asked: Asked = field(default_factory=Asked)
    population_size: int | None = None
    suppression: str = "rows"
    search: bool = False
    recoding: str = "global"
    max_risk: float = 0.2
    max_suppressed: float = 0.05
    mark_rate: float = 0.04
    canaries: int = 0
    contact_domain: str | None = None
    base_term_days: int = 1095
    joins: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    decided_on: tuple[str, ...] = ()
    epoch: str = "1"
    shared_pseudonyms: bool = False
    outcome: str | None = None
    book: str | None = None
    book_hash: str | None = None

    def __post_init__(self) -> None:
        _check_words(self)
        _check_numbers(self)
        _check_grounds(self)

    def column(self, name: str) -> ColumnPlan:
        for planned in self.columns:
            if planned.column == name:
                return planned
        raise bad_column(name, [c.column for c in self.columns], place="columns")

    @property
    def leaving(self) -> tuple[ColumnPlan, ...]:
        """The columns of which something is handed out, in order."""
        return tuple(c for c in self.columns if c.leaves)

    @property
    def never_marked(self) -> Mapping[str, str]:
        """Columns no mark may touch, each with the reason in a word or two."""
        reasons: dict[str, str] = {}
        for planned in self.columns:
            if planned.role == "quasi_identifier":
                reasons[planned.column] = "a quasi-identifier"
            elif planned.role == "identifier":
                reasons[planned.column] = "a key"
        for names, why in (
            (self.adversary, "known to the adversary"),
            (self.decided_on, "decided on"),
            (self.sums, "added up"),
            (self.joins, "a join key"),
            (() if self.subject_column is None else (self.subject_column,), "the subject's key"),
        ):
            reasons.update(dict.fromkeys(names, why))
        return reasons

    def to_mapping(self) -> dict[str, Any]:
        """The plan as `plan/v1` writes it."""
        return _to_mapping(self)

    def digest(self) -> str:
        """SHA-256 of the plan's canonical JSON: names the plan in manifest and log."""
        return hashlib.sha256(canonical_json(self.to_mapping())).hexdigest()


def draft_plan(  # noqa: PLR0913 - each names one decision about a release
    boundary: Boundary,
    *,
    recipient: str,
    purpose: str,
    needed: Sequence[str],
    identified: bool = False,
    adversary: Sequence[str] | None = None,
    joins: Sequence[str] = (),
    decided_on: Sequence[str] = (),
    sums: Sequence[str] = (),
    k: int = 5,
    mark_rate: float = 0.04,
    canaries: int = 0,
    base_term_days: int = 1095,
    decision: ElementDecision | None = None,
    subject_column: str | None = None,
    necessity: Mapping[str, Text] | None = None,
    covered: Sequence[str] | None = None,
    mark_numbers: Sequence[str] = (),
    contact_domain: str | None = None,
) -> ReleasePlan:
    """The plan for one recipient and purpose, column by column, each with its reason.

    decision: the decision on this use; if it isn't lawful there is no plan, and the provisions
        or the missing facts are named. None: the caller has decided elsewhere.
    adversary: None takes the quasi-identifiers that leave.
    necessity: for sensitive columns, why the purpose can't do without them; without: dropped.
    covered: the columns the declared activity lists for this purpose; what is asked beyond them
        is dropped. None: not known here.
    mark_numbers: numeric columns that may carry marks; others are left exact.
    """
    check_lawful(decision)
    names = [column.name for column in boundary.columns]
    lists = {"needed": needed, "adversary": adversary or (), "joins": joins, "sums": sums}
    lists |= {"decided_on": decided_on, "mark_numbers": mark_numbers, "covered": covered or ()}
    lists |= {"necessity": tuple(necessity or ())}
    lists |= {"subject_column": () if subject_column is None else (subject_column,)}
    for place, asked in lists.items():
        for name in asked:
            if name not in names:
                raise bad_column(name, names, place=place)
    ask = Ask(
        purpose=purpose,
        needed=frozenset(needed),
        covered=None if covered is None else frozenset(covered),
        identified=identified,
        joins=frozenset(joins),
        keys=frozenset(joins) | (set() if subject_column is None else {subject_column}),
        exact=frozenset(decided_on) | frozenset(sums),
        adversary=frozenset(adversary or ()),
        numeric_marks=frozenset(mark_numbers),
        necessity=dict(necessity or {}),
    )
    columns = tuple(draft_column(column, ask) for column in boundary.columns)
    left = tuple(c.column for c in columns if c.leaves)
    known = tuple(c.column for c in columns if c.leaves and c.role == "quasi_identifier")
    return ReleasePlan(
        recipient=recipient,
        purpose=purpose,
        columns=columns,
        identified=identified,
        needed=tuple(name for name in names if name in ask.needed),
        adversary=() if identified else known if adversary is None else _only(adversary, left),
        subject_column=subject_column,
        k=1 if identified else k,
        search=not identified,
        max_risk=1.0 if identified else 1 / k,
        mark_rate=0.0 if identified else mark_rate,
        canaries=canaries,
        contact_domain=contact_domain,
        base_term_days=base_term_days,
        joins=tuple(joins),
        sums=tuple(sums),
        decided_on=tuple(decided_on),
        book=boundary.book,
        book_hash=boundary.book_hash,
    )


def _only(names: Sequence[str], left: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in left)


def check_plan(plan: ReleasePlan, boundary: Boundary) -> None:
    """Refuse a plan that calls a column something lighter than the scan of the data found it.

    For plans read from a file: an editor may widen neither category nor role to get past the
    plan's own checks.
    """
    names = [column.name for column in boundary.columns]
    for planned in plan.columns:
        if planned.column not in names:
            raise bad_column(planned.column, names, place="columns")
        seen = boundary.column(planned.column)
        names_a_person = is_identifier(seen) and planned.role not in ("identifier", "free_text")
        if planned.category != seen.category.value or (planned.leaves and names_a_person):
            what = "a direct identifier" if names_a_person else seen.category.value
            raise Refused(
                f"the plan calls column {planned.column!r} {planned.category} and "
                f"{planned.role}, and the data shows it is {what}",
                place=planned.place,
                remedy="draft the plan again; category and role come from the scan",
            )


def check_lawful(decision: ElementDecision | None) -> None:
    """Refuse to plan a use that isn't lawful; say under what, or what is missing."""
    if decision is None or decision.status is Status.LAWFUL:
        return
    if decision.status is Status.UNLAWFUL:
        under = ", ".join(sorted({result.id for result in decision.breached}))
        raise Refused(
            f"the use is unlawful under {under}",
            place=decision.element,
            remedy="change the use, not the plan",
        )
    missing = ", ".join(decision.missing) or ", ".join(decision.hangs_on) or "a fact not stated"
    raise Undetermined(
        f"the use can't be called lawful: not known: {missing}",
        place=decision.element,
        remedy="state what is missing in the matter and decide again",
    )


def bad_column(name: str, known: Sequence[str], *, place: str) -> BadInput:
    """The error for a column that isn't there."""
    return BadInput(f"unknown column {name!r}", place=place, remedy=nearest(name, known))


def canonical_json(value: Any) -> bytes:
    """One byte string for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _check_words(plan: ReleasePlan) -> None:
    for name in ("recipient", "purpose"):
        if not str(getattr(plan, name)).strip():
            raise BadInput("is empty", place=name, remedy="say who receives it and what for")
    if not plan.columns:
        raise BadInput("a plan needs at least one column", place="columns")
    known = [c.column for c in plan.columns]
    if twice := sorted({name for name in known if known.count(name) > 1}):
        raise BadInput(f"column {twice[0]!r} is planned twice", place="columns")
    lists = ("needed", "adversary", "joins", "sums", "decided_on")
    named = [(place, name) for place in lists for name in getattr(plan, place)]
    named += [("l", name) for name in plan.l]
    named += [("models", name) for name in plan.asked.columns]
    for place in ("subject_column", "outcome"):
        if (single := getattr(plan, place)) is not None:
            named.append((place, single))
    for place, name in named:
        if name not in known:
            raise bad_column(name, known, place=place)
    _check_shifts(plan)
    _check_models(plan)
    if plan.suppression not in SUPPRESSIONS:
        bad_word("suppression", plan.suppression, SUPPRESSIONS, place="suppression")


def _check_models(plan: ReleasePlan) -> None:
    if plan.recoding not in RECODINGS:
        bad_word("recoding", plan.recoding, RECODINGS, place="models.recoding")
    if plan.recoding == "local" and plan.adversary and not plan.search:
        raise BadInput(
            "local recoding starts from the best global one",
            place="models.recoding",
            remedy="set 'search: true'",
        )
    if plan.outcome is not None and not plan.column(plan.outcome).leaves:
        raise BadInput(
            f"column {plan.outcome!r} isn't handed out, so no model can learn it",
            place="outcome",
            remedy="name a column that leaves, or none",
        )
    for name in plan.asked.columns:
        if name in plan.adversary:
            raise BadInput(
                f"column {name!r} is known to the adversary and can't also be kept from them",
                place="models",
                remedy="take it out of 'adversary', or out of the model",
            )


def _check_shifts(plan: ReleasePlan) -> None:
    """A shifted date differs by person: someone must be named, and no ladder stands above it."""
    for planned in plan.columns:
        if planned.transform != "date_shift":
            continue
        if plan.subject_column is None:
            raise BadInput(
                "shifts dates by person, and whom a row is about isn't said",
                place=planned.place,
                remedy="name 'subject_column'",
            )
        if plan.search and planned.column in plan.adversary:
            raise BadInput(
                "a shifted date has no coarser forms to search over",
                place=planned.place,
                remedy="generalise it, take it out of 'adversary', or set 'search: false'",
            )


def _check_numbers(plan: ReleasePlan) -> None:
    bounds = {
        "k": (plan.k, 1, 1_000_000),
        "max_risk": (plan.max_risk, 0, 1),
        "max_suppressed": (plan.max_suppressed, 0, 1),
        "mark_rate": (plan.mark_rate, 0, 0.5),
        "canaries": (plan.canaries, 0, 100_000),
        "base_term_days": (plan.base_term_days, 1, 36_500),
        "population_size": (plan.population_size or 1, 1, 10**10),
        **{f"l.{column}": (value, 1, 1_000_000) for column, value in plan.l.items()},
    }
    for place, (value, low, high) in bounds.items():
        if not low <= value <= high:
            raise BadInput(f"must lie between {low} and {high}", place=place)


def _check_grounds(plan: ReleasePlan) -> None:
    """Refuse what no edit may do; the first thing wrong is named."""
    justified = {*plan.needed, *plan.joins}
    for planned in plan.columns:
        if planned.leaves and planned.column not in justified:
            raise Refused(
                f"column {planned.column!r} would leave and the purpose doesn't need it "
                "(cn.pipl.art6)",
                place=planned.place,
                remedy="drop it, or list it under 'needed' if the purpose can't do without it",
            )
        if planned.leaves and planned.category == "sensitive" and planned.necessity is None:
            raise Refused(
                f"column {planned.column!r} is sensitive and no necessity is stated "
                "(cn.pipl.art28.p2)",
                place=planned.place,
                remedy="drop it, or state under 'necessity' why the purpose can't do without it",
            )
        _check_identity(plan, planned)
        _check_mark(plan, planned)


def _check_identity(plan: ReleasePlan, planned: ColumnPlan) -> None:
    exposes = planned.transform not in ("drop", "mask", "mask_spans", *KEYED)
    if planned.role == "identifier" and exposes and not plan.identified:
        raise Refused(
            f"column {planned.column!r} identifies a person directly and the release isn't an "
            "identified one (cn.pipl.art6, cn.pipl.art51)",
            place=planned.place,
            remedy="drop it, mask it, or use a pseudonym",
        )


def _check_mark(plan: ReleasePlan, planned: ColumnPlan) -> None:
    if not planned.mark:
        return
    why = plan.never_marked.get(planned.column)
    if plan.identified:
        why = "handed out unaltered"
    elif why is None and planned.transform not in MARKABLE_TRANSFORMS:
        why = f"under {planned.transform!r}"
    if why is not None:
        raise Refused(
            f"column {planned.column!r} is {why} and may not be marked",
            place=planned.place,
            remedy="set its 'mark' to false",
        )


def _column_to_mapping(planned: ColumnPlan) -> dict[str, Any]:
    written: dict[str, Any] = {
        "column": planned.column,
        "transform": planned.transform,
        "params": _plain(planned.params),
        "mark": planned.mark,
        "category": planned.category,
        "role": planned.role,
        "reason": {"en": planned.reason.en, "zh": planned.reason.zh},
        "citations": list(planned.citations),
    }
    if planned.necessity is not None:
        written["necessity"] = {"en": planned.necessity.en, "zh": planned.necessity.zh}
    return written


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in params.items()}


def _to_mapping(plan: ReleasePlan) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "recipient": plan.recipient,
        "purpose": plan.purpose,
        "identified": plan.identified,
        "subject_column": plan.subject_column,
        "needed": list(plan.needed),
        "adversary": list(plan.adversary),
        "outcome": plan.outcome,
        "models": {
            "k": plan.k,
            "l": dict(plan.l),
            **plan.asked.to_mapping(),
            "population_size": plan.population_size,
            "suppression": plan.suppression,
            "search": plan.search,
            "recoding": plan.recoding,
        },
        "bounds": {"max_risk": plan.max_risk, "max_suppressed": plan.max_suppressed},
        "marks": {
            "rate": plan.mark_rate,
            "canaries": plan.canaries,
            "contact_domain": plan.contact_domain,
        },
        "base": {"term_days": plan.base_term_days},
        "never_marked": {
            "joins": list(plan.joins),
            "sums": list(plan.sums),
            "decided_on": list(plan.decided_on),
        },
        "pseudonyms": {"epoch": plan.epoch, "shared": plan.shared_pseudonyms},
        "law": {"book": plan.book, "book_hash": plan.book_hash},
        "columns": [_column_to_mapping(c) for c in plan.columns],
    }
