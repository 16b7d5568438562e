"""A book as Python functions over three values, compiled from the same parts the tree walks.

Each derived fact, scope, rule and provision becomes one function when it is first asked for, and
the status of an element becomes two: is anything broken, and if not, is anything open. The tree
(`views.FactsView`) stays the reference; tests hold both to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby

from habeas.law.book import Derivation, Instrument, LawBook
from habeas.law.expression import Node, facts_in, provisions_in
from habeas.law.index import index_of
from habeas.law.provision import BREAKABLE, Provision, Rule
from habeas.law.rails import NOTHING, Function, Rails, function, members
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue

_NEVER = 10_000_000


def program_of(book: LawBook, level: str) -> Program:
    """The functions of a book for views of one level."""
    programs = index_of(book).programs
    if level not in programs:
        programs[level] = Program(book, level)
    found: Program = programs[level]
    return found


def rule_key(provision: str, level: str, index: int) -> str:
    return f"{provision} {level} {index}"


ASKED = "what is asked"


def owed_key(id_: str) -> str:
    """Whether a duty is owed at all."""
    return f"{id_} owed"


def scope_key(id_: str) -> str:
    """The scope of an instrument, or of a provision where it is narrower."""
    return f"{id_} scope"


def force_of(provision: Provision) -> tuple[int, int]:
    """First day in force and first day no longer, as numbers."""
    last = _NEVER if provision.to is None else provision.to.toordinal()
    return provision.from_.toordinal(), last


class Program(dict[str, Function]):
    """What each key of a view is worked out by, compiled when it is first needed."""

    def __init__(self, book: LawBook, level: str) -> None:
        super().__init__()
        self.book = book
        self.level = level
        facts = load_vocabulary().facts
        self.derived = frozenset(book.derivations)
        self.sets = {f.id: members(f.id) for f in facts.values() if f.type == "set"}
        self.blank: dict[str, object] = {id_: None for id_ in facts if id_ not in self.derived}
        for id_, keys in self.sets.items():
            if id_ not in self.derived:
                self.blank |= dict.fromkeys(keys, NOTHING)
        self.places = {
            id_: ((), True) if id_ in self.derived else (self.sets.get(id_, ()), False)
            for id_ in facts
        }
        self.rules: dict[int, str] = {
            id(rule): rule_key(provision.id, level, index)
            for provision in book.provisions.values()
            for level, parts in provision.rules.items()
            for index, rule in enumerate(parts)
        }

    def __missing__(self, key: str) -> Function:
        made = self[key] = self._compile(key)
        return made

    def parts(self, provision: Provision) -> tuple[Rule, ...]:
        """Its rules at this level; about an event a provision may speak through its use."""
        return provision.parts(self.level_of(provision))

    def level_of(self, provision: Provision) -> str:
        return "use" if self.level not in provision.rules else self.level

    # ---- what a key is worked out by

    def _compile(self, key: str) -> Function:
        if key == ASKED:
            return self._asked()
        if key in self.book.derivations:
            return self._derived(key)
        if key in self.book.provisions:
            return self._provision(self.book.provisions[key])
        id_, what, *index = key.split(" ")
        if what == "scope":
            return self._scope(id_)
        if what == "owed":
            return self._owed(self.book.provisions[id_])
        return self._one_of(id_, what, index)

    def _one_of(self, id_: str, what: str, index: list[str]) -> Function:
        """One side of a derived set, or one rule of a provision."""
        rails = Rails(self.derived)
        if index:
            rule = self.book.provisions[id_].rules[what][int(index[0])]
            return _three("rule", *rule_rails(rule, rails), rails)
        empty, side = rails.constant(NOTHING), "yes" if what == "+" else "no"
        lines = [f"x = {rails.value(id_)}", f"return {empty} if x is None else x.{side}"]
        return function("members", "v", lines, rails.constants)

    def _scope(self, id_: str) -> Function:
        provision = self.book.provisions.get(id_)
        rails = Rails(self.derived)
        if provision is None:
            node = self.instrument_scope(id_)
            if node is None:
                return function("scope", "v", ["return True"], {})
            return _three("scope", [rails.true(node)], [rails.false(node)], rails)
        own = f"{rails.value(self.scope_of(provision.instrument))} is"
        within = [rule.within for rule in self.parts(provision) if rule.within is not None]
        true = [f"{own} True", *(rails.true(node) for node in within)]
        false = [f"{own} False", *(rails.false(node) for node in within)]
        return _three("scope", true, false, rails)

    def instrument_scope(self, id_: str) -> Node | None:
        scope = self.book.instruments[id_].scope
        return scope.get(self.level) or scope.get("use")

    def scope_of(self, instrument: str) -> str:
        """The key of an instrument's scope: of those with the same scope, the first one's."""
        return self._scopes[instrument]

    @cached_property
    def _scopes(self) -> Mapping[str, str]:
        first: dict[Node | None, str] = {}
        return {
            id_: scope_key(first.setdefault(self.instrument_scope(id_), id_))
            for id_ in self.book.instruments
        }

    def _owed(self, provision: Provision) -> Function:
        rails = Rails(self.derived)
        parts = provision.parts(self.level)
        true, false = self._broken_and_not(provision, parts, rails, met=False)
        lines = [f"if {true}: return True", f"return False if {false} else None"]
        return function("owed", "v", lines, rails.constants)

    def _asked(self) -> Function:
        """What can be broken, is in force and may speak to the element: how it stands, in order.

        Each as (provision, whether it is broken here, whether its instrument governs this).
        """
        rails = Rails(self.derived)
        lines = ["d, o = v.number, []"]
        for (first, last), group in groupby(
            index_of(self.book).asked(self.level, None), key=lambda one: force_of(one[0])
        ):
            lines.append(f"if {first} <= d < {last}:")
            for provision, parts in group:
                lines += [f"    {line}" for line in self._standing(provision, parts, rails)]
        return function("asked", "v", [*lines, "return o"], rails.constants)

    def _standing(self, provision: Provision, parts: tuple[Rule, ...], rails: Rails) -> list[str]:
        silent = " and ".join(
            "False" if rule.addressed is None else rails.false(rule.addressed) for rule in parts
        )
        true, false = self._broken_and_not(provision, parts, rails, met=True)
        narrower = any(rule.within is not None for rule in self.parts(provision))
        own = scope_key(provision.id) if narrower else self.scope_of(provision.instrument)
        scope = rails.value(own)
        return [
            f"if not ({silent}):",
            f"    s = {scope}",
            "    if s is False: t = False",
            f"    elif {true}: t = s",
            f"    else: t = False if {false} else None",
            f"    o.append(({rails.constant(provision)}, t, s))",
        ]

    def _broken_and_not(
        self, provision: Provision, parts: tuple[Rule, ...], rails: Rails, *, met: bool
    ) -> tuple[str, str]:
        """When a provision's parts and what defeats it leave it broken, and when they do not."""
        true, false = [], []
        for rule in parts:
            must, stops = rule_rails(rule, rails, met=met)
            true.append(f"({' and '.join(must)})")
            false.append(f"({' or '.join(stops)})")
        by = self.attackers(provision)
        free = "".join(f" and {rails.value(a)} is False" for a in by)
        beaten = "".join(f" or {rails.value(a)} is True" for a in by)
        return (
            f"({' or '.join(true) or 'False'}){free}",
            f"({' and '.join(false) or 'True'}){beaten}",
        )

    def _provision(self, provision: Provision) -> Function:
        rails = Rails(self.derived)
        first, last = force_of(provision)
        lines = [f"if not {first} <= v.number < {last}: return False"]
        if not provision.decides:
            lines.append("return None")
            return function("provision", "v", lines, rails.constants)
        by, parts = self.attackers(provision), self.parts(provision)
        if len(parts) == 1:  # then its rule need not be looked up for itself
            true, false = self._broken_and_not(provision, parts, rails, met=True)
            lines += [f"if {true}: return True", f"return False if {false} else None"]
            return function("provision", "v", lines, rails.constants)
        level = self.level_of(provision)
        keys = [rails.value(rule_key(provision.id, level, i)) for i in range(len(parts))]
        free = "".join(f" and {rails.value(a)} is False" for a in by)
        lines += [f"if {key} is True{free}: return True" for key in keys]
        silent = " and ".join(f"{key} is False" for key in keys) or "True"
        beaten = "".join(f" or {rails.value(a)} is True" for a in by)
        lines += [f"return False if ({silent}){beaten} else None"]
        return function("provision", "v", lines, rails.constants)

    def attackers(self, provision: Provision) -> tuple[str, ...]:
        if provision.kind not in BREAKABLE:
            return ()
        return self.book.attackers.get(provision.id, ())

    def _derived(self, fact: str) -> Function:
        derivations = self.book.derivations[fact]
        rails = Rails(self.derived)
        if derivations[0].member is not None:
            return self._closed(fact, derivations, rails)
        name = rails.constant(fact)
        sure = [d.true_when for d in derivations]
        presumed = [d.presumed_when for d in derivations]
        lines = [
            f"t = {_some([*sure, *presumed], rails)}",
            f"f = {_some([d.false_when for d in derivations], rails)}",
            f"s = v.stated.get({name})",
            f"if t and f: return v.contradict({name})",
            "if s is None: return True if t else False if f else None",
            "if not (t or f) or (s is True and t) or (s is False and f): return s",
            f"if s is False and not {_some(sure, rails)}: return s",
            f"return v.contradict({name})",
        ]
        return function("derived", "v", lines, rails.constants)

    def _closed(self, fact: str, derivations: tuple[Derivation, ...], rails: Rails) -> Function:
        name = rails.constant(fact)
        lines = [f"s = v.stated.get({name})", "y, n = ((), ()) if s is None else (s.yes, s.no)"]
        lines += ["yes, no = wide(y), wide(n)"]
        for derivation in derivations:
            word = rails.constant(derivation.member or "")
            both = [derivation.true_when, derivation.presumed_when]
            lines += [
                f"if {word} not in y and {word} not in n:",
                f"    t, f = {_some(both, rails)}, {_some([derivation.false_when], rails)}",
                f"    if t is not f: (yes if t else no).add({word})",
            ]
        lines += ["if not yes and not no: return s"]
        lines += ["return closed(yes=tight(yes), no=tight(no - yes))"]
        given = {"closed": SetValue, "tight": frozenset, "wide": set}
        return function("members", "v", lines, {**rails.constants, **given})

    # ---- what hangs on what

    def changed_by(self, fact: str) -> frozenset[str]:
        """The keys whose value may be another when a fact is."""
        if fact not in self._changed:
            found: set[str] = set(members(fact)) if fact in self.sets else set()
            todo = [fact]
            while todo:
                for key in self._readers.get(todo.pop(), ()):
                    if key not in found:
                        found.add(key)
                        todo.append(key)
                        found.update(members(key) if key in self.sets else ())
            if fact in self.derived:
                found.add(fact)
            self._changed[fact] = frozenset(found)
        return self._changed[fact]

    def reads_of(self, keys: list[str]) -> frozenset[str]:
        """Every fact some keys are worked out from, stated or derived."""
        found: set[str] = set()
        todo = list(keys)
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += self._read_by_key.get(key, ())
        return frozenset(found & self.places.keys())

    def asks_for(self, instrument: Instrument) -> frozenset[str]:
        """What the condition reads under which an instrument asks for a ground."""
        return _read_by(instrument.grounds_when)

    @cached_property
    def _read_by_key(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for key, read in self._reads():
            found.setdefault(key, set()).add(read)
        return found

    @cached_property
    def _changed(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _readers(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for key, read in self._reads():
            found.setdefault(read, set()).add(key)
        return found

    def _reads(self) -> Iterator[tuple[str, str]]:
        for fact, derivations in self.book.derivations.items():
            for derivation in derivations:
                yield from ((fact, read) for n in derivation.nodes for read in _read_by(n))
        for id_ in self.book.instruments:
            node = self.instrument_scope(id_)
            yield from ((scope_key(id_), read) for read in _read_by(node))
        for provision in self.book.provisions.values():
            yield scope_key(provision.id), scope_key(provision.instrument)
            for by in self.attackers(provision):
                yield from ((provision.id, by), (owed_key(provision.id), by))
            level = self.level_of(provision)
            for level_, parts in provision.rules.items():
                for index, rule in enumerate(parts):
                    key = rule_key(provision.id, level_, index)
                    yield from ((key, read) for node in rule.nodes for read in _read_by(node))
                    yield from ((scope_key(provision.id), r) for r in _read_by(rule.within))
                    yield from ((owed_key(provision.id), r) for r in _read_by(rule.when))
                    for node in (rule.addressed, rule.unless):
                        yield from ((owed_key(provision.id), r) for r in _read_by(node))
                    yield from ((ASKED, r) for r in _read_by(rule.addressed))
                    if level_ == level:
                        yield provision.id, key


def _read_by(node: Node | None) -> frozenset[str]:
    return frozenset() if node is None else facts_in(node) | provisions_in(node)


def rule_rails(rule: Rule, rails: Rails, *, met: bool = True) -> tuple[list[str], list[str]]:
    """What must all be so for a rule to be broken or hold, and what suffices for it not to.

    met: count that a duty is met; otherwise it is only whether it is owed.
    """
    parts = [(rule.addressed, True), (rule.when, True), (rule.unless, False)]
    parts += [(rule.met, False)] if met else []
    stated = [(node, wanted) for node, wanted in parts if node is not None]
    stated.sort(key=lambda one: rails.price(one[0]))
    true = [rails.true(node) if wanted else rails.false(node) for node, wanted in stated]
    false = [rails.false(node) if wanted else rails.true(node) for node, wanted in stated]
    return true, false


def _three(name: str, true: list[str], false: list[str], rails: Rails) -> Function:
    lines = [f"if {' and '.join(true)}: return True"]
    lines += [f"return False if {' or '.join(false)} else None"]
    return function(name, "v", lines, rails.constants)


def _some(nodes: list[Node | None], rails: Rails) -> str:
    code = [rails.true(node) for node in nodes if node is not None]
    return f"({' or '.join(code)})" if code else "False"
