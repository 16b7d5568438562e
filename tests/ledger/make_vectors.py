"""Write specs/vectors/bundle-v1 and bundle-v2 anew: `python tests/ledger/make_vectors.py FOLDER`.

FOLDER is specs/vectors. Published files stay as they are: those by Habeas' own writer (whose salts
are fresh each time) and the time stamps are made only where they are missing; the hostile ones come
out the same every time.
Run from the root of the repository with PYTHONPATH=.
"""

from __future__ import annotations

import json
import random
import secrets
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
from tests.ledger import hostile
from tests.ledger.tsa import Authority

from habeas.ledger.bundle import BundleEntry, make_bundle
from habeas.ledger.bundle_file import Bundle, statement_text
from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.commitment import PersonLink, seal
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.log import Log
from habeas.ledger.note import cosign, parse_note, sign_note

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
STREAM = random.Random(20261124)


def make(target: Path) -> None:
    key, other, witness, puppet = _keys()
    bundles, cases = _bundles(key, other, witness, puppet), []
    for name, (bundle, outcome, answers, why) in bundles.items():
        data = bundle if isinstance(bundle, bytes) else bundle.to_bytes()
        path = target / f"{name}.bundle"
        if not path.exists():
            path.write_bytes(data)
        case = {
            "file": f"{name}.bundle",
            "why": why,
            "trusted": [key.vkey],
            "witnesses": [witness.vkey],
        }
        if name == "good-no-trusted-key":
            case["trusted"] = []
        if name == "puppet-witness":
            case["witnesses"] = [puppet.vkey]
        cases.append(case | {"outcome": outcome, "answers": answers})
    named = {
        name: (case, [hostile.KEY.vkey], [hostile.WITNESS.vkey])
        for name, case in hostile.cases().items()
    }
    cases += _hostile(target, named | hostile.named())
    _list(target, cases)


def _hostile(
    target: Path, given: dict[str, tuple[hostile.Case, list[str], list[str]]]
) -> list[Any]:
    """Write the bundles of a controller that signs what it likes; return their cases."""
    made = []
    for name, ((data, outcome, answers, why), trusted, witnesses) in given.items():
        (target / f"{name}.bundle").write_bytes(data)
        case = {"file": f"{name}.bundle", "why": why, "trusted": trusted, "witnesses": witnesses}
        made.append(case | {"outcome": outcome, "answers": answers})
    return made


def stamped(target: Path) -> None:
    """Version 2: bundles with time stamps, of an authority that nobody named."""
    story = hostile.Story(hostile.chain(1, 2, 3), count=3)
    tokens = [_token(target / "checkpoint.tsr", story.text()), _token(target / "other.tsr", "x\n")]
    keys = ([hostile.KEY.vkey], [hostile.WITNESS.vkey])
    made = hostile.stamped(story, *tokens)
    _list(target, _hostile(target, {name: (case, *keys) for name, case in made.items()}))


def _token(path: Path, text: str) -> bytes:
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            query = Path(folder) / "query"
            asked = ["openssl", "ts", "-query", "-sha256", "-cert", "-no_nonce", "-out", query]
            subprocess.run([*asked, "-digest", sha256(text.encode()).hexdigest()], check=True)
            path.write_bytes(Authority(Path(folder) / "tsa").reply(query.read_bytes()))
    return path.read_bytes()


def _list(target: Path, cases: list[Any]) -> None:
    text = {"format": "habeas/bundle-vectors/v1", "cases": cases}
    (target / "vectors.json").write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n")


def _keys() -> tuple[SigningKey, ...]:
    key = SigningKey(name="platform.example/log", seed=STREAM.randbytes(32))
    other = SigningKey(name="platform.example/log", seed=STREAM.randbytes(32))
    witness = SigningKey(
        name="consumers.example/witness", kind=KeyKind.COSIGNATURE, seed=STREAM.randbytes(32)
    )
    puppet = SigningKey(name="friend.example/witness", kind=KeyKind.COSIGNATURE, seed=key.seed)
    return key, other, witness, puppet


def _entries(log: Log) -> list[BundleEntry]:
    made, previous = [], None
    log.append([seal({"n": n}, kind="notice.published", now=NOW).leaf for n in range(3)])
    for counter, act in enumerate(("choice.given", "release.included", "choice.withdrawn"), 1):
        payload = {
            "act": act,
            "person": PersonLink(counter=counter, previous=previous).as_payload(),
        }
        sealed = seal(payload, kind=act, now=NOW)
        previous = sealed.commitment
        made.append((sealed, payload, act, log.append([sealed.leaf])[0]))
        log.append([seal({"n": n}, kind="trace.made", now=NOW).leaf for n in range(2)])
    return [
        BundleEntry(
            record_id=s.record_id,
            kind=act,
            payload=p,
            salt=s.salt,
            leaf=s.leaf,
            index=i,
            proof=log.prove(i).hashes,
        )
        for s, p, act, i in made
    ]


def _bundles(
    key: SigningKey, other: SigningKey, witness: SigningKey, puppet: SigningKey
) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Log.create(Path(folder) / "log", origin=key.name, key=key) as log,
    ):
        entries, plain = _entries(log), log.checkpoint()
    head = Checkpoint.parse(str(cosign(parse_note(plain.note), witness, time=1_795_000_000)))
    given: dict[str, Any] = {
        "vkey": key.vkey,
        "book_hash": "sha256:00",
        "created": NOW,
        "subject_count": 3,
    }
    data = make_bundle(entries=entries, checkpoint=head, key=key, **given)
    good, unsigned = (
        Bundle.from_bytes(data),
        Bundle.from_bytes(make_bundle(entries=entries, checkpoint=head, **given)),
    )
    first, *rest = unsigned.items
    forged = Checkpoint.sign(origin=key.name, size=plain.size, root=plain.root, keys=[other])
    text = statement_text(
        replace(good.about, count=2), [i.leaf for i in good.items], size=head.size, root=head.root
    )
    lie = replace(good, about=replace(good.about, count=2), statement=str(sign_note(text, [key])))
    refused = cbor2.dumps(cbor2.loads(first.payload) | {"act": "choice.refused"}, canonical=True)
    twisted = cosign(
        parse_note(Checkpoint.sign(origin=key.name, size=1, root=bytes(32), keys=[key]).note),
        witness,
        time=5,
    )
    wrong_line = str(
        replace(parse_note(plain.note), lines=(*parse_note(plain.note).lines, twisted.lines[-1]))
    )
    self_made = str(cosign(parse_note(plain.note), puppet, time=1_795_000_000))
    yes = [True, True, True, True, True]
    no1, no2 = [False, None, None, None, None], [True, False, None, None, None]
    no3 = [True, True, False, None, None]
    return {
        "good": (good, "verified", yes, "nothing is wrong"),
        "good-no-trusted-key": (good, "undetermined", [None, True, True, True, True], "the key came in the bundle itself"),
        "good-unsigned": (unsigned, "verified", yes, "nobody signed what the bundle says about itself"),
        "good-no-witness": (replace(unsigned, checkpoint=plain.note), "verified", [True, True, None, None, True], "no witness"),
        "good-gap": (replace(unsigned, items=(first, rest[1])), "verified", [True, True, True, True, None], "the person's entry 2 is not here"),
        "payload-changed": (replace(unsigned, items=(replace(first, payload=refused), *rest)), "not_verified", no1, "another content than was committed to"),
        "salt-changed": (replace(unsigned, items=(replace(first, salt=bytes(32)), *rest)), "not_verified", no1, "another salt"),
        "other-key": (replace(unsigned, vkey=other.vkey, checkpoint=forged.note), "not_verified", no1, "a log of another key under the same name"),
        "forged-checkpoint": (replace(unsigned, checkpoint=forged.note), "not_verified", no1, "signed by another key"),
        "size-changed": (replace(unsigned, checkpoint=head.note.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n")), "not_verified", no1, "the checkpoint was altered"),
        "about-changed": (replace(good, about=replace(good.about, count=9)), "not_verified", no1, "another count than was signed"),
        "entry-dropped": (replace(good, items=(first, rest[0])), "not_verified", no1, "an entry fewer than was signed"),
        "path-changed": (replace(unsigned, items=(replace(first, path=first.path[::-1]), *rest)), "not_verified", no2, "a path that leads elsewhere"),
        "index-changed": (replace(unsigned, items=(replace(first, index=first.index - 1), *rest)), "not_verified", no2, "another place in the log"),
        "witness-line-moved": (replace(unsigned, checkpoint=wrong_line), "not_verified", no3, "a witness's line from another checkpoint"),
        "puppet-witness": (replace(unsigned, checkpoint=self_made), "not_verified", no3, "the witness has the log's own key"),
        "count-too-low": (lie, "not_verified", [True, True, True, True, False], "the controller signed two entries beside three"),
        "truncated": (data[:-40], "unreadable", None, "half a file"),
        "trailing-byte": (data + b"\x00", "unreadable", None, "a byte too much"),
        "not-canonical": (data.replace(b"\x65count\x03", b"\x65count\x18\x03"), "unreadable", None, "a number in a longer form than needed"),
        "empty": (b"", "unreadable", None, "nothing"),
    }  # fmt: skip


if __name__ == "__main__":
    secrets.token_bytes = STREAM.randbytes  # type: ignore[assignment]
    make(Path(sys.argv[1]) / "bundle-v1")
    stamped(Path(sys.argv[1]) / "bundle-v2")
