"""What needs two persons: making a marked copy again, and going back from a pseudonym.

Each holder keeps one share in a file of their own; the home keeps digests of both. An act needs
both files, a purpose, and is in the log before its result is written. It is a gate in this
program, not in mathematics: whoever controls the home could read its secrets with another
program, and then the log shows no act.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from habeas.errors import BadInput, Refused
from habeas.ledger.files import landing, write_file
from habeas.ledger.keys import read_secret
from habeas.procedures.custody_writes import HOLDERS, SHARE, SHARED_RESULT
from habeas.procedures.foreign_path import refuse_homes
from habeas.procedures.kept import copy_from_bytes, kept, kept_base
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.protection.again import copy_again
from habeas.protection.plan import ReleasePlan
from habeas.protection.release import means_of
from habeas.protection.reversal import original_values
from habeas.records import models
from habeas.records.home import Home
from habeas.tables.write import write_table

FORMAT = "habeas/holder/v1"
NAMED = "holders.named"
_TAG = b"habeas/holder/v1\0"
_SHARE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Both holders' files, and what for."""

    first: Path
    second: Path
    purpose: str

    def __post_init__(self) -> None:
        if not self.purpose.strip() or not self.purpose.isprintable():
            raise BadInput("two holders act for a purpose", remedy="say it in one line")


def name_holders(home: Home, first: Path, second: Path, *, now: datetime) -> None:
    """Write two new shares, one for each holder; shares of before open nothing any more."""
    home.must_be("controller")
    if first.resolve() == second.resolve():
        raise BadInput("two holders need two files", file=second)
    shares = {}
    for path in (first, second):
        refuse_homes(path)
        if path.exists():
            raise BadInput("there is a file here already", file=path, remedy="choose another name")
    for name, path in (("first", first), ("second", second)):
        share = secrets.token_bytes(_SHARE)
        about = {"format": FORMAT, "origin": home.origin, "holder": name, "share": share.hex()}
        write_file(path, json.dumps(about).encode() + b"\n", mode=0o600, step=SHARE)
        shares[name] = _digest(share)
    with committing(home, HOLDERS):
        add_entry(home, Happening(kind=NAMED, payload=shares), now=now)
    sequence(home, now=now)


def must_be_both(home: Home, together: Together) -> None:
    """Return quietly if the two files are the shares of both holders in force; Refused else."""
    entry = models.Entry.objects.using(home.alias).filter(kind=NAMED).order_by("-pk").first()
    if entry is None:
        raise Refused(
            "this needs two holders, and none are named", remedy="run `habeas keys holders`"
        )
    named = payload_of(home, entry)
    given = dict(_share(home, path) for path in (together.first, together.second))
    if set(given) != {"first", "second"}:
        raise Refused("this needs both holders: the two files are one holder's")
    for name, share in given.items():
        if not compare_digest(_digest(share), str(named[name])):
            raise Refused(f"the file of the {name} holder is not the one in force")


def _share(home: Home, path: Path) -> tuple[str, bytes]:
    try:
        about: Any = json.loads(read_secret(path))
        right = about["format"] == FORMAT and about["origin"] == home.origin
        name, share = about["holder"], bytes.fromhex(about["share"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("is not the file of a key holder", file=path) from error
    if not right or len(share) != _SHARE:
        raise BadInput("is the file of a holder of another home", file=path)
    return name, share


def _digest(share: bytes) -> str:
    return sha256(_TAG + share).hexdigest()


def make_again(
    home: Home, release_id: str, out: Path, *, together: Together, now: datetime
) -> pa.Table:
    """Make a recipient's copy once more; the act is in the log before the file appears."""
    _check_out(out)
    must_be_both(home, together)
    rows = models.ReleaseCopy.objects.using(home.alias).select_related("base", "release")
    row = rows.filter(release__release_id=release_id).first()
    if row is None:
        raise BadInput("this home has no release of this id", remedy="its manifest names it")
    copy = copy_from_bytes(kept(home, row.file))
    table = copy_again(kept_base(home, row.base), copy, secret=home.keys.mark)
    says = {"release": release_id, "recipient": row.release.recipient}
    _log(home, "copy.again", says, together, now=now)
    with landing(SHARED_RESULT):
        write_table(table, out)
    return table


def go_back(
    home: Home,
    tokens: pa.Table,
    out: Path,
    *,
    column: str,
    plan: ReleasePlan,
    candidates: pa.ChunkedArray | None,
    together: Together,
    now: datetime,
) -> int:
    """Write the value behind each token of a column beside it; return how many were found.

    plan: that of the release the tokens are from. candidates: the source's column, needed for
    pseudonyms.
    """
    _check_out(out)
    must_be_both(home, together)
    planned = {each.column: each for each in plan.columns}.get(column)
    if planned is None or column not in tokens.column_names:
        raise BadInput("the plan and the table must both have the column", place=column)
    found = original_values(
        pl.Series(pl.from_arrow(tokens.column(column).combine_chunks())),
        planned,
        means_of(plan, secret=home.keys.mark),
        candidates=None if candidates is None else pl.Series(pl.from_arrow(candidates)),
    )
    says = {"plan": plan.digest(), "column": column, "tokens": tokens.num_rows}
    _log(home, "pseudonym.reversed", says, together, now=now)
    with landing(SHARED_RESULT):
        write_table(tokens.append_column(f"{column} (original)", found.to_arrow()), out)
    return len(found) - found.null_count()


def _check_out(out: Path) -> None:
    refuse_homes(out)
    if out.exists() or not out.parent.is_dir():
        raise BadInput("the result can't be written here", file=out, remedy="name a new file")


def _log(
    home: Home, kind: str, says: Mapping[str, Any], together: Together, *, now: datetime
) -> None:
    payload = {**says, "purpose": together.purpose.strip()}
    with committing(home, HOLDERS):
        add_entry(home, Happening(kind=kind, payload=payload), now=now)
    sequence(home, now=now)
