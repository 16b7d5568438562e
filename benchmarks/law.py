"""Decisions a second through the public calls, beside the floor of plain compiled expressions.

    python benchmarks/law.py [--seconds 3]

`decide` and `status` start from a matter as a mapping (validation and axioms included) and ask the
whole book. The floor evaluates the same rules' expressions as compiled Python on plain
values: no unknowns, no derived facts, no scope, no reasons.

A decision says its status at once and works its reasons out when they are read: "all reasons
read" writes the whole decision as JSON.

The same matter again and again is the best case: what was explained for the same facts is
remembered. So each figure is also taken on varied matters, none of which comes twice.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import random
import statistics
import time
from collections.abc import Callable
from datetime import date

from habeas.errors import BadInput
from habeas.law.book import LawBook, load_book
from habeas.law.expression import facts_in
from habeas.law.matter import matter_from
from habeas.law.reason import decide, status_of
from habeas.law.schema import Fact, load_vocabulary
from habeas.law.wording import write

TODAY = date(2026, 11, 24)
DECIDED = {
    "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn", "subjects_in": ["cn"]},
    "parties": {
        "p1": {
            "role": "controller",
            "kind": "company",
            "sector": "loan_platform",
            "request_channel": True,
        }
    },
    "uses": {
        "u1": {
            "party": "p1",
            "data": ["contact_list", "name", "contact"],
            "identifiability": "identified",
            "relationship": "borrower",
            "operations": ["collect", "store"],
            "purposes": ["debt_collection"],
            "basis_claimed": ["consent", "contract"],
            "contract_with_subject": True,
            "works_without": True,
            "consent": "given",
            "consent_form": "bundled",
            "service_refused_without": True,
            "alternative_offered": False,
            "notice_given": True,
            "notice_clear": False,
        }
    },
}
OPEN = {
    "matter": DECIDED["matter"],
    "parties": DECIDED["parties"],
    "uses": {
        "u1": {"party": "p1", "identifiability": "identified", "data": ["name"], "consent": "given"}
    },
}


def varied(count: int, seed: int = 1) -> list[dict]:
    """Matters like the two above with about a third of their facts forgotten, changed or added."""
    rng = random.Random(seed)
    facts = [f for f in load_vocabulary().of_level("use").values() if f.nature != "evaluative"]
    found = []
    while len(found) < count:
        matter = copy.deepcopy(rng.choice((DECIDED, OPEN)))
        use = matter["uses"]["u1"]
        for name in [n for n in use if n != "party" and rng.random() < 0.3]:
            del use[name]
        for fact in rng.sample(facts, 6):
            use[fact.name] = _value(fact, rng)
        use = {name: value for name, value in use.items() if value is not None}
        matter["uses"]["u1"] = use
        try:
            matter_from(matter)
        except BadInput:
            continue
        found.append(matter)
    return found


def _value(fact: Fact, rng: random.Random) -> object:
    match fact.type:
        case "bool":
            return rng.random() < 0.5
        case "enum":
            return rng.choice(sorted(fact.members))
        case "set":
            return rng.sample(sorted(fact.members), min(3, len(fact.members)))
        case "int":
            return rng.choice((1, 13, 14, 18, 180, 1827))
    return None


def rate(call: Callable[[], object], seconds: float) -> tuple[float, float]:
    """Calls a second: the median of five rounds, and their spread."""
    call()
    rounds = []
    for _ in range(5):
        end = time.perf_counter() + seconds / 5
        began, calls = time.perf_counter(), 0
        while time.perf_counter() < end:
            call()
            calls += 1
        rounds.append(calls / (time.perf_counter() - began))
    return statistics.median(rounds), max(rounds) - min(rounds)


def floor(book: LawBook) -> Callable[[], object]:
    """Every expression of the book that reads plain values, as one list of compiled code."""
    facts = load_vocabulary().facts
    texts = []
    for provision in book.provisions.values():
        for parts in provision.rules.values():
            for node in (n for rule in parts for n in rule.nodes):
                plain = all(facts[f].type in ("bool", "enum", "set") for f in facts_in(node))
                texts += [_plain(write(node))] if plain else []
    code = [compile(text, "rule", "eval") for text in texts]
    values = {
        id_.replace(".", "_"): {"bool": True, "enum": "given"}.get(
            fact.type, frozenset({"name", "contact"})
        )
        for id_, fact in facts.items()
    }
    values |= {id_.replace(".", "_"): False for id_ in book.provisions}
    nothing: dict[str, object] = {"__builtins__": {}}
    return lambda: [eval(one, nothing, values) for one in code]


def _plain(text: str) -> str:
    import re

    return re.sub(
        r"\b((?:matter|party|use|event|claim|cn)\.[a-z0-9_.]+)",
        lambda m: m[1].replace(".", "_"),
        text,
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=3.0)
    seconds = options.parse_args().seconds
    book = load_book("cn")
    print(f"book {book.id}: {len(book.provisions)} provisions, whole book asked, one use a matter")
    stated = {"unlawful": DECIDED, "undetermined": OPEN}
    least, spread = rate(floor(book), seconds)
    print(f"{'floor: plain eval of the expressions':<44} {least:>10,.0f} /s  ±{spread / 2:,.0f}")
    for name, mapping in stated.items():
        for what, call in (
            ("status", lambda m=mapping: status_of(matter_from(m), book, as_of=TODAY)),
            ("decide", lambda m=mapping: decide(matter_from(m), book, as_of=TODAY)),
            (
                "decide, all reasons read",
                lambda m=mapping: decide(matter_from(m), book, as_of=TODAY).to_json(),
            ),
        ):
            found, spread = rate(call, seconds)
            label = f"{what}, an {name} matter"
            ratio = f"{found / least:.3f} of the floor"
            print(f"{label:<44} {found:>10,.0f} /s  ±{spread / 2:,.0f}  {ratio}")
    different = itertools.cycle(varied(6_000))
    for what, call in (
        (
            "status, varied matters",
            lambda: status_of(matter_from(next(different)), book, as_of=TODAY),
        ),
        (
            "decide, varied",
            lambda: decide(matter_from(next(different)), book, as_of=TODAY),
        ),
        (
            "decide, varied, breaches read",
            lambda: [
                e.breached for e in decide(matter_from(next(different)), book, as_of=TODAY).elements
            ],
        ),
        (
            "decide, varied, all reasons read",
            lambda: decide(matter_from(next(different)), book, as_of=TODAY).to_json(),
        ),
        (
            "reference: decide by tree, varied",
            lambda: decide(matter_from(next(different)), book, as_of=TODAY, by_tree=True),
        ),
    ):
        found, spread = rate(call, seconds)
        print(
            f"{what:<44} {found:>10,.0f} /s  ±{spread / 2:,.0f}  {found / least:.3f} of the floor"
        )
    found, spread = rate(lambda: matter_from(DECIDED), seconds)
    print(
        f"{'of which reading and checking the matter':<44} {found:>10,.0f} /s  ±{spread / 2:,.0f}"
    )
    print(f"loading the book {loading() * 1000:,.0f} ms")


def loading() -> float:
    """Seconds to load vocabulary and book, the best of five."""
    best = float("inf")
    for _ in range(5):
        load_vocabulary.cache_clear()
        load_book.cache_clear()
        began = time.perf_counter()
        load_book("cn")
        best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    main()
