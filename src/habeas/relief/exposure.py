"""Am I in the leak? A check that tells the controller nothing and gives away no list.

The controller publishes, from its own list of persons affected, the outputs of a verifiable
oblivious function (RFC 9497, ristretto255-SHA512) and the public key, which is committed in its
log beforehand. A person sends a blinded form of their phone number or mail address, gets it
evaluated with a proof, unblinds it and looks for the result in the published set on their own
machine. The controller sees neither the identifier nor the result; the proof shows that it used
the committed key and not one made for this person.

What it does not stop: somebody who tries all phone numbers, one evaluation each. Hence the rate
limit belongs to whoever serves `evaluate`, and sensitive leaks ask for control of the address.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from voprf import ristretto

from habeas.errors import BadInput, NotVerified

Kind = Literal["mobile_cn", "email", "cn_resident_id"]
_TRUNCATED = 16
_LIMIT = 1_000_000
_MOBILE = re.compile(r"1[3-9]\d{9}\Z")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
_RESIDENT = re.compile(r"\d{17}[\dX]\Z")


def normalise(kind: Kind, text: str) -> bytes:
    """The one way in which an identifier is written before it is hashed, on both sides.

    mobile_cn: +86 and 11 digits (E.164). email: lower case. cn_resident_id: 18 digits, capital X.
    Full-width digits are folded, spaces and dashes left out. Raises BadInput without the value.

    >>> normalise("mobile_cn", "0086 138-0013-8000")
    b'mobile_cn:+8613800138000'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if kind == "email":
        found = plain.casefold()
        return _checked(kind, found, _MAIL, found)
    digits = re.sub(r"[\s\-.()]", "", plain)
    if kind == "mobile_cn":
        local = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
        return _checked(kind, local, _MOBILE, f"+86{local}")
    return _checked(kind, digits.upper(), _RESIDENT, digits.upper())


def _checked(kind: Kind, text: str, pattern: re.Pattern[str], written: str) -> bytes:
    if not pattern.match(text):
        raise BadInput(f"is not an identifier of the kind {kind}", remedy="check what was typed")
    return f"{kind}:{written}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is published of a leak: the key, its commitment, and the sorted truncated outputs.

    outputs: 16 bytes each, sorted, no repeats. Whoever holds it can test an identifier only
    with one evaluation by the key's holder each.
    """

    leak: str
    kind: Kind
    public_key: bytes
    outputs: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.outputs) % _TRUNCATED:
            raise BadInput("the published set is damaged", remedy="fetch it again")

    @property
    def count(self) -> int:
        return len(self.outputs) // _TRUNCATED

    @property
    def digest(self) -> str:
        """SHA-256 of the set, for the log entry that announces it."""
        return sha256(self.outputs).hexdigest()

    def holds(self, output: bytes) -> bool:
        """Whether an output is in the set; one binary search, on the person's own machine."""
        wanted = output[:_TRUNCATED]
        at = bisect_left(range(self.count), wanted, key=self._at)
        return at < self.count and self._at(at) == wanted

    def _at(self, index: int) -> bytes:
        return self.outputs[index * _TRUNCATED : (index + 1) * _TRUNCATED]


def key_commitment(public_key: bytes) -> str:
    """What is logged before the check opens, so that the key can't be chosen per person."""
    return sha256(b"habeas/exposure/v1\0" + public_key).hexdigest()


class ExposureKey:
    """The controller's secret for one leak: 32 bytes of seed, never used for another leak."""

    def __init__(self, seed: bytes, *, leak: str) -> None:
        if len(seed) != 32:
            raise BadInput("an exposure key is made from 32 secret bytes")
        self._leak = leak
        self._evaluator = ristretto.Evaluator.from_seed(seed, f"habeas/exposure/{leak}".encode())

    @property
    def public_key(self) -> bytes:
        return bytes(self._evaluator.public_key.serialize())

    def publish(
        self,
        identifiers: Iterable[str],
        *,
        kind: Kind,
        progress: Callable[[int], None] | None = None,
    ) -> Publication:
        """The set for the persons affected, at most one million identifiers.

        An identifier that can't be normalised is an error that names its position, not its value:
        leaving it out in silence would tell that person they are safe.
        """
        found: set[bytes] = set()
        for at, identifier in enumerate(identifiers, start=1):
            if at > _LIMIT:
                raise BadInput("a set holds at most one million", remedy="publish it in parts")
            try:
                plain = normalise(kind, identifier)
            except BadInput as error:
                raise BadInput(error.says, place=f"row {at}", remedy="correct the list") from error
            found.add(bytes(self._evaluator.evaluate_known_input(plain))[:_TRUNCATED])
            if progress is not None:
                progress(at)
        return Publication(
            leak=self._leak,
            kind=kind,
            public_key=self.public_key,
            outputs=b"".join(sorted(found)),
        )

    def evaluate(self, blinded: bytes) -> bytes:
        """Answer one blinded question; the proof that this key was used is in the answer."""
        try:
            question = ristretto.BlindedInput.deserialize(blinded)
        except Exception as error:  # the extension raises its own types
            raise BadInput("is not a blinded question") from error
        return bytes(self._evaluator.evaluate(question).serialize())


class Check:
    """A person's side of one check. `question` may be sent; nothing else leaves the machine."""

    def __init__(self, kind: Kind, identifier: str) -> None:
        self._plain = normalise(kind, identifier)
        self._client, blinded = ristretto.Client.blind(self._plain)
        self.question: bytes = bytes(blinded.serialize())

    def answer(self, evaluated: bytes, publication: Publication, *, commitment: str) -> bool:
        """Whether the identifier is in the published set.

        commitment: from the controller's log, proved before. Raises NotVerified if the key is
        another one, or if the proof doesn't fit: then the answer would mean nothing.
        """
        if key_commitment(publication.public_key) != commitment:
            raise NotVerified("the key of this check is not the one committed in the log")
        try:
            output = self._client.finalize(
                ristretto.VerifiableOutput.deserialize(evaluated),
                ristretto.PublicKey.deserialize(publication.public_key),
            )
        except Exception as error:  # the extension raises its own types
            raise NotVerified("the answer's proof doesn't fit the committed key") from error
        return publication.holds(bytes(output))
