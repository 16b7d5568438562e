"""Which witnesses must have seen a checkpoint before it is believed (C2SP tlog-policy)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from habeas.errors import BadInput
from habeas.ledger.keys import VerifierKey

SIZE_LIMIT = 64 * 1024
_MEMBERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A log or a witness of a policy, and where it answers, if the policy says."""

    name: str
    key: VerifierKey
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """So many of these members (names of witnesses or groups) must agree."""

    need: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A trust policy as it was read. quorum: the name that must be satisfied; None: nobody need."""

    text: str
    logs: tuple[Named, ...]
    witnesses: Mapping[str, Named]
    groups: Mapping[str, Group]
    quorum: str | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a policy; BadInput names the line that doesn't fit."""
        if len(text) > SIZE_LIMIT:
            raise BadInput(f"a policy has at most {SIZE_LIMIT} characters")
        reader = _Reader()
        for number, line in enumerate(text.splitlines(), start=1):
            words = line.split()
            if words and not words[0].startswith("#"):
                reader.take(words, place=f"line {number}")
        if not reader.decided:
            raise BadInput("the policy names no quorum", remedy="end it with: quorum NAME or none")
        return cls(
            text=text,
            logs=tuple(reader.logs),
            witnesses=reader.witnesses,
            groups=reader.groups,
            quorum=reader.quorum,
        )

    def met_by(self, keys: Collection[VerifierKey]) -> bool:
        """Whether witnesses with these keys are enough."""
        return self.quorum is None or self._satisfied(self.quorum, keys)

    def _satisfied(self, name: str, keys: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in keys
        group = self.groups[name]
        return sum(self._satisfied(member, keys) for member in group.members) >= group.need

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The keys of all witnesses."""
        return tuple(each.key for each in self.witnesses.values())


@dataclass(slots=True, kw_only=True)
class _Reader:
    logs: list[Named] = field(default_factory=list)
    witnesses: dict[str, Named] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str | None = None
    decided: bool = False

    def take(self, words: list[str], *, place: str) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                key = _key(vkey, place=place)
                self.logs.append(Named(name=key.name, key=key, url=url[0] if url else None))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._new(name, place=place)
                key = _key(vkey, place=place)
                if any(key == each.key for each in self.witnesses.values()):
                    raise BadInput("a witness stands there twice", place=place)
                self.witnesses[name] = Named(name=name, key=key, url=url[0] if url else None)
            case ["group", name, need, *members] if 1 <= len(members) <= _MEMBERS:
                self._new(name, place=place)
                self.groups[name] = self._group(need, members, place=place)
            case ["quorum", name] if not self.decided:
                if name != "none" and name not in self.witnesses and name not in self.groups:
                    raise BadInput("the quorum names nobody above it", place=place)
                self.decided, self.quorum = True, None if name == "none" else name
            case _:
                raise BadInput(
                    "is no line of a policy",
                    place=place,
                    remedy="log VKEY [URL] · witness NAME VKEY [URL] · group NAME K|any|all "
                    "MEMBERS… · quorum NAME|none",
                )

    def _new(self, name: str, *, place: str) -> None:
        if name in self.witnesses or name in self.groups or name == "none":
            raise BadInput("the name is taken", place=place)

    def _group(self, need: str, members: list[str], *, place: str) -> Group:
        unknown = [m for m in members if m not in self.witnesses and m not in self.groups]
        if unknown or len(set(members)) != len(members):
            raise BadInput("a group names someone twice, or nobody above it", place=place)
        count = {"any": 1, "all": len(members)}.get(need)
        if count is None and need.isascii() and need.isdigit() and len(need) < 4:
            count = int(need)
        if count is None or not 1 <= count <= len(members):
            raise BadInput("a group needs a number of its members, any or all", place=place)
        return Group(need=count, members=tuple(members))


def _key(vkey: str, *, place: str) -> VerifierKey:
    try:
        return VerifierKey.parse(vkey)
    except BadInput as error:
        raise BadInput(error.says, place=place, remedy=error.remedy) from error


def read_policy(path: Path) -> Policy:
    """The policy in a file."""
    try:
        return Policy.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("can't be read", file=path) from error
    except BadInput as error:
        raise BadInput(error.says, file=path, place=error.place, remedy=error.remedy) from error
