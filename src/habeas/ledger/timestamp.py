"""Trusted time stamps over a checkpoint's text (RFC 3161): that it existed at a time, by somebody
else's clock.

What is stamped is the SHA-256 of the note's *text*, which stays the same while witnesses add
their lines. A token stands beside the checkpoint, in `<log>/stamps/<size>/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from habeas.errors import BadInput, NotVerified
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.fetch import Address
from habeas.ledger.files import declare_step, write_file
from habeas.ledger.note import parse_note

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

STAMP = declare_step(
    "log.stamp",
    lands="a checkpoint and a time stamp over it, beside the log",
    crash="a checkpoint without a stamp, or both; stamping again is no error",
)
SIZE_LIMIT = 64 * 1024
_SHA256 = "2.16.840.1.101.3.4.2.1"
# What `cryptography` says of a certificate it can not read.
_DAMAGED = (
    ValueError,
    KeyError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_QUERY = "application/timestamp-query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a token says. by: the name in the certificate that signed it."""

    time: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Certificates at which a stamp's chain may end: the authorities one believes."""

    certificates: tuple[x509.Certificate, ...]

    @classmethod
    def read(cls, path: Path) -> Roots:
        """The certificates of a PEM file; BadInput if there is none."""
        try:
            found = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise BadInput(
                "holds no certificate that can be read", file=path, remedy="name a PEM file"
            ) from error
        return cls(certificates=found)


def request_stamp(url: str, text: str, *, roots: Roots | None = None) -> bytes:
    """A time stamp over a note's text from the authority at `url`, checked before it is returned.

    roots: refuse a stamp that doesn't lead to one of these. NotVerified, or BadInput if the
    authority can't be reached.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    query = builder.cert_request(cert_request=True).build()
    address = Address(url)
    try:
        reply = address.post("", query.as_bytes(), kind=_QUERY, limit=SIZE_LIMIT)
    finally:
        address.close()
    if reply.status != 200:
        raise BadInput(f"the authority answered with HTTP {reply.status}")
    if _decoded(reply.body).tst_info.nonce != query.nonce:
        raise NotVerified("the stamp answers another request than ours")
    if roots is None:
        claimed_stamp(reply.body, text)
    else:
        verify_stamp(reply.body, text, roots)
    return reply.body


def claimed_stamp(token: bytes, text: str) -> Stamp:
    """What a token says of this text, its signature unchecked: anybody can make such a token.

    NotVerified if it is not over this text at all.
    """
    found = _decoded(token)
    said = found.tst_info.message_imprint
    if said.hash_algorithm.dotted_string != _SHA256:
        raise NotVerified("the time stamp uses another digest than SHA-256")
    if said.message != sha256(text.encode()).digest():
        raise NotVerified("the time stamp is over something else")
    return Stamp(time=found.tst_info.gen_time.astimezone(UTC), by=_signer(found))


def verify_stamp(token: bytes, text: str, roots: Roots) -> Stamp:
    """What a token says, if its chain leads to one of `roots` and held when it was made."""
    from rfc3161_client import VerificationError, VerifierBuilder

    stamp = claimed_stamp(token, text)
    found = _decoded(token)
    inside = _certificates(found)
    ends = roots.certificates
    verifier = VerifierBuilder(
        roots=list(ends), intermediates=[each for each in inside if each not in ends]
    ).build()
    try:
        verifier.verify_message(found, text.encode())
    except (VerificationError, *_DAMAGED) as error:
        raise NotVerified("the time stamp doesn't lead to an authority you named") from error
    return stamp


def _decoded(token: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    if len(token) > SIZE_LIMIT:
        raise BadInput(f"a time stamp has at most {SIZE_LIMIT} bytes")
    try:
        found = decode_timestamp_response(token)
        granted = found.status == 0
        if granted:
            found.tst_info.gen_time  # noqa: B018 - parsed here, so that damage shows here
    except ValueError as error:
        # Strict DER: an authority that sends its certificates unsorted (OpenSSL with a chain
        # in `certs`) is refused here rather than by whoever reads the evidence later.
        raise BadInput(
            "the time stamp is not in the one encoding of RFC 3161 (DER)",
            remedy="let the authority send its own certificate alone, without the chain",
        ) from error
    if not granted:
        raise NotVerified("the authority refused to stamp")
    return found


def _certificates(found: TimeStampResponse) -> list[x509.Certificate]:
    try:
        certificates = [
            x509.load_der_x509_certificate(der) for der in found.signed_data.certificates
        ]
        for each in certificates:
            each.subject  # noqa: B018 - parsed here, so that damage shows here
            each.issuer  # noqa: B018
    except _DAMAGED as error:
        raise NotVerified("a certificate of the time stamp is damaged") from error
    return certificates


def _signer(found: TimeStampResponse) -> str:
    """The name of the certificate whose key signed; NotVerified unless there is one such."""
    try:
        names = {
            (each.issuer, each.serial_number): each.subject.rfc4514_string()
            for each in _certificates(found)
        }
        [info] = found.signed_data.signer_infos
        if len(names) < len(found.signed_data.certificates):
            # Two that differ under one issuer and number: one of them is not the signer's.
            raise NotVerified("a certificate of the time stamp is damaged")
        signer = (info.issuer, info.serial_number)
        return names.get(signer, f"{info.issuer.rfc4514_string()}, {info.serial_number}")
    except _DAMAGED as error:
        raise NotVerified("the signer of the time stamp can't be read") from error


# ---- beside a log


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A checkpoint of a log that was kept because it is stamped, and its tokens."""

    head: Checkpoint
    tokens: tuple[bytes, ...]


def keep_stamp(folder: Path, head: Checkpoint, token: bytes) -> None:
    """Keep a token beside the log in `folder`, with the checkpoint it is over."""
    claimed_stamp(token, parse_note(head.note).text)
    place = folder / "stamps" / str(head.size)
    write_file(place / "checkpoint", head.note.encode(), step=STAMP)
    write_file(place / f"{sha256(token).hexdigest()[:16]}.tsr", token, step=STAMP)


def stamps_of(folder: Path) -> list[Stamped]:
    """The stamped checkpoints beside a log, smallest first. Unverified, as everything on disk."""
    found = []
    sizes = [p for p in (folder / "stamps").glob("*") if p.name.isascii() and p.name.isdigit()]
    for place in sorted(sizes, key=lambda p: int(p.name)):
        tokens = tuple(each.read_bytes() for each in sorted(place.glob("*.tsr")))
        if tokens:
            head = Checkpoint.parse((place / "checkpoint").read_bytes())
            found.append(Stamped(head=head, tokens=tokens))
    return found


def over(text: str, tokens: Sequence[bytes]) -> tuple[bytes, ...]:
    """Those of the tokens that are over this text; what isn't is left out."""
    return tuple(token for token in tokens if _is_over(token, text))


def _is_over(token: bytes, text: str) -> bool:
    try:
        claimed_stamp(token, text)
    except (BadInput, NotVerified):
        return False
    return True
