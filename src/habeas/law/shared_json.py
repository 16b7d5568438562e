"""Parts of a decision's JSON that several decisions hold in common, so none of them may change.

What was explained once is written once. Whoever wants to change a part takes a copy, which is a
plain dict or list (`copy.deepcopy`); to `json` and to a comparison they are dicts and lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, NoReturn


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("other decisions hold this part too: change a copy.deepcopy of it")


class SharedDict(dict[str, Any]):
    """A dict nobody changes."""

    __slots__ = ()

    def __copy__(self) -> dict[str, Any]:
        return dict(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: deepcopy(value, memo) for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return SharedDict, (dict(self),)


class SharedList(list[Any]):
    """A list nobody changes."""

    __slots__ = ()

    def __init__(self, items: Iterable[Any] = ()) -> None:
        super().__init__(items)

    def __copy__(self) -> list[Any]:
        return list(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [deepcopy(value, memo) for value in self]

    def __reduce__(self) -> tuple[Any, ...]:
        return SharedList, (list(self),)


_CHANGES = {
    SharedDict: "__setitem__ __delitem__ __ior__ clear pop popitem setdefault update",
    SharedList: "__setitem__ __delitem__ __iadd__ __imul__ append clear extend insert pop remove "
    "reverse sort",
}
for _kind, _names in _CHANGES.items():
    for _name in _names.split():
        setattr(_kind, _name, _refuse)
