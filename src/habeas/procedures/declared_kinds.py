"""Whether a use declares what its columns hold: the declaration against the data itself.

A controller that calls a column of diagnoses 'transactions' would get a decision about another
use than the one it carries out. So each column that the boundary finds sensitive must be covered
by a kind declared under facts.data.
"""

from __future__ import annotations

from collections.abc import Mapping

from habeas.boundary.draw import Boundary, Category
from habeas.errors import Refused
from habeas.rights.activity import Use, members_of, plain_value

SENSITIVE = "cn.pipl.art28.p1"
# Kind of a detector -> members of use.data, one of which must be declared.
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "cn_resident_id": ("id_number",),
    "cn_passport": ("id_number",),
    "us_ssn": ("id_number",),
    "id_image": ("id_image",),
    "bank_card": ("financial_account",),
    "bank_account": ("financial_account",),
    "iban": ("financial_account",),
    "income": ("income_assets",),
    "assets": ("income_assets",),
    "credit_record": ("credit_record",),
    "coordinates": ("location_track",),
    "health": ("health",),
    "biometric": ("face", "fingerprint", "iris", "voice", "genetic"),
    "religion": ("religion",),
    "sexual_life": ("sexual_life",),
    "political": ("political",),
    "criminal_record": ("criminal",),
    "ethnic_group": ("race_ethnicity",),
    "contacts": ("contact_list",),
}
MINORS = "minor_under_14"


def refuse_undeclared(boundary: Boundary, use: Use) -> None:
    """Raise, naming columns and kinds, unless every sensitive column of the use is declared."""
    kinds = {column: kind for column in use.columns if (kind := _kind(boundary, column))}
    wanting = {column: kind for column, kind in kinds.items() if not _is_declared(kind, use)}
    if not wanting:
        return
    facts = sorted({_fact(kind) for kind in wanting.values()})
    raise Refused(
        f"use {use.id} does not declare what its columns {', '.join(wanting)} hold: sensitive "
        f"personal information ({SENSITIVE})",
        remedy=f"declare {'; '.join(facts)} under its facts, or leave the columns out of it",
    )


def _is_declared(kind: str, use: Use) -> bool:
    if kind == MINORS:
        age = plain_value(use.facts.get("youngest_age"))
        return plain_value(use.facts.get("under_14")) is True or (age is not None and age < 14)
    return bool(set(MEMBERS.get(kind, ())) & set(members_of(use.facts.get("data"))))


def _fact(kind: str) -> str:
    """The fact that would declare a kind."""
    return "youngest_age" if kind == MINORS else f"data: {' or '.join(MEMBERS.get(kind, (kind,)))}"


def _kind(boundary: Boundary, column: str) -> str | None:
    """The leading kind of a column that lies on the sensitive side."""
    found = boundary.column(column)
    return found.kinds[0] if found.category is Category.SENSITIVE and found.kinds else None
