"""Getting a log's checkpoints seen by witnesses, and keeping what they signed.

    <log>/witnesses.json   whom to ask, who is enough, and what happens without them
    <log>/witnessed        the newest checkpoint with the lines of those who saw it

A checkpoint that too few have seen is still committed. `without_quorum` says what then:
'go_on' gives receipts that say so, 'stop' gives none and publishes nothing until enough signed.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.fetch import Address, Reply
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.log import Log
from habeas.ledger.note import SignatureLine, UnverifiedNote, parse_note, signers
from habeas.ledger.policy import Named, Policy
from habeas.ledger.witness import SIZE, write_request

WITNESSED = declare_step(
    "log.witnessed",
    lands="the newest checkpoint with the lines of the witnesses who saw it",
    crash="the older one; the witnesses are asked again and sign again",
)
WITNESS_POLICY = declare_step(
    "log.witness_policy",
    lands="which witnesses a log asks, who is enough, and what happens without them",
    crash="the old policy or the new one",
)
FORMAT = "habeas/witnesses/v1"
WithoutQuorum = Literal["go_on", "stop"]
_ANSWER_LIMIT = 64 * 1024
_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What a log's owner decided about witnesses."""

    policy: Policy
    without_quorum: WithoutQuorum

    def to_bytes(self) -> bytes:
        said = {"format": FORMAT, "without_quorum": self.without_quorum, "policy": self.policy.text}
        return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes, *, file: Path) -> Self:
        """Read what `to_bytes` wrote; BadInput for anything else."""
        try:
            said = json.loads(data)
            known = said["format"] == FORMAT and said["without_quorum"] in get_args(WithoutQuorum)
            text = said["policy"]
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"is not in format {FORMAT}", file=file) from error
        if not known or not isinstance(text, str):
            raise BadInput(f"is not in format {FORMAT}", file=file)
        return cls(policy=Policy.parse(text), without_quorum=said["without_quorum"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A checkpoint and who of the policy has seen it. silent: name -> why there is no line."""

    head: Checkpoint
    by: tuple[str, ...]
    silent: dict[str, str]
    enough: bool


def witnesses_of(folder: Path) -> Witnesses | None:
    """The witnesses of the log in a folder, None if its owner named none."""
    path = folder / "witnesses.json"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    return Witnesses.from_bytes(data, file=path)


def name_witnesses(folder: Path, witnesses: Witnesses) -> None:
    """Decide whom the log in a folder asks from now on."""
    policy = witnesses.policy
    if policy.quorum is None and witnesses.without_quorum == "stop":
        raise BadInput("a policy that needs nobody can't stop anything", place="quorum")
    silent = [name for name, each in policy.witnesses.items() if each.url is None]
    if silent:
        raise BadInput("a witness has no address", place=silent[0], remedy="witness NAME VKEY URL")
    write_file(folder / "witnesses.json", witnesses.to_bytes(), step=WITNESS_POLICY)


def witnessed(log: Log) -> Checkpoint | None:
    """The newest checkpoint some witness has seen, as it was kept."""
    data = log.files.read("witnessed")
    return None if data is None else Checkpoint.parse(data)


def published(log: Log) -> Checkpoint | None:
    """What this log shows the world: its newest checkpoint, with the lines it has; where the
    owner decided to stop without a quorum, the newest one with a quorum, or None.
    """
    head, seen, asked = log.checkpoint(), witnessed(log), witnesses_of(log.folder)
    newest = seen if seen is not None and _same(seen, head) else head
    if asked is None or asked.without_quorum == "go_on":
        return newest
    return next((x for x in (newest, seen) if x and _enough(x, asked.policy)), None)


def gather(log: Log, witnesses: Witnesses) -> Seen:
    """Ask every witness that has not signed the newest checkpoint yet, all at once; keep their
    lines. NotVerified if one has seen a larger log than this: then this one was rolled back.
    """
    head, policy = log.checkpoint(), witnesses.policy
    known = witnessed(log)
    note = parse_note(head.note)
    if known is not None and _same(known, head):
        note = parse_note(known.note)
    have = {signer.key for signer in signers(note, policy.keys)}
    ask = [each for each in policy.witnesses.values() if each.key not in have]
    old = known.size if known else 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda each: _asked(log, head, each, old), ask))
    lines = [line for line, _ in answers if line is not None]
    silent = {each.name: why for each, (_, why) in zip(ask, answers, strict=True) if why}
    full = UnverifiedNote(text=note.text, lines=(*note.lines, *lines))
    if lines:
        write_file(log.folder / "witnessed", str(full).encode(), step=WITNESSED)
    by = {signer.key for signer in signers(full, policy.keys)}
    names = tuple(name for name, each in policy.witnesses.items() if each.key in by)
    return Seen(head=Checkpoint.parse(str(full)), by=names, silent=silent, enough=policy.met_by(by))


def _asked(
    log: Log, head: Checkpoint, witness: Named, old: int
) -> tuple[SignatureLine | None, str]:
    """A witness's line for `head`, or why there is none."""
    try:
        return ask_witness(log, head, witness, old=old), ""
    except _RolledBackError:
        raise
    except HabeasError as error:
        return None, error.says


class _RolledBackError(NotVerified):
    """A witness has seen more of this log than there is."""


def ask_witness(log: Log, head: Checkpoint, witness: Named, *, old: int) -> SignatureLine:
    """One witness's line for a checkpoint of this log, verified.

    old: the size we think it saw last; where it says another, we go on from that.
    """
    assert witness.url is not None
    address = Address(witness.url)
    try:
        reply = _post(address, log, head, min(old, head.size))
        if reply.status == 409:
            reply = _post(address, log, head, _size_there(reply, head, witness))
    finally:
        address.close()
    if reply.status != 200:
        raise NotVerified(f"the witness answered with HTTP {reply.status}", place=witness.name)
    return _line(reply, head, witness)


def _post(address: Address, log: Log, head: Checkpoint, old: int) -> Reply:
    body = write_request(old, log.consistency(old, head.size), head.note)
    kind = "text/plain; charset=utf-8"
    return address.post("add-checkpoint", body, kind=kind, limit=_ANSWER_LIMIT)


def _size_there(reply: Reply, head: Checkpoint, witness: Named) -> int:
    text = reply.body.decode(errors="replace").strip()
    if reply.kind.partition(";")[0] != SIZE or not text.isascii() or not text.isdigit():
        raise NotVerified("the witness answered without a size", place=witness.name)
    if len(text) > 18 or int(text) > head.size:
        raise _RolledBackError(
            f"{witness.name} has seen more of this log than its {head.size} entries: "
            "it was rolled back",
            remedy="restore the newest state of the log; a log never gets shorter",
        )
    return int(text)


def _line(reply: Reply, head: Checkpoint, witness: Named) -> SignatureLine:
    text = parse_note(head.note).text
    try:
        given = parse_note(f"{text}\n{reply.body.decode()}")
    except (UnicodeDecodeError, BadInput) as error:
        raise NotVerified("the witness's answer is no signature", place=witness.name) from error
    key = witness.key
    mine = [x for x in given.lines if (x.name, x.key_id) == (key.name, key.key_id)]
    signers(UnverifiedNote(text=text, lines=tuple(mine[:1])), [key])
    if not mine:
        raise NotVerified("the answer carries no line of this witness", place=witness.name)
    return mine[0]


def _enough(head: Checkpoint, policy: Policy) -> bool:
    return policy.met_by({signer.key for signer in signers(parse_note(head.note), policy.keys)})


def _same(a: Checkpoint, b: Checkpoint) -> bool:
    return (a.origin, a.size, a.root) == (b.origin, b.size, b.root)
