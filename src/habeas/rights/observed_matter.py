"""A matter made of what a capture shows, to be decided, routed, and complained of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from habeas.rights.observe import Finding, Observed, What

# Kind of a detector -> member of use.data.
_MEMBER: Mapping[str, str] = {
    "cn_resident_id": "id_number",
    "cn_passport": "id_number",
    "us_ssn": "id_number",
    "person_name": "name",
    "mobile_cn": "contact",
    "phone_other": "contact",
    "landline_cn": "contact",
    "email": "contact",
    "postal_address": "contact",
    "bank_card": "financial_account",
    "bank_account": "financial_account",
    "iban": "financial_account",
    "income": "income_assets",
    "assets": "income_assets",
    "credit_record": "credit_record",
    "loan_record": "credit_record",
    "coordinates": "location_track",
    "health": "health",
    "biometric": "face",
    "religion": "religion",
    "sexual_life": "sexual_life",
    "political": "political",
    "criminal_record": "criminal",
    "ethnic_group": "race_ethnicity",
    "contacts": "contact_list",
    "device_id": "device_id",
    "mac_address": "device_id",
    "ip_address": "device_id",
    "age": "demographics",
    "sex": "demographics",
    "region": "demographics",
    "marital_status": "demographics",
    "education": "education",
    "occupation": "work",
    "employer": "work",
}
# What a difference states, and the question it puts.
_FACTS: Mapping[What, Mapping[str, Any]] = {
    "undeclared_field": {"issues": ["notice"], "operations": ["collect"], "notice_given": False},
    "undeclared_recipient": {
        "issues": ["recipients"],
        "operations": ["provide"],
        "recipients": ["third_party"],
        "notice_given": False,
        "consent": "not_asked",
    },
    "before_consent": {
        "issues": ["ground"],
        "operations": ["collect"],
        "consent": "not_asked",
        "basis_claimed": ["consent"],
    },
    "after_refusal": {
        "issues": ["ground"],
        "operations": ["collect"],
        "consent": "refused",
        "basis_claimed": ["consent"],
    },
    "permission_beyond": {
        "issues": ["principles"],
        "operations": ["collect"],
        "outside_function": True,
    },
}
_COMMON = {"identifiability": "identified", "relationship": "customer", "in_app": True}


def observed_matter(found: Observed, declared: Mapping[str, Any]) -> dict[str, Any]:
    """One use for each kind of difference, in the party and matter facts of the declaration.

    Only what was seen is stated; what a capture can't show (necessity, a duty in law) stays out.
    """
    groups: dict[What, list[str]] = {}
    for finding in found.of("breach"):
        if finding.what in _FACTS:
            groups.setdefault(finding.what, []).extend(_data(finding))
    uses = {
        f"u{number}": {
            "party": "p1",
            "data": list(dict.fromkeys(data)),
            **_COMMON,
            **_FACTS[what],
        }
        for number, (what, data) in enumerate(groups.items(), start=1)
    }
    return {
        "format": "matter/v1",
        "id": f"observed-{found.activity}",
        "law": ["cn"],
        "matter": dict(declared["matter"]),
        "parties": {"p1": dict(declared["parties"]["p1"])},
        "uses": uses,
    }


def _data(finding: Finding) -> list[str]:
    if finding.what == "permission_beyond":
        return list(finding.kinds)
    return list(dict.fromkeys(_MEMBER.get(kind, "other") for kind in finding.kinds))
