"""What must be true of a whole book: what it leans on exists, and nothing leans on itself."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.law.conflicts import Precedence, defeating
from habeas.law.expression import Node, facts_in, provisions_in
from habeas.law.provision import BREAKABLE, Provision
from habeas.law.schema import Vocabulary
from habeas.law.values import nearest


def attackers_in(
    provisions: Mapping[str, Provision], precedence: tuple[Precedence, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """By provision: who defeats it, as stated or because it prevails (`conflicts`)."""
    found: dict[str, list[str]] = {}
    for provision in provisions.values():
        for target in provision.defeats:
            if target not in provisions:
                raise BadInput(
                    f"{provision.id} defeats {target!r}, which the book does not hold",
                    remedy=nearest(target, provisions),
                )
            if provisions[target].kind not in BREAKABLE:
                raise BadInput(f"{provision.id} defeats {target}, which nobody can break")
            found.setdefault(target, []).append(provision.id)
    for winner, loser in defeating(precedence, provisions):
        found.setdefault(loser, []).append(winner)
    return {target: tuple(by) for target, by in found.items()}


def _nodes_of(provision: Provision) -> list[Node]:
    return [node for parts in provision.rules.values() for rule in parts for node in rule.nodes]


def check_references(book: LawBook, vocabulary: Vocabulary) -> None:
    """Every provision or fact an expression leans on exists, and none leans on itself."""
    edges: dict[str, set[str]] = {}
    for provision in book.provisions.values():
        nodes = _nodes_of(provision)
        edges[provision.id] = {r for node in nodes for r in provisions_in(node)}
        edges[provision.id] |= {f for node in nodes for f in facts_in(node)}
        edges[provision.id] |= set(book.attackers.get(provision.id, ()))
    for fact, derivations in book.derivations.items():
        nodes = [n for d in derivations for n in d.nodes]
        edges[fact] = {f for n in nodes for f in facts_in(n)} | {
            r for n in nodes for r in provisions_in(n)
        }
        edges[fact].discard(fact if vocabulary.facts[fact].type == "set" else "")
    for source, targets in edges.items():
        for target in targets:
            if target not in book.provisions and target not in vocabulary.facts:
                raise BadInput(
                    f"{source} leans on {target!r}, which the book does not hold",
                    remedy=nearest(target, book.provisions),
                )
    _refuse_circle(edges)


def _refuse_circle(edges: Mapping[str, set[str]]) -> None:
    done: set[str] = set()

    def walk(node: str, path: tuple[str, ...]) -> None:
        if node in path:
            circle = " → ".join([*path[path.index(node) :], node])
            raise BadInput(f"provisions lean on each other in a circle: {circle}")
        if node in done:
            return
        for target in edges.get(node, ()):
            walk(target, (*path, node))
        done.add(node)

    for node in edges:
        walk(node, ())
