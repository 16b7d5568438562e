"""Signed notes: a text and the lines of its signers (C2SP signed-note, tlog-cosignature)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from habeas.errors import BadInput, NotVerified
from habeas.ledger.keys import KeyKind, SigningKey, VerifierKey, unbase64

SIZE_LIMIT = 1_000_000
SIGNATURE_LIMIT = 100
_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<blob>[A-Za-z0-9+/]+=*)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """Who signed, by name and key id, and what they wrote."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        blob = base64.b64encode(self.key_id + self.signature).decode()
        return f"— {self.name} {blob}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedNote:
    """A note as it was read: nobody has checked its signatures yet."""

    text: str
    lines: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One known key whose line holds; `time` (Unix seconds) is a cosigner's."""

    key: VerifierKey
    time: int | None


def parse_note(data: str | bytes) -> UnverifiedNote:
    """Read a note; BadInput if it isn't one."""
    raw = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    if len(raw) > SIZE_LIMIT:
        raise BadInput(f"a note has at most {SIZE_LIMIT} bytes")
    try:
        note = raw.decode()
    except UnicodeDecodeError as error:
        raise BadInput("the note is not UTF-8 text") from error
    text, gap, block = note.rpartition("\n\n")
    if _CONTROL.search(note) or not gap or not block.endswith("\n"):
        raise BadInput("the note is not a text, an empty line and signatures")
    lines = tuple(_parse_line(line) for line in block[:-1].split("\n"))
    if len(lines) > SIGNATURE_LIMIT:
        raise BadInput(f"a note has at most {SIGNATURE_LIMIT} signatures")
    return UnverifiedNote(text=text + "\n", lines=lines)


def _parse_line(line: str) -> SignatureLine:
    found = _LINE.fullmatch(line)
    try:
        blob = unbase64(found["blob"]) if found else b""
    except (ValueError, binascii.Error):
        blob = b""
    if not found or len(blob) < 5:
        raise BadInput("a signature line of the note is damaged")
    return SignatureLine(name=found["name"], key_id=blob[:4], signature=blob[4:])


def sign_note(text: str, keys: Sequence[SigningKey]) -> UnverifiedNote:
    """A note with one line for each key. A cosigner's line needs a time: see `cosign`."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("the text of a note ends its last line and holds no control characters")
    return UnverifiedNote(text=text, lines=tuple(_sign(text, key) for key in keys))


def _sign(text: str, key: SigningKey) -> SignatureLine:
    if key.kind is not KeyKind.ED25519:
        raise ValueError("a cosigner's key signs with a time: use cosign")
    return _line(key, key.sign(text.encode()))


def cosign(note: UnverifiedNote, key: SigningKey, *, time: int) -> UnverifiedNote:
    """Add a witness's line: it saw this checkpoint at `time` (Unix seconds)."""
    if key.kind is KeyKind.ED25519:
        raise ValueError("a log's key doesn't cosign: a witness has a key of its own")
    signature = key.sign(_cosigned_by(key, note.text, time))
    line = _line(key, time.to_bytes(8, "big") + signature)
    return UnverifiedNote(text=note.text, lines=(*note.lines, line))


def _line(key: SigningKey, signature: bytes) -> SignatureLine:
    return SignatureLine(name=key.name, key_id=key.verifier.key_id, signature=signature)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _cosigned_by(key: SigningKey | VerifierKey, text: str, time: int) -> bytes:
    """What a cosigner of this type signs; BadInput if type 06 is to sign what is no checkpoint."""
    if key.kind is not KeyKind.ML_DSA_44:
        return _cosigned(text, time)
    origin, size, root, *_ = [*text.split("\n"), "", ""]
    try:
        end, digest = int(size).to_bytes(8, "big"), unbase64(root)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise BadInput("the note is not a checkpoint: origin, size, root") from error
    name, of = key.name.encode(), origin.encode()
    if len(digest) != 32 or len(name) > 255 or len(of) > 255:
        raise BadInput("the note is not a checkpoint: origin, size, root")
    return b"".join(
        (
            b"subtree/v1\n\x00",
            bytes([len(name)]),
            name,
            time.to_bytes(8, "big"),
            bytes([len(of)]),
            of,
            bytes(8),  # the subtree begins with the first entry: the whole log
            end,
            digest,
        )
    )


def signers(note: UnverifiedNote, keys: Iterable[VerifierKey]) -> tuple[Signer, ...]:
    """Those of `keys` who signed. Lines of unknown keys are ignored; a known key's line that
    doesn't fit rejects the note: NotVerified. The first line of a key counts.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[tuple[str, bytes], Signer] = {}
    for line in note.lines:
        key = known.get((line.name, line.key_id))
        if key is not None:
            found.setdefault((key.name, key.key_id), _check(note.text, line, key))
    return tuple(found.values())


def _check(text: str, line: SignatureLine, key: VerifierKey) -> Signer:
    if key.kind is KeyKind.ED25519:
        key.verify(text.encode(), line.signature)
        return Signer(key=key, time=None)
    if len(line.signature) != 8 + key.kind.signature_size:
        raise NotVerified(f"the signature of {key.name} doesn't fit")
    time = int.from_bytes(line.signature[:8], "big")
    key.verify(_cosigned_by(key, text, time), line.signature[8:])
    return Signer(key=key, time=time)
