"""A witness: it signs that a log it knows only ever grew (C2SP tlog-witness).

    <folder>/witness.key           its own key, of type 04 or 06, readable by its owner alone
    <folder>/vkey                  the public half, to be published
    <folder>/logs/<name>/vkey      a log it watches; <name> is SHA-256 of the origin, 32 digits
    <folder>/logs/<name>/seen      the last checkpoint it signed, with its own line
    <folder>/logs/<name>/contradiction-<digest>   two checkpoints of one size: the log lied

The whole promise is the order in `add`: what was seen is durable before the signature leaves.
"""

from __future__ import annotations

import binascii
import re
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from habeas.errors import BadInput, HabeasError, NotVerified
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.contradiction import contradiction
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.keys import KeyKind, SigningKey, VerifierKey, unbase64
from habeas.ledger.lock import release, take_lock
from habeas.ledger.note import SignatureLine, UnverifiedNote, cosign, parse_note
from habeas.ledger.tree import verify_consistency

WITNESS_LOG = declare_step(
    "witness.log",
    lands="the public key of a log that a witness watches from now on, or its own",
    crash="the log is watched or not; naming it again is no error",
)
WITNESS_SEEN = declare_step(
    "witness.seen",
    lands="the checkpoint a witness is about to sign for: **the commit point** of a cosignature",
    crash="the old checkpoint or the new one; no signature left the house, and the log asks again",
)
WITNESS_PROOF = declare_step(
    "witness.proof",
    lands="two checkpoints of one log that contradict each other",
    crash="no proof, or the whole of it; the log has to show the second one again",
)
REQUEST_LIMIT = 128 * 1024
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_PROOFS_KEPT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the witness answers, as HTTP: status, body, content type."""

    status: int
    body: str = ""
    kind: str = TEXT


class Witness:
    """One witness in its folder. `close` lets another process in."""

    def __init__(self, folder: Path, *, key: SigningKey, lock: int) -> None:
        """Not for callers: use `Witness.open`."""
        self.folder, self._key, self._lock = folder, key, lock
        self._one_at_a_time = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        name: str | None = None,
        kind: KeyKind = KeyKind.COSIGNATURE,
    ) -> Self:
        """Open a witness's folder; with `name`, make it with a key of `kind` if there is none."""
        folder = Path(folder)
        if not (folder / "witness.key").exists():
            _make(folder, name, kind)
        key = SigningKey.from_file(folder / "witness.key")
        if key.kind is KeyKind.ED25519:
            raise BadInput("is not the key of a witness", file=folder / "witness.key")
        if name is not None and key.name != name:
            raise BadInput("this witness has another name", file=folder, place="name")
        lock = take_lock(folder, says="this witness is running already")
        return cls(folder, key=key, lock=lock)

    def close(self) -> None:
        release(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def verifier(self) -> VerifierKey:
        return self._key.verifier

    def watch(self, key: VerifierKey) -> None:
        """Sign for this log from now on. Refuses a second key for one origin: that is a fork."""
        path = self._place(key.name) / "vkey"
        if key.public == self.verifier.public:
            raise BadInput("a witness that is the log itself is no witness", place="--log")
        known = self._log(key.name)
        if known is not None and known != key:
            raise BadInput("this witness knows that log under another key", place="--log")
        if known is None:
            write_file(path, f"{key.vkey}\n".encode(), step=WITNESS_LOG)

    def seen(self, origin: str) -> Checkpoint | None:
        """The last checkpoint signed for a log."""
        path = self._place(origin) / "seen"
        try:
            return Checkpoint.parse(path.read_bytes()) if path.exists() else None
        except (OSError, BadInput) as error:
            # Never go on from nothing: an empty memory would sign any fork.
            raise BadInput("can't be read", file=path, remedy="restore it from a backup") from error

    def proofs(self) -> list[Path]:
        """The contradictions kept so far."""
        return sorted(self.folder.glob("logs/*/contradiction-*"))

    def add(self, request: bytes, *, time: int) -> Verdict:
        """Answer one add-checkpoint request at `time` (Unix seconds)."""
        try:
            old, proof, raw = _parse(request)
        except BadInput as error:
            return Verdict(status=400, body=f"{error.says}\n")
        key = self._log(raw.partition("\n")[0])
        if key is None:
            return Verdict(status=404, body="this witness doesn't watch that log\n")
        try:
            head = open_checkpoint(raw, key)
        except HabeasError as error:
            return Verdict(status=403, body=f"{error.says}\n")
        with self._one_at_a_time:
            return self._judge(old, proof, head, key, time)

    def _judge(
        self, old: int, proof: list[bytes], head: Checkpoint, key: VerifierKey, time: int
    ) -> Verdict:
        # 1. The log asks to go on from what this witness signed last, and not back.
        if old > head.size:
            return Verdict(status=400, body="the old size is larger than the checkpoint's\n")
        last = self.seen(head.origin)
        size, root = (last.size, last.root) if last else (0, None)
        if last is not None and last.size == head.size and last.root != head.root:
            self._keep_proof(last, head, key)
            return Verdict(status=422, body="another root was signed for this size\n")
        if old != size:
            return Verdict(status=409, body=f"{size}\n", kind=SIZE)
        # 2. It only grew.
        if root is not None and size > 0:
            try:
                _only_grew(size, root, head, proof)
            except NotVerified:
                return Verdict(status=422, body="the consistency proof doesn't fit\n")
        elif proof:
            return Verdict(status=422, body="an empty log needs no consistency proof\n")
        # 3. Remember, then sign.
        signed = cosign(parse_note(head.note), self._key, time=time)
        if last is None or head.size > last.size:
            mine = UnverifiedNote(text=signed.text, lines=(*_of(key, signed), signed.lines[-1]))
            path = self._place(head.origin) / "seen"
            write_file(path, str(mine).encode(), step=WITNESS_SEEN)
        return Verdict(status=200, body=f"{signed.lines[-1]}\n")

    def _keep_proof(self, last: Checkpoint, head: Checkpoint, key: VerifierKey) -> None:
        place = self._place(head.origin)
        if len(list(place.glob("contradiction-*"))) >= _PROOFS_KEPT:
            return
        text = contradiction(last.note, head.note, key=key).to_text().encode()
        path = place / f"contradiction-{sha256(head.root).hexdigest()[:16]}"
        if not path.exists():
            write_file(path, text, step=WITNESS_PROOF)

    def _place(self, origin: str) -> Path:
        return self.folder / "logs" / sha256(origin.encode()).hexdigest()[:32]

    def _log(self, origin: str) -> VerifierKey | None:
        path = self._place(origin) / "vkey"
        try:
            return VerifierKey.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput("the key of a log can't be read", file=path) from error


def _make(folder: Path, name: str | None, kind: KeyKind) -> None:
    if name is None:
        raise BadInput("there is no witness here", file=folder, remedy="name it with --name")
    folder.mkdir(parents=True, exist_ok=True)
    key = SigningKey.generate(name, kind=kind)
    write_file(folder / "vkey", f"{key.vkey}\n".encode(), step=WITNESS_LOG)
    key.to_file(folder / "witness.key")


def _of(key: VerifierKey, note: UnverifiedNote) -> tuple[SignatureLine, ...]:
    """The log's own lines in a note: what strangers added is not kept."""
    return tuple(x for x in note.lines if (x.name, x.key_id) == (key.name, key.key_id))[:1]


def _only_grew(size: int, root: bytes, head: Checkpoint, proof: list[bytes]) -> None:
    if size == head.size:
        if proof or root != head.root:
            raise NotVerified("the same size needs no proof")
        return
    verify_consistency(old=size, new=head.size, proof=proof, old_root=root, new_root=head.root)


def _parse(request: bytes) -> tuple[int, list[bytes], str]:
    """Old size, proof and unread note of a request; BadInput unless it has that form."""
    if len(request) > REQUEST_LIMIT:
        raise BadInput(f"a request has at most {REQUEST_LIMIT} bytes")
    try:
        head, gap, note = request.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise BadInput("the request is not UTF-8 text") from error
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if not old or not gap or len(lines) > 63:
        raise BadInput("the request is not an old size, a proof and a checkpoint")
    try:
        return int(old[1]), [unbase64(line) for line in lines], note
    except (ValueError, binascii.Error) as error:
        raise BadInput("a line of the proof is damaged") from error


def write_request(old: int, proof: list[bytes], note: str) -> bytes:
    """The body of an add-checkpoint request."""
    hashes = "".join(f"{binascii.b2a_base64(each, newline=False).decode()}\n" for each in proof)
    return f"old {old}\n{hashes}\n{note}".encode()
