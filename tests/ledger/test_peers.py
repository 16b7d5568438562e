"""Others' verifiers accept our log and refuse it altered: each where it is installed.

pip install -e '.[peers]'                       proofbundle, pymerkle, sigstore
npm install @sigstore/verify --prefix FOLDER    then HABEAS_PEERS_NODE=FOLDER
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from habeas.ledger.checkpoint import Checkpoint
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.note import cosign, parse_note
from habeas.ledger.receipt import Receipt
from habeas.ledger.tree import root_hash

TIME = 1_795_000_000


@pytest.fixture
def shown(log, leaves, key):
    """A log of 300 entries, an entry in it, and its receipt with two witnesses, one ML-DSA."""
    log.append(leaves(300))
    note = parse_note(log.checkpoint().note)
    witnesses = [
        SigningKey(name="w1.example", kind=KeyKind.COSIGNATURE, seed=bytes([1] * 32)),
        SigningKey(name="w2.example", kind=KeyKind.ML_DSA_44, seed=bytes([2] * 32)),
    ]
    for witness in witnesses:
        note = cosign(note, witness, time=TIME)
    leaf, proof = next(log.entries(123, 124)), log.prove(123)
    receipt = Receipt(index=123, size=300, proof=proof.hashes, checkpoint=str(note))
    return SimpleNamespace(leaf=leaf, receipt=receipt, witnesses=witnesses, log=log, key=key)


def test_proofbundle_accepts_a_receipt_with_its_witnesses(shown):
    """Log line, Ed25519 and ML-DSA cosignatures, inclusion: all by code we did not write."""
    tlogproof = pytest.importorskip("proofbundle.tlogproof", reason="install the peers extra")
    text = shown.receipt.to_tlog_proof()
    given = {"log_vkey": shown.key.vkey, "witness_vkeys": [w.vkey for w in shown.witnesses]}
    found = tlogproof.verify_tlog_proof(text, shown.leaf, **given, threshold=2)

    assert (True, True, True) == (found["log_ok"], found["witnesses_ok"], found["inclusion_ok"])
    for wrong in (text.replace("index 123", "index 124"), text.replace("\n300\n", "\n301\n")):
        assert not tlogproof.verify_tlog_proof(wrong, shown.leaf, **given, threshold=2)["ok"]
    assert not tlogproof.verify_tlog_proof(text, shown.leaf + b"x", **given)["ok"]


def test_pymerkle_comes_to_the_same_roots(shown):
    """Every size of a small log, and ours of 300 entries."""
    pymerkle = pytest.importorskip("pymerkle", reason="install the peers extra")
    tree, hashes = pymerkle.InmemoryTree(algorithm="sha256"), []
    for size, leaf in enumerate(shown.log.entries(0, 300), start=1):
        tree.append_entry(leaf)
        hashes.append(pymerkle.InmemoryTree(algorithm="sha256").hash_buff(leaf))
        if size < 40 or size == 300:
            assert root_hash(hashes) == tree.get_root() == shown.log.root_at(size)


def test_sigstore_accepts_checkpoint_and_inclusion(shown):
    """Its parser of checkpoints and its Merkle verifier (internal modules, so this may move)."""
    merkle = pytest.importorskip("sigstore._internal.merkle", reason="install the peers extra")
    from sigstore._internal.rekor.checkpoint import LogCheckpoint, SignedNote
    from sigstore.errors import VerificationError

    note = SignedNote.from_text(shown.receipt.checkpoint)
    head, ours = LogCheckpoint.from_text(note.note), Checkpoint.parse(shown.receipt.checkpoint)
    assert (ours.size, ours.root.hex(), 3) == (head.log_size, head.log_hash, len(note.signatures))
    proof = SimpleNamespace(
        log_index=123, tree_size=300, hashes=list(shown.receipt.proof), root_hash=ours.root
    )
    inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=shown.leaf)
    merkle.verify_merkle_inclusion(SimpleNamespace(_inner=inner))
    inner.canonicalized_body += b"x"
    with pytest.raises(VerificationError):
        merkle.verify_merkle_inclusion(SimpleNamespace(_inner=inner))


_NODE = """
const folder = process.argv[1] + '/node_modules/@sigstore/verify/dist/tlog/';
const {verifyCheckpoint} = require(folder + 'checkpoint.js');
const {verifyMerkleInclusion} = require(folder + 'merkle.js');
const crypto = require('crypto');
const said = JSON.parse(require('fs').readFileSync(0));
const log = {logID: Buffer.from(said.keyID, 'hex'), baseURL: said.origin, publicKey:
  crypto.createPublicKey({key: Buffer.from(said.spki, 'base64'), format: 'der', type: 'spki'})};
const answers = said.leaves.map((leaf) => {
  try {
    const entry = {canonicalizedBody: Buffer.from(leaf, 'base64'), inclusionProof: {
      logIndex: said.index, hashes: said.hashes.map((h) => Buffer.from(h, 'base64')),
      checkpoint: {envelope: said.checkpoint}}};
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
    return true;
  } catch (error) { return false; }
});
console.log(JSON.stringify(answers));
"""


def test_sigstore_js_accepts_checkpoint_and_inclusion(shown):
    """The same in another language, with its own cryptography (Node's)."""
    folder, node = os.environ.get("HABEAS_PEERS_NODE"), shutil.which("node")
    if node is None or not folder or not (Path(folder) / "node_modules/@sigstore/verify").is_dir():
        pytest.skip("npm install @sigstore/verify --prefix FOLDER; HABEAS_PEERS_NODE=FOLDER")
    public = Ed25519PublicKey.from_public_bytes(shown.key.verifier.public)
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def b64(data: bytes) -> str:
        return base64.b64encode(data).decode()

    said = {
        "keyID": shown.key.verifier.key_id.hex(),
        "origin": shown.key.name,
        "spki": b64(spki),
        "index": 123,
        "hashes": [b64(each) for each in shown.receipt.proof],
        "checkpoint": shown.receipt.checkpoint,
        "leaves": [b64(shown.leaf), b64(shown.leaf + b"x")],
    }
    answer = subprocess.run(
        [node, "-e", _NODE, folder],
        input=json.dumps(said),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [True, False] == json.loads(answer.stdout)
