"""One home in a process of its own: a JSON line in, a JSON line out. Opens no other home.

Some verbs are those of a party that cheats: they have its keys and its folder, and no other's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from habeas.errors import HabeasError
from habeas.ledger.cbor import decode, encode
from habeas.ledger.commitment import seal
from habeas.ledger.envelope import Attachment, write_envelope
from habeas.ledger.keys import VerifierKey
from habeas.ledger.log import Log
from habeas.procedures import case_clock, case_records, lodge_case, move_case, superior
from habeas.procedures.contacts import card_of, contact_named
from habeas.procedures.exchange_keys import own_card, read_card, signing_key
from habeas.procedures.init_home import init_home
from habeas.procedures.post import Draft, letters, post, raw_of, waiting
from habeas.procedures.prove_delivery import verify_delivery, verify_word
from habeas.procedures.read_inbox import has_gap, letter_with, receive
from habeas.procedures.read_letter import content_of, contradictions, proof_of
from habeas.procedures.replay_case import replay
from habeas.procedures.rotate_key import rotate_key
from habeas.procedures.send_envelope import send_envelope
from habeas.procedures.trust_party import trust_card


def b64(data):
    return base64.b64encode(data).decode()


def raw(text):
    return base64.b64decode(text)


def line(letter):
    return {
        "id": bytes(letter.digest).hex(),
        "type": letter.kind,
        "to": letter.contact.identity,
        "effect": letter.effect,
        "delivered": letter.delivered_at is not None,
        "direction": letter.direction,
    }


class Worker:
    home = None

    def init(self, now, folder, party, name):
        self.home = init_home(Path(folder), party=party, name=name, now=now)
        return self.home.keys.signing.vkey

    def card(self, now):
        return b64(own_card(self.home))

    def trust(self, now, card, name, superior=False):
        trust_card(self.home, read_card(raw(card)), name=name, now=now, superior=superior)

    def send(self, now, *, kind, to, body, thread=None, attachments=()):
        draft = Draft(
            kind=kind,
            body=body,
            thread=None if thread is None else bytes.fromhex(thread),
            attachments=tuple(Attachment(name=n, data=raw(d)) for n, d in attachments),
        )
        letter = send_envelope(self.home, draft, to=to, now=now)
        return {
            **line(letter),
            "raw": b64(raw_of(self.home, letter)),
            "thread": bytes(letter.thread).hex(),
        }

    def waiting(self, now):
        return [{**line(w), "raw": b64(raw_of(self.home, w))} for w in waiting(self.home)]

    def receive(self, now, raw_):
        done = receive(self.home, raw(raw_), now=now)
        receipt = None if done.receipt is None else b64(done.receipt)
        gap = has_gap(self.home, done.letter)
        return {**line(done.letter), "again": done.again, "receipt": receipt, "gap": gap}

    def letters(self, now):
        return [line(each) for each in letters(self.home).order_by("pk")]

    def content(self, now, id_):
        files = content_of(self.home, letter_with(self.home, id_))
        return {name: b64(data) for name, data in files.items()}

    def proof(self, now, id_):
        files = proof_of(self.home, letter_with(self.home, id_))
        return {name: b64(data) for name, data in files.items()}

    def rotate(self, now):
        return [bytes(each.digest).hex() for each in rotate_key(self.home, now=now)]

    def contradictions(self, now):
        return {name: data.decode() for name, data in contradictions(self.home).items()}

    # -- the docket

    def lodge(self, now, id_=None, file=None):
        if id_ is not None:
            return lodge_case.lodge_letter(self.home, id_, now=now).number
        return lodge_case.lodge_matter(self.home, Path(file), now=now).number

    def move(self, now, number, event, ground=None):
        return move_case.move_case(self.home, number, event, now=now, ground=ground).stage

    def offer(
        self, now, *, number, to, ground="not competent", kind="no_competence", facts=("none",)
    ):
        said = move_case.Offer(to=to, ground=ground, kind=kind, facts=tuple(facts))
        return move_case.offer_case(self.home, number, said, now=now).stage

    def refer(self, now, number, ground=None):
        return move_case.refer_case(self.home, number, ground=ground, now=now).stage

    def designate(self, now, number, to, ground="art 25"):
        return superior.designate(self.home, number, to=to, ground=ground, now=now).round

    def received_at(self, now, number):
        return case_records.case_numbered(self.home, number).received_at.isoformat()

    def dispute(self, now, number):
        row = superior.disputes(self.home).filter(number=number).first()
        parties = (row.asking, row.other, row.designated)
        return [None if each is None else each.identity for each in parties]

    def tick(self, now):
        return [(each.number, each.event) for each in case_clock.tick(self.home, now=now)]

    def stage(self, now, number):
        row = case_records.cases(self.home).filter(number=number).first()
        return None if row is None else row.stage

    def replay(self, now):
        found = replay(self.home)
        return {"agrees": found.agrees, "steps": found.steps, "differ": list(found.differ)}

    def row_changed(self, now, number, stage):
        case_records.cases(self.home).filter(number=number).update(stage=stage)

    def step_removed(self, now, number):
        """A clerk deletes the case and its entries from the records; the log stays."""
        from django.db import connections

        with connections[self.home.alias].cursor() as cursor:
            cursor.execute("DELETE FROM records_case WHERE number = %s", [number])
            cursor.execute("DELETE FROM records_entry WHERE kind = 'case.step'")

    # -- cheating

    def forged(self, now, raw_, changes):
        """The same envelope with other words in its signed part, signed again."""
        outer = decode(raw(raw_))
        signed = {**decode(outer["envelope"]), **changes}
        outer["envelope"] = encode(signed)
        outer["signature"] = signing_key(self.home).sign(
            b"habeas/envelope/v1\0" + outer["envelope"]
        )
        return b64(encode(outer))

    def same_id(self, now, raw_, to):
        """Another body under the id of an envelope sent before."""
        contact = contact_named(self.home, to)
        other = write_envelope(
            kind="answer",
            body={"says": "other"},
            key=signing_key(self.home),
            to=card_of(self.home, contact),
            now=now,
            seal=False,
        )
        outer, first = decode(other), decode(decode(raw(raw_))["envelope"])
        outer["envelope"] = encode({**decode(outer["envelope"]), "id": first["id"]})
        outer["signature"] = signing_key(self.home).sign(
            b"habeas/envelope/v1\0" + outer["envelope"]
        )
        return b64(encode(outer))

    def docket_message(self, now, to, kind, body, thread):
        """A message of the docket that this home's docket never made."""
        return self._posted(now, to, kind, body, bytes.fromhex(thread))

    def _posted(self, now, to, kind, body, thread):
        from habeas.procedures.exchange_writes import SEND
        from habeas.procedures.transaction import committing

        with committing(self.home, SEND):
            draft = Draft(kind=kind, body=body, thread=thread)
            letter = post(self.home, draft, to=contact_named(self.home, to), now=now)
        return b64(raw_of(self.home, letter))

    def half_change(self, now, to, broken):
        """A change of key in which one part is wrong: a thief has one key and not the other."""
        from habeas.ledger.keys import SigningKey
        from habeas.procedures.exchange_keys import signed_change

        old, new = signing_key(self.home), SigningKey.generate(self.home.origin)
        said = signed_change(old.verifier, new.verifier)
        whole = {"vkey": new.vkey, "signature": new.sign(said), "old_signature": old.sign(said)}
        wrong = {
            "signature": old.sign(said),
            "old_signature": new.sign(said),
            "vkey": SigningKey.generate(self.home.origin).vkey,
        }
        body = {**whole, broken: wrong[broken]} if broken in wrong else {**whole, broken[1:]: 5}
        return self._posted(now, to, "key_change", body, None)

    def other_log(self, now, raw_, size):
        """A receipt out of a second log under the same key, of a size shown before."""
        digest = hashlib.sha256(decode(raw(raw_))["envelope"]).digest()
        made = seal({"envelope": digest.hex()}, kind="envelope.received", now=now)
        filler = [seal({"n": n}, kind="filler", now=now).leaf for n in range(size - 1)]
        key = self.home.keys.signing
        with (
            tempfile.TemporaryDirectory() as folder,
            Log.create(Path(folder) / "log", origin=key.name, key=key) as log,
        ):
            log.append([*filler, made.leaf])
            receipt = log.receipt(size - 1).to_json()
        sender = decode(decode(raw(raw_))["envelope"])["from"]
        contact = next(
            c for c in (each.contact for each in letters(self.home)) if c.identity == sender
        )
        body = {
            "of": digest,
            "leaf": made.leaf,
            "salt": made.salt,
            "payload": made.payload,
            "receipt": receipt,
        }
        return b64(
            write_envelope(
                kind="receipt",
                body=body,
                key=signing_key(self.home),
                to=card_of(self.home, contact),
                now=now,
                seal=False,
            )
        )

    def verify(self, now, envelope, receipt, vkey, signer=None):
        """Anybody's check: needs no home."""
        found = verify_delivery(
            raw(envelope),
            raw(receipt),
            log_key=VerifierKey.parse(vkey),
            signer=None if signer is None else VerifierKey.parse(signer),
        )
        return {"index": found.index, "size": found.size, "type": found.kind}

    def verify_word(self, now, envelope, vkey):
        head = verify_word(raw(envelope), signer=VerifierKey.parse(vkey))
        return {"type": head.kind, "previous": head.previous and head.previous.hex()}


def main():
    worker = Worker()
    for text in sys.stdin:
        asked = json.loads(text)
        now = datetime.fromisoformat(asked.pop("now"))
        verb = getattr(worker, asked.pop("do"))
        try:
            answer = {"ok": verb(now, **asked)}
        except HabeasError as error:
            answer = {"error": error.code, "says": error.sentence()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
