"""Which master is in force: the records say, so that a commit is the moment at which it changes."""

from __future__ import annotations

from habeas.records.custody import Epoch


def current_epoch(alias: str) -> str | None:
    """The name of the epoch in force; None in a home that never began a second one."""
    return Epoch.objects.using(alias).order_by("-pk").values_list("name", flat=True).first()


def master_file(epoch: str) -> str:
    """The file of a master that was made by a rotation; the first one is `master.key`."""
    return f"master.{epoch}.key"
