"""The tutorial's ten matters end as a borrower is told they do, and one changed fact changes them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.law.reason import decide

sys.path.insert(0, str(Path(__file__).parent))
from tutorial import AS_OF

MATTERS = Path(__file__).resolve().parents[2] / "docs/tutorials/matters"
# matter -> (a provision it breaks, the change of facts after which that provision is kept)
TOLD = {
    "contacts": ("cn.pipl.art16", {"service_refused_without": False}),
    "refused": ("cn.pipl.art16", {"service_refused_without": False}),
    "face_gate": ("cn.face.art10", {"alternative_offered": True}),
    "score_sold": ("cn.pipl.art23", {"operations": ["use"], "recipients": ["inside"]}),
    "credit_report": ("cn.cri.art18", {"consent_form": "written", "new_purpose": False}),
    "breach": ("cn.inc.art4.other", {"persons_affected": 900_000}),
    "default_kept": ("cn.cri.art16", {"adverse_age_days": 1_826}),
    "abroad": ("cn.pipl.art38.p1", {"transfer_tool": "standard_contract"}),
    "minors": ("cn.lpm.art72", {"youngest_age": 30}),
    "whole_file": ("cn.pipl.art34", {"works_without": False, "statutory_power": True}),
}


def _stated(name):
    return yaml.safe_load((MATTERS / f"{name}.yaml").read_text(encoding="utf-8"))


def _broken(stated):
    decision = decide(matter_from(stated), load_book("cn"), as_of=AS_OF).to_json()
    return {p["id"] for e in decision["elements"] for p in e["breached"]}


def test_every_matter_of_the_tutorial_is_told():
    """A matter without an expectation would be a page nobody checks."""
    assert set(TOLD) == {p.stem for p in MATTERS.glob("*.yaml")}


@pytest.mark.parametrize("name", TOLD)
def test_the_act_breaks_the_provision_the_page_names(name):
    """What a borrower reads is what the book decides."""
    assert TOLD[name][0] in _broken(_stated(name))


@pytest.mark.parametrize("name", TOLD)
def test_the_other_way_round_it_is_not_broken(name):
    """The reader is invited to change a line and see another answer."""
    stated = _stated(name)
    provision, change = TOLD[name]
    level = "events" if name == "breach" else "uses"
    next(iter(stated[level].values())).update(change)

    assert provision not in _broken(stated)
