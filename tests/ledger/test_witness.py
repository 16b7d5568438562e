"""Witnesses, the policy that asks for them, and the monitor; a dishonest log before each."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, NotVerified
from habeas.ledger.audit import audit_from_state
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.contradiction import Contradiction, contradiction, fork_of
from habeas.ledger.cosigning import (
    Witnesses,
    gather,
    name_witnesses,
    published,
    witnessed,
    witnesses_of,
)
from habeas.ledger.fetch import Address, Remote
from habeas.ledger.heads import evidence_for, receipt_of_entry
from habeas.ledger.keys import KeyKind, SigningKey, VerifierKey
from habeas.ledger.log import Log
from habeas.ledger.monitor import Monitor
from habeas.ledger.note import cosign, parse_note, sign_note, signers
from habeas.ledger.policy import Policy
from habeas.ledger.serve import FOR_EVER, LogServer, Server, WitnessServer
from habeas.ledger.tiles import Folder, TileNodes
from habeas.ledger.tree import LeafHashes, prefix_proof, root_hash, root_of_prefix
from habeas.ledger.witness import Verdict, Witness, write_request

TIME = 1_795_000_000
FF = b"\xff" * 32


@contextmanager
def serving(server: Server) -> Iterator[str]:
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def a_witness(folder: Path, key: SigningKey, name: str = "consumers.example/w1"):
    with Witness.open(folder, name=name) as witness:
        witness.watch(key.verifier)
        server = WitnessServer(witness, host="127.0.0.1", port=0, clock=lambda: TIME)
        with serving(server) as url:
            yield witness, url


def policy_of(*witnesses: tuple[Witness, str], need: str = "all") -> Policy:
    lines = [f"witness w{n} {w.verifier.vkey} {url}" for n, (w, url) in enumerate(witnesses)]
    names = " ".join(f"w{n}" for n in range(len(witnesses)))
    return Policy.parse("\n".join([*lines, f"group q {need} {names}", "quorum q", ""]))


def forked(log: Log, tmp_path: Path, leaves) -> Log:
    """The same key's other log: the first entries as in `log`, then others."""
    key = log._key
    shared = list(log.entries(0, log.size // 2))
    with Log.create(tmp_path / "fork", origin=key.name, key=key) as other:
        other.append([*shared, *leaves(log.size - len(shared) + 7)])
    return Log.open(tmp_path / "fork")


# ---- proofs of two logs at two sizes


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 200), st.data())
def test_a_prefix_proof_leads_to_both_roots(new, data):
    """From the hashes and the larger root alone the root of any beginning follows."""
    hashes = [n.to_bytes(32, "big") for n in range(new)]
    old = data.draw(st.integers(1, new - 1))
    proof = prefix_proof(hashes, old, new)

    assert root_hash(hashes[:old]) == root_of_prefix(old, new, proof, root=root_hash(hashes))
    at = data.draw(st.integers(0, len(proof) - 1))
    wrong = [*proof[:at], FF, *proof[at + 1 :]]
    with pytest.raises(NotVerified):
        root_of_prefix(old, new, wrong, root=root_hash(hashes))
    with pytest.raises(NotVerified):
        root_of_prefix(old, new, [*proof, FF], root=root_hash(hashes))
    with pytest.raises(NotVerified):
        root_of_prefix(old, new, proof[:-1], root=root_hash(hashes))


@pytest.mark.parametrize(("a", "b"), [(4, 9), (5, 9), (8, 9), (3, 4), (1, 2)])
def test_a_fork_at_two_sizes_is_a_proof_for_anybody(a, b, key):
    """The larger log's own tiles convict the smaller checkpoint; the file needs nothing else."""
    ours = LeafHashes([n.to_bytes(32, "big") for n in range(b)])
    head = Checkpoint.sign(origin=key.name, size=b, root=root_hash(ours._levels[0]), keys=[key])
    lie = Checkpoint.sign(origin=key.name, size=a, root=FF, keys=[key])
    true = root_hash(ours._levels[0][:a])
    honest = Checkpoint.sign(origin=key.name, size=a, root=true, keys=[key])
    found = fork_of(head, lie, ours, key=key.verifier)

    assert found == Contradiction.from_text(found.to_text())
    assert (a, b) == (found.a.size, found.b.size)
    with pytest.raises(NotVerified, match="agree"):
        fork_of(honest, head, ours, key=key.verifier)
    with pytest.raises(NotVerified, match="agree"):
        contradiction(honest.note, head.note, key=key.verifier, proof=found.proof)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_change_of_a_contradiction_accuses_anybody_else(data):
    """A byte changed in the file: unreadable, not proved, or the same two checkpoints."""
    key = SigningKey(name="a.example/log", seed=bytes(32))
    nodes = LeafHashes([n.to_bytes(32, "big") for n in range(9)])
    head = Checkpoint.sign(origin=key.name, size=9, root=root_hash(nodes._levels[0]), keys=[key])
    lie = Checkpoint.sign(origin=key.name, size=5, root=FF, keys=[key])
    raw = bytearray(fork_of(lie, head, nodes, key=key.verifier).to_text().encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 127))
    try:
        found = Contradiction.from_text(raw.decode(errors="surrogateescape"))
    except (BadInput, NotVerified):
        return
    assert (lie.size, lie.root, head.root) == (found.a.size, found.a.root, found.b.root)


# ---- the witness


def ask(witness: Witness, log: Log, old: int, proof: list[bytes] | None = None):
    head = log.checkpoint()
    proof = log.consistency(old, head.size) if proof is None else proof
    return witness.add(write_request(old, proof, head.note), time=TIME)


def test_a_witness_signs_what_grew_and_nothing_else(log, key, leaves, tmp_path):
    """Every answer of the specification, in its order, on one log."""
    with Witness.open(tmp_path / "w", name="consumers.example/w1") as witness:
        assert 404 == ask(witness, log, 0).status
        witness.watch(key.verifier)
        log.append(leaves(5))
        first = ask(witness, log, 0)
        line = parse_note(f"{parse_note(log.checkpoint().note).text}\n{first.body}")
        assert [(witness.verifier, TIME)] == [
            (s.key, s.time) for s in signers(line, [witness.verifier])
        ]
        assert (200, 200) == (first.status, ask(witness, log, 5).status)
        assert (409, "5\n", "text/x.tlog.size") == (
            (again := ask(witness, log, 0)).status,
            again.body,
            again.kind,
        )
        log.append(leaves(4))
        assert 422 == ask(witness, log, 5, []).status
        assert 422 == ask(witness, log, 5, [bytes(32)] * 3).status
        assert 200 == ask(witness, log, 5).status
        assert 400 == witness.add(write_request(10, [], log.checkpoint().note), time=TIME).status
        forged = log.checkpoint().note.replace("\n9\n", "\n8\n")
        assert 403 == witness.add(write_request(9, [], forged), time=TIME).status
        for rubbish in (b"", b"old 1", b"old 01\n\n", b"\xff", b"old 1\nx\n\n", bytes(200_000)):
            assert 400 == witness.add(rubbish, time=TIME).status
        assert 9 == witness.seen(key.name).size
    with Witness.open(tmp_path / "w") as again:
        assert 9 == again.seen(key.name).size


def test_the_transcript_of_litewitness_is_answered_alike(evidence, tmp_path):
    """What a real witness answered to real requests, ours answers; an unknown log is 404 now."""
    text = (evidence / "torchwood/cmd/litewitness/testdata/litewitness.txt").read_text()
    public = bytes.fromhex(re.search(r"add-sigsum-log -key=([0-9a-f]{64})", text)[1])
    asked = re.findall(r"```\n(old .*?)```\nHTTP (\d+)", text, re.DOTALL)
    origin = asked[0][0].split("\n\n")[1].partition("\n")[0]
    answers = []
    with Witness.open(tmp_path / "w", name="example.com/witness") as witness:
        witness.watch(VerifierKey(name=origin, kind=KeyKind.ED25519, public=public))
        for request, status in asked:
            theirs = "404" if f"\n{origin}\n" not in request else status
            answers.append((theirs, str(witness.add(request.encode(), time=TIME).status)))
    assert [a for a, _ in answers] == [b for _, b in answers]
    assert {"200", "403", "404", "409", "422"} <= {a for a, _ in answers}


def test_a_log_that_forks_is_refused_and_the_proof_is_kept(log, key, leaves, tmp_path):
    """Two roots for one size: no second signature, and a file with which anybody is convinced."""
    log.append(leaves(6))
    with Log.create(tmp_path / "other", origin=key.name, key=key) as other:
        other.append(leaves(6))
        with Witness.open(tmp_path / "w", name="consumers.example/w1") as witness:
            witness.watch(key.verifier)
            assert 200 == ask(witness, log, 0).status
            assert 422 == ask(witness, other, 6).status
            assert 422 == ask(witness, other, 0).status
            [proof] = witness.proofs()
    found = Contradiction.from_text(proof.read_text())
    assert {log.checkpoint().root, other.checkpoint().root} == {found.a.root, found.b.root}


def test_a_witness_that_lost_its_memory_signs_nothing(log, key, leaves, tmp_path):
    """A damaged memory is an error, not an empty one: an empty one would sign any fork."""
    log.append(leaves(3))
    with Witness.open(tmp_path / "w", name="consumers.example/w1") as witness:
        witness.watch(key.verifier)
        assert 200 == ask(witness, log, 0).status
        (witness._place(key.name) / "seen").write_bytes(b"")
        with pytest.raises(BadInput, match="can't be read"):
            ask(witness, log, 0)


def test_who_can_be_no_witness(log, key, tmp_path):
    """The log itself, a second key under one name, a second process on one memory."""
    with Witness.open(tmp_path / "w", name="consumers.example/w1") as witness:
        witness.watch(key.verifier)
        with pytest.raises(BadInput, match="another key"):
            witness.watch(SigningKey.generate(key.name).verifier)
    with pytest.raises(BadInput, match="another name"):
        Witness.open(tmp_path / "w", name="someone.example/else")
    with pytest.raises(BadInput, match="no witness here"):
        Witness.open(tmp_path / "nobody")


# ---- asking them, with a quorum


def test_cosignatures_come_over_http_and_stay_with_the_checkpoint(log, key, leaves, tmp_path):
    """Two witnesses, both asked at once; receipts and the published checkpoint carry both lines."""
    log.append(leaves(3))
    second = "press.example/w2"
    with a_witness(tmp_path / "a", key) as a, a_witness(tmp_path / "b", key, second) as b:
        named = Witnesses(policy=policy_of(a, b), without_quorum="stop")
        name_witnesses(log.folder, named)
        assert named == witnesses_of(log.folder)
        assert None is published(log)
        seen = gather(log, named)
        assert (("w0", "w1"), {}, True) == (seen.by, seen.silent, seen.enough)
        assert published(log) == witnessed(log) == seen.head
        log.append(leaves(400))
        assert 3 == published(log).size  # stop: what too few have seen is not shown
        assert gather(log, named).enough
        assert 403 == published(log).size
    keys = [a[0].verifier, b[0].verifier]
    head = evidence_for(log, 5).head
    assert 2 == len(signers(parse_note(head.note), keys))
    assert open_checkpoint(head.note, key.verifier).root == log.checkpoint().root


def test_open_goes_on_and_says_who_is_silent(log, key, leaves, tmp_path):
    """One of two is down: 'go_on' publishes with one line and says whose is missing."""
    log.append(leaves(3))
    with a_witness(tmp_path / "a", key) as a:
        gone = SigningKey.generate("gone.example/w", kind=KeyKind.COSIGNATURE)
        policy = Policy.parse(
            f"witness w0 {a[0].verifier.vkey} {a[1]}\n"
            f"witness gone {gone.vkey} http://127.0.0.1:9\n"
            "group both all w0 gone\nquorum both\n"
        )
        seen = gather(log, Witnesses(policy=policy, without_quorum="go_on"))
    assert (("w0",), ["gone"], False) == (seen.by, list(seen.silent), seen.enough)
    assert 1 == len(signers(parse_note(published(log).note), policy.keys))


def test_a_rolled_back_log_is_told_so_by_its_witness(log, key, leaves, tmp_path):
    """An operator who restores an old state and goes on would fork the log: the witness says stop."""
    log.append(leaves(3))
    with a_witness(tmp_path / "a", key) as a:
        named = Witnesses(policy=policy_of(a), without_quorum="go_on")
        gather(log, named)
        with Log.create(tmp_path / "restored", origin=key.name, key=key) as restored:
            restored.append(leaves(2))
            with pytest.raises(NotVerified, match="rolled back"):
                gather(restored, named)


def test_a_witness_that_answers_rubbish_or_for_another_is_not_counted(log, leaves, key, tmp_path):
    """A line that doesn't verify under the key in the policy is no line."""
    log.append(leaves(3))
    with a_witness(tmp_path / "a", key) as a:
        stranger = SigningKey.generate(a[0].verifier.name, kind=KeyKind.COSIGNATURE)
        policy = Policy.parse(f"witness w {stranger.vkey} {a[1]}\nquorum w\n")
        seen = gather(log, Witnesses(policy=policy, without_quorum="go_on"))
    assert ((), ["w"], False) == (seen.by, list(seen.silent), seen.enough)


def test_a_line_that_only_looks_like_the_witnesss_is_refused(
    log, key, leaves, tmp_path, monkeypatch
):
    """Right name and key id over another checkpoint: told as silent, kept nowhere."""
    log.append(leaves(3))
    with a_witness(tmp_path / "a", key) as a:
        other = Checkpoint.sign(origin=key.name, size=3, root=FF, keys=[key])
        moved = cosign(parse_note(other.note), a[0]._key, time=TIME).lines[-1]
        monkeypatch.setattr(a[0], "add", lambda *_, **__: Verdict(status=200, body=f"{moved}\n"))
        seen = gather(log, Witnesses(policy=policy_of(a), without_quorum="go_on"))
    assert ((), ["w0"], False) == (seen.by, list(seen.silent), seen.enough)
    assert None is witnessed(log)


POLICY_KEYS = [
    SigningKey(name=f"w{n}.example", kind=KeyKind.COSIGNATURE, seed=bytes([n] * 32))
    for n in range(4)
]


def test_a_policy_counts_groups_of_groups():
    """2 of 3 groups, as in the specification's example; comments and blank lines are skipped."""
    lines = [f"witness w{n} {k.vkey}" for n, k in enumerate(POLICY_KEYS)]
    text = "\n".join(
        ["# who", "", *lines, "group a any w0 w1", "group b 2 a w2 w3", "quorum b", ""]
    )
    policy = Policy.parse(text)
    keys = [k.verifier for k in POLICY_KEYS]

    assert policy.met_by([keys[1], keys[2]])
    assert policy.met_by([keys[2], keys[3]])
    assert not policy.met_by([keys[0], keys[1]])
    assert not policy.met_by([])
    assert Policy.parse("quorum none\n").met_by([])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum nobody\n",
        "witness a b\nquorum a\n",
        "group g 2 a\nquorum g\n",
        f"witness a {POLICY_KEYS[0].vkey}\ngroup g 2 a\nquorum g\n",
        f"witness a {POLICY_KEYS[0].vkey}\ngroup g 0 a\nquorum g\n",
        f"witness a {POLICY_KEYS[0].vkey}\nwitness b {POLICY_KEYS[0].vkey}\nquorum a\n",
        f"witness a {POLICY_KEYS[0].vkey}\nwitness a {POLICY_KEYS[1].vkey}\nquorum a\n",
        f"witness none {POLICY_KEYS[0].vkey}\nquorum none\n",
        f"witness a {POLICY_KEYS[0].vkey}\ngroup g 2 a a\nquorum g\n",
        "quorum none\nquorum none\n",
        "log x y z\nquorum none\n",
    ],
)
def test_policies_that_say_nothing_clear(text):
    """A policy somebody misread would be worse than none."""
    with pytest.raises(BadInput):
        Policy.parse(text)


# ---- serving and watching


def test_the_log_is_served_with_the_right_caching(log, key, leaves):
    """Full tiles for ever, the checkpoint anew each time; nothing beside the log is served."""
    log.append(leaves(300))
    (log.folder / "secret").write_text("x")

    def get(path: str, method: str = "GET") -> tuple[int, str | None, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        line.request(method, path)
        answer = line.getresponse()
        found = (answer.status, answer.getheader("Cache-Control"), answer.read())
        line.close()
        return found

    with LogServer(Log.open(log.folder), host="127.0.0.1", port=0) as server, serving(server):
        assert (200, FOR_EVER) == get("/tile/0/000")[:2]
        assert (200, FOR_EVER) == get("/tile/entries/000")[:2]
        status, cache, data = get("/tile/0/001.p/44")
        assert (200, "public, max-age=3600", 44 * 32) == (status, cache, len(data))
        assert (200, "no-cache", log.checkpoint().note.encode()) == get("/checkpoint")
        assert b"" == get("/checkpoint", "HEAD")[2]
        for path in ("/secret", "/.lock", "/tile/0/../../secret", "/tile/0/002", "/tile/00/000"):
            assert 404 == get(path)[0]
        log.append(leaves(1))
        assert 301 == Checkpoint.parse(get("/checkpoint")[2]).size


def watch(log: Log, tmp_path: Path) -> Monitor:
    return Monitor(folder=tmp_path / "memory", key=log.verifier)


def test_a_monitor_follows_a_growing_log_over_http(log, leaves, tmp_path):
    """First look, growth by hundreds, no change: each said, and every new entry read."""
    monitor = watch(log, tmp_path)
    with (
        LogServer(Log.open(log.folder), host="127.0.0.1", port=0) as server,
        serving(server) as url,
    ):
        states = []
        for count in (3, 400, 0, 1):
            if count:
                log.append(leaves(count))
            states.append(monitor.look(Remote(url)).state)
    assert ["first", "grew", "same", "grew"] == states
    assert 404 == json.loads((tmp_path / "memory" / "audited").read_text())["size"]


def test_a_fork_is_seen_by_whoever_saw_the_other_side(log, leaves, tmp_path):
    """The controller shows another log of other size: alarm, and a proof for anybody."""
    log.append(leaves(9))
    monitor = watch(log, tmp_path)
    monitor.look(log.files)
    other = forked(log, tmp_path, leaves)
    found = monitor.look(other.files)

    assert ("forked", True) == (found.state, found.alarm)
    proof = Contradiction.from_text((tmp_path / "memory" / "contradiction").read_text())
    assert (9, other.size) == (proof.a.size, proof.b.size)
    assert 9 == monitor.last().size  # the alarm stays until the log is what it was
    assert monitor.look(other.files).alarm
    assert not monitor.look(log.files).alarm


def test_a_rollback_and_a_rewritten_tile_are_alarms(log, key, leaves, tmp_path):
    """Dropping the tail, and an entry exchanged under an unchanged checkpoint."""
    log.append(leaves(9))
    monitor = watch(log, tmp_path)
    monitor.look(log.files)
    shared = list(log.entries(0, 4))
    with Log.create(tmp_path / "short", origin=key.name, key=key) as short:
        short.append(shared)
        assert "rolled_back" == monitor.look(short.files).state
    log.append(leaves(3))
    bundle = log.folder / "tile/entries/000.p/12"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    found = monitor.look(log.files)
    assert ("damaged", True) == (found.state, found.alarm)
    assert "tile" in found.says


def test_a_monitor_watches_one_log(log, key, tmp_path):
    """A memory is of one key; another log under it would look like a rollback."""
    watch(log, tmp_path)
    with pytest.raises(BadInput, match="another log"):
        Monitor(folder=tmp_path / "memory", key=SigningKey.generate(key.name).verifier)
    with pytest.raises(BadInput, match="no log here"):
        watch(log, tmp_path).look(Folder(tmp_path))


@pytest.mark.parametrize(
    "url", ["", "ftp://a/", "http://", "http://a b/", "http://u:p@a/", "http://a/?q", "http://a:x/"]
)
def test_what_is_no_address(url):
    """Nothing is guessed about an address."""
    with pytest.raises(BadInput, match="not an address"):
        Address(url)


def test_a_server_that_sends_too_much_is_cut_off(log, leaves):
    """A hostile server can't fill the memory of whoever asks it."""
    log.append(leaves(300))
    with (
        LogServer(Log.open(log.folder), host="127.0.0.1", port=0) as server,
        serving(server) as url,
    ):
        with pytest.raises(BadInput, match="can't be reached"):
            Address(url).get("tile/entries/000", limit=1000)
        assert 8192 == len(Address(url).get("tile/0/000").body)
    with pytest.raises(BadInput, match="can't be reached"):
        Address("http://127.0.0.1:9").get("checkpoint")


def test_tiles_of_a_hostile_server_make_no_proof(log, key, leaves, tmp_path):
    """A monitor can't be made to accuse: tiles that don't lead to the signed root prove nothing."""
    log.append(leaves(300))
    old = Checkpoint.sign(origin=key.name, size=5, root=log.root_at(5), keys=[key])
    with pytest.raises(NotVerified, match="agree"):
        fork_of(old, log.checkpoint(), TileNodes(log.files, 300), key=key.verifier)
    tile = log.folder / "tile/0/000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(NotVerified, match="leads to"):
        fork_of(old, log.checkpoint(), TileNodes(log.files, 300), key=key.verifier)


# ---- signature lines of more than one kind


def pq_key(name: str = "pq.example/w") -> SigningKey:
    key = SigningKey(name=name, kind=KeyKind.ML_DSA_44, seed=bytes(range(32)))
    try:
        assert 1312 == len(key.verifier.public)
    except BadInput:
        pytest.skip("this `cryptography` offers no ML-DSA-44")
    return key


def test_an_ml_dsa_line_stands_beside_the_others(log, key, witness_key, tmp_path):
    """One checkpoint, three kinds of line; each verifies alone, a foreign one is refused."""
    pq = pq_key()
    note = cosign(parse_note(log.checkpoint().note), witness_key, time=TIME)
    note = cosign(note, pq, time=TIME + 1)
    assert VerifierKey.parse(pq.vkey) == pq.verifier
    named = [key.verifier, witness_key.verifier, pq.verifier]
    assert [None, TIME, TIME + 1] == [s.time for s in signers(parse_note(str(note)), named)]
    other = parse_note(Checkpoint.sign(origin=key.name, size=1, root=FF, keys=[key]).note)
    moved = replace(other, lines=(*other.lines, note.lines[-1]))
    with pytest.raises(NotVerified):
        signers(moved, [pq.verifier])
    pq.to_file(tmp_path / "key")
    assert pq == SigningKey.from_file(tmp_path / "key")


def test_a_witness_may_have_an_ml_dsa_key(log, key, leaves, tmp_path):
    """The quorum is met by a line that holds against a quantum computer."""
    pq_key()
    log.append(leaves(3))
    pq = KeyKind.ML_DSA_44
    with Witness.open(tmp_path / "w", name="pq.example/w", kind=pq) as witness:
        witness.watch(key.verifier)
        server = WitnessServer(witness, host="127.0.0.1", port=0, clock=lambda: TIME)
        with serving(server) as url:
            named = Witnesses(policy=policy_of((witness, url)), without_quorum="stop")
            assert gather(log, named).enough
    assert 1 == len(signers(parse_note(witnessed(log).note), [witness.verifier]))


def test_an_ml_dsa_key_signs_checkpoints_only(key):
    """Type 06 signs a tree, not a text: another note has nothing it could sign."""
    with pytest.raises(BadInput, match="not a checkpoint"):
        cosign(sign_note("a\nb\nc\n", [key]), pq_key(), time=TIME)


def test_a_state_of_a_longer_log_says_that_the_tail_was_dropped(log, key, leaves, tmp_path):
    """The reader's own memory of 9 entries against a log that shows 4: said in these words."""
    log.append(leaves(9))
    audit_from_state(log.files, log.checkpoint(), tmp_path / "state")
    with Log.create(tmp_path / "short", origin=key.name, key=key) as short:
        short.append(list(log.entries(0, 4)))
        with pytest.raises(NotVerified, match="tail was dropped"):
            audit_from_state(short.files, short.checkpoint(), tmp_path / "state")


def test_a_receipt_is_under_a_checkpoint_that_covers_its_entry(log, key, leaves, tmp_path):
    """A newer entry than the witnesses have seen gets the newest checkpoint, an older one theirs."""
    log.append(leaves(3))
    with a_witness(tmp_path / "a", key) as a:
        named = Witnesses(policy=policy_of(a), without_quorum="go_on")
        name_witnesses(log.folder, named)
        gather(log, named)
    log.append(leaves(2))
    for index, size in ((0, 3), (2, 3), (3, 5), (4, 5)):
        receipt = receipt_of_entry(log, index)
        leaf = next(log.entries(index, index + 1))
        assert size == receipt.size == receipt.verify(leaf, key.verifier).size


def test_a_cosignature_of_another_length_is_refused(log, witness_key):
    """A line cut short, or with something behind it, is not that witness's."""
    note = cosign(parse_note(log.checkpoint().note), witness_key, time=TIME)
    line = note.lines[-1]
    for signature in (line.signature[:7], line.signature[:-1], line.signature + b"x"):
        cut = replace(note, lines=(note.lines[0], replace(line, signature=signature)))
        with pytest.raises(NotVerified, match="doesn't fit"):
            signers(cut, [witness_key.verifier])
