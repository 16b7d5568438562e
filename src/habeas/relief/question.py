"""The asker's side of the private check, in a form that can wait: RFC 9497, ristretto255-SHA512.

`relief.exposure.Check` lives in one process. A question that goes by file is answered hours
later, so what unblinds it is kept: the blind and the identifier, which is why the state stays
encrypted in the asker's home and is destroyed when the answer is read.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import sha512

from habeas.errors import BadInput, NotVerified
from habeas.relief.exposure import Kind, Publication, key_commitment, normalise
from habeas.relief.ristretto import BASE, ORDER, Point, decoded, mapped

_CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
_ANSWER = 96  # challenge, response, element: as the library of the answering side writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `blinded` may be sent; blind and plain stay with the asker."""

    leak: str
    kind: Kind
    blind: int = field(repr=False)
    plain: bytes = field(repr=False)

    @property
    def blinded(self) -> bytes:
        """The blinded element: the same identifier gives another one each time."""
        return _hash_to_group(self.plain).times(self.blind).to_bytes()

    def answer(self, evaluated: bytes, publication: Publication, *, commitment: str) -> bool:
        """Whether the identifier is in the published set.

        Raises NotVerified if the key is not the one committed, or the proof doesn't fit it: then
        the answer would mean nothing.
        """
        if (publication.leak, publication.kind) != (self.leak, self.kind):
            raise NotVerified("the set is of another leak or of another kind of identifier")
        if key_commitment(publication.public_key) != commitment:
            raise NotVerified("the key of this check is not the one committed in the log")
        return publication.holds(self.output(evaluated, publication.public_key))

    def output(self, evaluated: bytes, public_key: bytes) -> bytes:
        """The unblinded output, after the proof that the key's holder made it with that key."""
        if len(evaluated) != _ANSWER:
            raise NotVerified("the answer has not the size of an answer")
        element = evaluated[64:]
        challenge, response = (
            int.from_bytes(part, "little") for part in (evaluated[:32], evaluated[32:64])
        )
        blinded = self.blinded
        _check_proof(public_key, blinded, element, challenge=challenge, response=response)
        unblinded = decoded(element).times(pow(self.blind, -1, ORDER)).to_bytes()
        return sha512(_sized(self.plain) + _sized(unblinded) + b"Finalize").digest()


def new_question(kind: Kind, identifier: str, *, leak: str) -> Question:
    """A question about an identifier, blinded with a secret made for it alone."""
    plain = normalise(kind, identifier)
    return Question(leak=leak, kind=kind, blind=1 + secrets.randbelow(ORDER - 1), plain=plain)


def _check_proof(
    public_key: bytes, blinded: bytes, element: bytes, *, challenge: int, response: int
) -> None:
    """The proof of RFC 9497, 2.2.2, over one element; NotVerified if it doesn't fit."""
    if challenge >= ORDER or response >= ORDER:
        raise NotVerified("the answer's proof doesn't fit the committed key")
    seed = sha512(_sized(public_key) + _sized(b"Seed-" + _CONTEXT)).digest()
    weight = _hash_to_scalar(
        _sized(seed) + bytes(2) + _sized(blinded) + _sized(element) + b"Composite"
    )
    key, asked, given = decoded(public_key), decoded(blinded), decoded(element)
    m, z = asked.times(weight), given.times(weight)
    t2 = BASE.times(response) + key.times(challenge)
    t3 = m.times(response) + z.times(challenge)
    parts = [public_key, *(_encoded(each) for each in (m, z, t2, t3))]
    if _hash_to_scalar(b"".join(map(_sized, parts)) + b"Challenge") != challenge:
        raise NotVerified("the answer's proof doesn't fit the committed key")


def _encoded(point: Point) -> bytes:
    return point.to_bytes()


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _hash_to_group(data: bytes) -> Point:
    return mapped(_expanded(data, b"HashToGroup-" + _CONTEXT))


def _hash_to_scalar(data: bytes) -> int:
    return int.from_bytes(_expanded(data, b"HashToScalar-" + _CONTEXT), "little") % ORDER


def _expanded(data: bytes, tag: bytes) -> bytes:
    """64 uniform bytes: expand_message_xmd with SHA-512 (RFC 9380, 5.3.1); one block is enough."""
    tag = tag + bytes([len(tag)])
    first = sha512(bytes(128) + data + (64).to_bytes(2, "big") + b"\0" + tag).digest()
    return sha512(first + b"\1" + tag).digest()


def question_to_map(question: Question) -> dict[str, object]:
    """The state as plain values, to be encrypted."""
    return {
        "leak": question.leak,
        "kind": question.kind,
        "blind": question.blind.to_bytes(32, "little"),
        "plain": question.plain,
    }


def question_from_map(state: object) -> Question:
    """Read what `question_to_map` wrote; BadInput for anything else."""
    try:
        assert isinstance(state, dict)
        blind = int.from_bytes(state["blind"], "little")
        return Question(leak=state["leak"], kind=state["kind"], blind=blind, plain=state["plain"])
    except (AssertionError, KeyError, TypeError) as error:
        raise BadInput("the kept question is damaged", remedy="ask anew") from error
