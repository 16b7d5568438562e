"""Checks the compiled machine knows by heart, each tied to the plain check it repeats.

A twin is used only while the plain check, the functions it calls and the constants they read are
those it was written beside; after any edit the plain check itself is asked, until the twin and its
seal here are brought up to date (tests/boundary/test_machine.py prints the seals).
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

Check = Callable[[str], bool]
PLAIN = 99

# detector, which of its two rules: number of the twin in `machine.check`, seal of the plain check
TWINS: dict[tuple[str, int], tuple[int, str]] = {
    ("cn_resident_id", 0): (2, "a58ef9e54bec"),
    ("cn_resident_id", 1): (3, "fee1ffae4219"),
    ("device_id", 0): (4, "ab533761375c"),
    ("bank_card", 0): (5, "40a22f680414"),
    ("postal_address", 0): (6, "ef9e48b501ba"),
    ("plate_cn", 0): (6, "caf19c4b6a53"),
    ("phone_other", 0): (7, "0ae10f1100a5"),
    ("email", 0): (8, "700bb1aca1c9"),
    ("person_name", 0): (9, "63b286b1ba9c"),
    ("ip_address", 0): (10, "6f311bc2d8a3"),
    ("iban", 0): (11, "d6e80c72b876"),
    ("cn_uscc", 0): (12, "0fa4053a5bb7"),
}


def seal(check: Check) -> str:
    """Digest of a check, of the functions it calls and of the constants they read.

    Word lists are left out: a twin reads them when its tables are made.
    """
    digest = hashlib.sha256()
    for name, value in sorted(_parts(check, set()), key=lambda part: part[0]):
        digest.update(f"{name}={value}\n".encode())
    return digest.hexdigest()[:12]


def reads(check: Check) -> tuple[tuple[dict[str, Any], str, object], ...]:
    """What the check depends on, by identity: (module's names, name, object)."""
    found: list[tuple[dict[str, Any], str, object]] = []
    seen: set[int] = set()

    def walk(one: Any) -> None:
        if not isinstance(one, FunctionType) or id(one) in seen:
            return
        seen.add(id(one))
        for name in _names(one):
            if name in one.__globals__:
                value = one.__globals__[name]
                if not isinstance(value, ModuleType):
                    found.append((one.__globals__, name, value))
                    walk(value)

    walk(check)
    return tuple(found)


def _names(one: FunctionType) -> Iterator[str]:
    codes = [one.__code__]
    while codes:
        code = codes.pop()
        yield from code.co_names
        codes += [c for c in code.co_consts if inspect.iscode(c)]


def _parts(one: Any, seen: set[int]) -> Iterator[tuple[str, str]]:
    if not isinstance(one, FunctionType) or id(one) in seen or "habeas" not in one.__module__:
        return
    seen.add(id(one))
    yield one.__qualname__, inspect.getsource(one)
    for name in sorted(set(_names(one))):
        value = one.__globals__.get(name)
        if isinstance(value, re.Pattern):
            yield name, f"{value.pattern}/{value.flags}"
        elif isinstance(value, int | str | tuple):
            yield name, repr(value)
        else:
            yield from _parts(value, seen)
