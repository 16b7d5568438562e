"""Whole tables decided in bounded memory, beside other engines in the same run.

    python benchmarks/law_bulk.py [--rows 10000000] [--columns declared|all]

The table is made once and kept: uses of a loan platform with the facts an activity declares
(`declared`: about a hundred columns), or every fact of the book that a table can tell (`all`);
a fifth of the cells unknown, one day of acting. What is timed is `decide_file`: reading the
Parquet, checking every cell, axioms, the whole book, counts. The floor is Polars reading the same
columns and counting what is null.

Peers, where installed (extra `bench`), on their own terms: cedarpy with 50 policies of two
comparisons one request at a time, cel-expr-python with 50 such expressions, openfisca-core with 30
formulas of two comparisons over a million entities. None of them knows unknown facts.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from habeas.law.book import load_book
from habeas.law.bulk import Question
from habeas.law.bulk_table import decide_file
from habeas.law.schema import load_vocabulary
from habeas.law.summary import reads

TODAY = date(2026, 11, 24)
DECLARED = [
    "matter.place_of_processing",
    "party.role",
    "party.kind",
    "party.sector",
    "use.identifiability",
    "use.relationship",
    "use.consent",
    "use.consent_form",
    "use.works_without",
    "use.service_refused_without",
    "use.alternative_offered",
    "use.notice_given",
    "use.notice_clear",
    "use.contract_with_subject",
    "use.minor",
    "use.abroad",
    "use.retention_days",
    "use.data",
    "use.operations",
    "use.purposes",
    "use.recipients",
]
PART = 500_000


def columns_of(kind: str) -> list[str]:
    if kind == "declared":
        return DECLARED
    book, facts = load_book("cn"), load_vocabulary().facts
    read = frozenset().union(*(reads(id_, book) for id_ in book.provisions))
    return sorted(
        f
        for f in read
        if f in facts
        and facts[f].level in ("matter", "party", "use")
        and facts[f].type in ("bool", "enum", "int", "set")
        and facts[f].nature != "evaluative"
    )


def part(names: list[str], rows: int, seed: int) -> pl.DataFrame:
    """Random uses; a set has few members, and what contradicts an axiom is left in."""
    rng, facts, found = np.random.default_rng(seed), load_vocabulary().facts, []

    def column(name: str, values: pl.Series) -> pl.Series:
        known = pl.Series(rng.random(rows) < 0.8)
        return values.alias(name).set(~known, None)

    for fact in (facts[name] for name in names):
        if fact.type == "bool":
            found.append(column(fact.id, pl.Series(rng.random(rows) < 0.5)))
        elif fact.type == "enum":
            kind = pl.Enum(list(fact.members))
            words = pl.Series(list(fact.members), dtype=kind)
            found.append(column(fact.id, words.gather(rng.integers(0, len(words), rows))))
        elif fact.type == "int":
            found.append(column(fact.id, pl.Series(rng.choice([1, 13, 14, 18, 180, 1827], rows))))
        else:
            found += [
                column(f"{fact.id}.{m}", pl.Series(rng.random(rows) < 0.1)) for m in fact.members
            ]
    return pl.DataFrame(
        [*found, pl.repeat(date(2026, 3, 1), rows, eager=True).alias("matter.acted_on")]
    )


def table(kind: str, rows: int) -> Path:
    path = Path(tempfile.gettempdir()) / f"habeas_uses_{kind}_{rows}.parquet"
    if not path.exists():
        parts = [part(columns_of(kind), min(PART, rows), seed).lazy() for seed in range(2)]
        many = [parts[n % 2] for n in range(-(-rows // PART))]
        pl.concat(many).head(rows).sink_parquet(path, row_group_size=131_072)
    return path


def timed(call) -> tuple[float, float]:
    """Seconds on the clock and of the processors."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu


def bulk(kind: str, rows: int) -> None:
    book, path = load_book("cn"), table(kind, rows)
    names = pl.read_parquet_schema(path)
    floor, _ = timed(
        lambda: pl.scan_parquet(path).select(pl.all().null_count()).collect(engine="streaming")
    )
    for what, out in (("counted", None), ("written", path.with_suffix(".decided.parquet"))):
        wall, cpu = timed(lambda out=out: decide_file(path, book, Question(as_of=TODAY), out=out))
        print(
            f"{kind}, {what}: {rows:,} uses × {len(names)} columns, {len(book.provisions)} "
            f"provisions: {rows / wall / 1e6:.2f} M/s on the clock, {rows / cpu / 1e6:.2f} M/s a "
            f"processor-second, {wall / floor:.1f} × the floor ({rows / floor / 1e6:.1f} M/s)"
        )
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"most memory {used:,.0f} MB; file {path.stat().st_size >> 20} MB; {os.cpu_count()} cores"
    )


def cedar(seconds: float) -> str:
    import cedarpy

    text = "permit(principal, action, resource);\n" + "\n".join(
        "forbid(principal, action, resource) when "
        f'{{ context.c{n % 20} == "x{n}" && context.b{n % 20} }};'
        for n in range(50)
    )
    policies = cedarpy.PolicySet.from_str(text)
    context = {f"c{n}": "given" for n in range(20)} | {f"b{n}": True for n in range(20)}
    request = {
        "principal": 'U::"a"',
        "action": 'Action::"b"',
        "resource": 'R::"c"',
        "context": context,
    }
    rate = _rate(lambda: cedarpy.is_authorized(request, policies, []), seconds)
    return f"cedarpy, 50 policies: {rate}"


def cel(seconds: float) -> str:
    from cel_expr_python import cel

    types = {f"c{n}": cel.Type.STRING for n in range(20)} | {
        f"b{n}": cel.Type.BOOL for n in range(20)
    }
    env = cel.NewEnv(variables=types)
    rules = [env.compile(f'c{n % 20} == "x{n}" && b{n % 20}') for n in range(50)]
    data = {f"c{n}": "given" for n in range(20)} | {f"b{n}": True for n in range(20)}

    def decide() -> None:
        facts = env.Activation(data)
        for rule in rules:
            rule.eval(facts)

    return f"cel-expr-python, 50 expressions: {_rate(decide, seconds)}"


def _rate(call, seconds: float) -> str:
    call()
    began, calls = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        call()
        calls += 1
    return f"{calls / (time.perf_counter() - began):,.0f} cases/s"


def openfisca(entities: int = 1_000_000) -> str:
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="p", is_person=True)
    system = TaxBenefitSystem([person])
    shape = {"entity": person, "definition_period": DateUnit.YEAR}
    for n in range(10):
        system.add_variable(type(f"a{n}", (Variable,), {"value_type": int, **shape}))

    def rule(n: int) -> type:
        def formula(persons, period):
            return (persons(f"a{n % 10}", period) > n) * (persons(f"a{(n + 1) % 10}", period) < 40)

        return type(f"r{n}", (Variable,), {"value_type": bool, "formula": formula, **shape})

    for n in range(30):
        system.add_variable(rule(n))
    simulation = SimulationBuilder().build_default_simulation(system, entities)
    rng = np.random.default_rng(1)
    for n in range(10):
        simulation.set_input(f"a{n}", "2026", rng.integers(0, 60, entities))
    wall, _ = timed(lambda: [simulation.calculate(f"r{n}", "2026") for n in range(30)])
    return f"openfisca-core, 30 formulas: {entities / wall / 1e6:.2f} M entities/s"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--columns", choices=("declared", "all"), default="declared")
    options.add_argument("--seconds", type=float, default=2.0)
    chosen = options.parse_args()
    bulk(chosen.columns, chosen.rows)
    for peer in (lambda: cedar(chosen.seconds), lambda: cel(chosen.seconds), openfisca):
        try:
            print(peer())
        except ImportError as missing:
            print(f"not installed: {missing.name}")


if __name__ == "__main__":
    main()
