"""Expressions of a rule as text: put together, guarded, and with a number changed.

What is put together was read alone before, so a bracket too many cannot reach another part.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from habeas.law.provision import BREAKABLE

EXPRESSIONS = ("addressed_when", "when", "unless", "met_when", "within")
SIDES = ("is", "true_when", "false_when", "presumed_when")
Body = dict[str, Any]


def both(*texts: str | None) -> str:
    """All of some expressions; those left out ask for nothing."""
    return " and ".join(f"({text})" for text in dict.fromkeys(texts) if text) or "True"


def negation(text: str) -> str:
    return f"not ({text})"


def switch(guard: str, new: str | None, old: str | None) -> str:
    """`new` where the guard holds, `old` elsewhere; both, where it is not known which."""
    first, second = new or "True", old or "True"
    here, there = both(guard, first), both(negation(guard), second)
    return f"({here}) or ({there}) or ({both(first, second)})"


def _either(*texts: str | None) -> str | None:
    return " or ".join(f"({text})" for text in dict.fromkeys(texts) if text) or None


def parts_of(rule: Mapping[str, Any], level: str) -> list[Body]:
    """The parts of a rule at a level, each with the issues it answers written out."""
    body = (rule.get("on") or {}).get(level) or []
    issues = list(rule.get("issues") or ())
    return [
        {"issues": list(part.get("issues") or issues), **_without_issues(part)}
        for part in (body if isinstance(body, list) else [body])
    ]


def _without_issues(part: Mapping[str, Any]) -> Body:
    return {key: value for key, value in part.items() if key != "issues"}


def levels_of(*rules: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(level for rule in rules for level in (rule.get("on") or {})))


def guarded(rule: Mapping[str, Any], guard: str | None) -> Body:
    """A new rule that speaks only where the guard holds."""
    found = deepcopy(dict(rule))
    if guard:
        found["on"] = {
            level: [{**part, "when": both(part["when"], guard)} for part in parts_of(rule, level)]
            for level in levels_of(rule)
        }
    return found


def violation(part: Mapping[str, str], scope: str | None) -> str:
    """When a part of a duty or prohibition is broken, its scope counted."""
    denied = [negation(part[key]) for key in ("unless", "met_when") if part.get(key)]
    return both(scope, part.get("within"), part.get("addressed_when"), part["when"], *denied)


def heard_only_when_broken(rule: Mapping[str, Any], scopes: Mapping[str, str]) -> Body:
    """A new duty or prohibition that answers no question it does not itself decide.

    Otherwise a use of which the book had nothing to say would become lawful by being forbidden
    something else.
    """
    found = deepcopy(dict(rule))
    found["on"] = {}
    for level in levels_of(rule):
        scope = scopes.get(level) or scopes.get("use")
        found["on"][level] = [
            {
                **part,
                "when": both(part.get("addressed_when"), part["when"]),
                "addressed_when": violation(part, scope),
            }
            for part in parts_of(rule, level)
        ]
    return found


def repealed(rule: Mapping[str, Any], guard: str | None) -> Body:
    """The rule as a husk: it stays, so that what it answered stays answered, and never applies."""
    found = deepcopy(dict(rule))
    found["on"] = {
        level: [
            {**part, "when": both(part["when"], negation(guard)) if guard else "False"}
            for part in parts_of(rule, level)
        ]
        for level in levels_of(rule)
    }
    return found


def replaced(old: Mapping[str, Any], new: Mapping[str, Any], guard: str | None) -> Body:
    """The new rule; with a guard, the old one stands wherever the guard does not hold."""
    found = {**deepcopy(dict(old)), **deepcopy(dict(new))}
    if guard:
        merge = _both_parts if found["kind"] in BREAKABLE else _one_part
        found["on"] = {
            level: merge(parts_of(old, level), parts_of(found, level), guard)
            for level in levels_of(old, found)
        }
        issues = [*(old.get("issues") or ()), *(found.get("issues") or ())]
        found["issues"] = list(dict.fromkeys(issues))
    return found


def _both_parts(old: Sequence[Body], new: Sequence[Body], guard: str) -> list[Body]:
    parts = [
        *({**part, "when": both(part["when"], guard)} for part in new),
        *({**part, "when": both(part["when"], negation(guard))} for part in old),
        *(part for one in new for other in old if (part := _whichever(one, other))),
    ]
    withins = [[p["within"] for p in some if p.get("within")] for some in (new, old)]
    if any(withins):
        # An instrument's scope is asked once for all parts, so each must not narrow the other.
        parts = [{k: v for k, v in part.items() if k != "within"} for part in parts]
        parts[0]["within"] = switch(guard, both(*withins[0]), both(*withins[1]))
    return parts


def _whichever(new: Body, old: Body) -> Body | None:
    """What is broken by both, for those of whom it is not known where they are."""
    issues = [issue for issue in new["issues"] if issue in old["issues"]]
    if not issues:
        return None
    part: Body = {"issues": issues, "when": both(new["when"], old["when"])}
    for key in ("unless", "met_when"):
        if text := _either(new.get(key), old.get(key)):
            part[key] = text
    if new.get("addressed_when") or old.get("addressed_when"):
        part["addressed_when"] = both(new.get("addressed_when"), old.get("addressed_when"))
    return part


def _one_part(old: Sequence[Body], new: Sequence[Body], guard: str) -> Body:
    nothing: Body = {"when": "False", "issues": []}
    first, second = (some[0] if some else nothing for some in (new, old))
    issues = list(dict.fromkeys([*first["issues"], *second["issues"]]))
    merged: Body = {"issues": issues, "when": switch(guard, _holds(first), _holds(second))}
    for key in ("addressed_when", "within"):
        if first.get(key) or second.get(key):
            merged[key] = switch(guard, first.get(key), second.get(key))
    return merged


def _holds(part: Mapping[str, str]) -> str:
    unless = negation(part["unless"]) if part.get("unless") else None
    return both(part.get("addressed_when"), part["when"], unless)


# ---- numbers


def places_of(text: str, number: int) -> list[tuple[int, int]]:
    """Where a number stands in an expression: start and end in its UTF-8 bytes."""
    tree = ast.parse(_one_line(text), mode="eval")
    return sorted(
        (node.col_offset, node.end_col_offset or 0)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and not isinstance(node.value, bool)
        and node.value == number
    )


def with_number(text: str, number: int, other: int) -> str:
    """The expression with one number in the place of another, wherever it stands."""
    found = _one_line(text).encode()
    for start, end in reversed(places_of(text, number)):
        found = found[:start] + str(other).encode() + found[end:]
    return found.decode()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def expressions_in(bodies: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> list[str]:
    return [str(body[key]) for body in bodies for key in keys if body.get(key)]
