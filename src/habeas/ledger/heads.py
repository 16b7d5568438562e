"""Which checkpoint of a log to give to somebody: the one that says most about their entries."""

from __future__ import annotations

from dataclasses import dataclass

from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.cosigning import witnessed, witnesses_of
from habeas.ledger.log import Log
from habeas.ledger.note import parse_note, signers
from habeas.ledger.receipt import Receipt
from habeas.ledger.timestamp import over, stamps_of

_TOKENS = 16  # in a bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A checkpoint with what others said of it. tokens: RFC 3161, over its text."""

    head: Checkpoint
    tokens: tuple[bytes, ...]
    policy: str | None


def evidence_for(log: Log, index: int) -> Evidence:
    """The checkpoint that covers entry `index` (and all before) and says most: seen by most
    witnesses of the log's policy, else stamped, else the newest.
    """
    asked = witnesses_of(log.folder)
    keys = () if asked is None else asked.policy.keys
    stamps = {parse_note(each.head.note).text: each for each in stamps_of(log.folder)}
    newest = log.checkpoint()
    # Of the stamped ones the first: it says the earliest time.
    stamped = next((s.head for s in stamps.values() if index < s.head.size <= newest.size), None)

    def tokens(head: Checkpoint) -> tuple[bytes, ...]:
        text = parse_note(head.note).text
        return over(text, stamps[text].tokens)[:_TOKENS] if text in stamps else ()

    def worth(head: Checkpoint) -> tuple[int, int, int]:
        return (len(signers(parse_note(head.note), keys)), len(tokens(head)), head.size)

    heads = [head for head in (newest, witnessed(log), stamped) if head]
    best = max((h for h in heads if index < h.size <= newest.size), key=worth)
    open_checkpoint(best.note, log.verifier)
    policy = None if asked is None else asked.policy.text
    return Evidence(head=best, tokens=tokens(best), policy=policy)


def receipt_of_entry(log: Log, index: int) -> Receipt:
    """Proof for entry `index` under the checkpoint that says most about it."""
    head = evidence_for(log, index).head
    proof = log.prove(index, size=head.size)
    return Receipt(index=index, size=head.size, proof=proof.hashes, checkpoint=head.note)
