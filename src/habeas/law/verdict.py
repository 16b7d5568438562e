"""Two functions of a whole book: is anything broken, and if not, is anything left open?

    unlawful = (some prohibition or duty is broken) or (no ground holds)

Both stop at the first provision that settles it. What was in force, which instrument governs and
which questions are put are tests around the rules they concern, so most rules are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from habeas.law.book import Instrument, LawBook
from habeas.law.compiled import Program, force_of, program_of, rule_rails, scope_key
from habeas.law.expression import Truth
from habeas.law.index import index_of
from habeas.law.provision import Provision
from habeas.law.rails import Function, Rails, function
from habeas.law.schema import load_vocabulary
from habeas.law.seen import Seen

_ALL = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The two functions for views of one level. bits: the issues put, by `bits_of`."""

    broken: Function
    open: Function


def verdict_of(book: LawBook, level: str, bits: int) -> Verdict:
    """The functions of a book at one level, compiled when first asked for.

    Where everything is asked, they do not look at the questions at all.
    """
    programs = index_of(book).programs
    whole = bits == _ALL
    key = f"{level} {'whole' if whole else 'put'}"
    if key not in programs:
        writer = _Writer(program_of(book, level), level, whole=whole)
        programs[key] = Verdict(writer.broken(), writer.open())
    found: Verdict = programs[key]
    return found


def bits_of(issues: Iterable[str] | None) -> int:
    """The questions put, as a number: one bit an issue, or one for whatever there is."""
    if issues is None:
        return _ALL
    places = issue_bits()
    return sum(places[issue] for issue in set(issues))


def issue_bits() -> dict[str, int]:
    return {issue: 2 << n for n, issue in enumerate(load_vocabulary().domains["issue"])}


def truth_by(verdict: Verdict, views: Iterable[Seen], bits: int) -> Truth:
    """Whether anything asked is broken in one of the views."""
    answer: Truth = False
    for view in views:
        if verdict.broken(view, bits):
            return True
        if answer is False and verdict.open(view, bits):
            answer = None
    return answer


class _Writer:
    def __init__(self, program: Program, level: str, *, whole: bool) -> None:
        self.program, self.level, self.whole = program, level, whole
        self.book = program.book
        self.places = issue_bits()

    def broken(self) -> Function:
        rails = Rails(self.program.derived)
        lines = self._grouped(rails, "True", lambda p: self._broken_by(p, rails))
        if self.level == "use":
            lines += [
                line
                for instrument in self.book.instruments.values()
                if instrument.grounds
                for line in self._without_ground(instrument, rails)
            ]
        return function("broken", "v, m", ["d = v.number", *lines, "return False"], rails.constants)

    def open(self) -> Function:
        """Only asked where nothing is broken: then what is not kept is open."""
        rails = Rails(self.program.derived)
        lines = self._grouped(rails, "False", lambda p: self._kept_by(p, rails))
        if self.level == "use":
            lines += [
                line
                for instrument in self.book.instruments.values()
                if instrument.grounds
                for line in self._ground_open(instrument, rails)
            ]
        return function("open", "v, m", ["d = v.number", *lines, "return False"], rails.constants)

    def _grouped(self, rails: Rails, scope: str, write: Callable[[Provision], str]) -> list[str]:
        """The provisions under what they share: time in force and scope."""
        groups: dict[tuple[tuple[int, int], str], list[Provision]] = {}
        for provision, _ in index_of(self.book).asked(self.level, None):
            scope_ = self.program.scope_of(provision.instrument)
            groups.setdefault((force_of(provision), scope_), []).append(provision)
        lines: list[str] = []
        sign = "is" if scope == "True" else "is not"
        for ((first, last), governing), provisions in groups.items():
            governs = f"{rails.value(governing)} {sign} {scope}"
            lines.append(f"if {first} <= d < {last} and {governs}:")
            lines += [f"    if {write(provision)}: return True" for provision in provisions]
        return lines

    def _asks(self, issues: Iterable[str]) -> str:
        if self.whole:
            return ""
        return f"m & {sum(self.places[issue] for issue in set(issues))} and "

    def _broken_by(self, provision: Provision, rails: Rails) -> str:
        parts = [
            f"{self._asks(rule.issues)}{' and '.join(rule_rails(rule, rails)[0])}"
            for rule in provision.parts(self.level)
        ]
        either = parts[0] if len(parts) == 1 else "(" + " or ".join(parts) + ")"
        free = "".join(f" and {rails.value(a)} is False" for a in self.program.attackers(provision))
        return f"{either}{self._within(provision, rails, ' is True')}{free}"

    def _kept_by(self, provision: Provision, rails: Rails) -> str:
        """True where the provision is neither kept nor out of the question."""
        parts = [
            f"{self._asks(rule.issues)}not ({' or '.join(rule_rails(rule, rails)[1])})"
            for rule in provision.parts(self.level)
        ]
        either = parts[0] if len(parts) == 1 else "(" + " or ".join(parts) + ")"
        free = "".join(
            f" and {rails.value(a)} is not True" for a in self.program.attackers(provision)
        )
        return f"{either}{self._within(provision, rails, ' is not False')}{free}"

    def _within(self, provision: Provision, rails: Rails, wanted: str) -> str:
        narrower = any(rule.within is not None for rule in self.program.parts(provision))
        return f" and {rails.value(scope_key(provision.id))}{wanted}" if narrower else ""

    def _ground_test(self, instrument: Instrument) -> str:
        forces = sorted({force_of(self.book.provisions[g]) for g in instrument.grounds})
        days = " or ".join(f"{first} <= d < {last}" for first, last in forces)
        return f"{self._asks(instrument.grounds_issues)}({days})"

    def _without_ground(self, instrument: Instrument, rails: Rails) -> list[str]:
        tests = [self._ground_test(instrument)]
        tests.append(f"{rails.value(self.program.scope_of(instrument.id))} is True")
        if instrument.grounds_when is not None:
            tests.append(rails.true(instrument.grounds_when))
        tests += [f"{rails.value(g)} is False" for g in instrument.grounds]
        return [f"if {' and '.join(tests)}: return True"]

    def _ground_open(self, instrument: Instrument, rails: Rails) -> list[str]:
        tests = [self._ground_test(instrument)]
        tests.append(f"{rails.value(self.program.scope_of(instrument.id))} is not False")
        if instrument.grounds_when is not None:
            tests.append(f"not {rails.false(instrument.grounds_when)}")
        tests += [f"{rails.value(g)} is not True" for g in instrument.grounds]
        return [f"if {' and '.join(tests)}: return True"]
