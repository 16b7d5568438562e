"""Competence maps changed on purpose, and matters to put before them."""

from __future__ import annotations

import copy
from datetime import date
from importlib.resources import files
from pathlib import Path

from habeas.law.matter import Matter, matter_from
from habeas.law.yaml_reading import Document, read_yaml
from habeas.supervision.competence_map import CompetenceMap, competence_from

DAY = date(2026, 11, 23)
LAWS = Path(str(files("habeas.laws")))


def documents() -> tuple[dict, dict]:
    rules = read_yaml(LAWS / "cn" / "competence.yaml").value
    return copy.deepcopy(rules), copy.deepcopy(read_yaml(LAWS / "authorities.yaml").value)


def changed(rules: dict, names: dict) -> CompetenceMap:
    return competence_from(
        Document(value=rules, lines={}, file="competence.yaml"),
        Document(value=names, lines={}, file="authorities.yaml"),
    )


def forum(rules: dict, name: str) -> dict:
    return next(row for row in rules["forums"] if row["id"] == name)


def a_matter(
    *,
    matter: dict | None = None,
    party: dict | None = None,
    use: dict | None = None,
    claim: dict | None = None,
    event: dict | None = None,
) -> Matter:
    """A company in China whose use of data serves its contract, changed as asked; None forgets."""
    raw = {
        "law": ["cn"],
        "matter": {"place_of_processing": "cn", "filing_state": "not_filed"} | (matter or {}),
        "parties": {"p1": {"kind": "company", "sector": "retail", "licences": []} | (party or {})},
        "uses": {"u1": {"party": "p1", "purposes": ["service"], "data": ["name"]} | (use or {})},
        "claims": {
            "c1": {
                "against": ["p1"],
                "rests_on": ["u1"],
                "forum": "authority",
                "subject_matter": "personal_data",
            }
            | (claim or {})
        },
    }
    if event is not None:
        raw["events"] = {"e1": {"party": "p1", "uses": ["u1"]} | event}
        raw["claims"]["c1"]["rests_on"] = ["u1", "e1"]
    return matter_from(raw)
