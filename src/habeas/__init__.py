"""Habeas: one chain from a data set to a legal remedy, with evidence at every link.

>>> import habeas
>>> habeas.decide({"format": "matter/v1", "id": "empty", "law": ["cn"]}).status
<Status.UNDETERMINED: 'undetermined'>
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from habeas.face import decide, release, scan, trace, verify

__all__ = ["decide", "release", "scan", "trace", "verify"]


def __getattr__(name: str) -> Any:
    """The five verbs are loaded when first used, so that `import habeas` costs nothing."""
    if name in __all__:
        return getattr(import_module("habeas.face"), name)
    raise AttributeError(f"module 'habeas' has no attribute {name!r}")
