"""habeas serve: envelopes over HTTP, in a process of its own."""

from __future__ import annotations

import http.client
import http.server
import importlib.util
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

_PATH = Path(__file__).parent / "exchange_door.py"
if "habeas_exchange_door" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_exchange_door", _PATH)
    sys.modules["habeas_exchange_door"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_exchange_door"])
door = sys.modules["habeas_exchange_door"]
_at_the_door, homes, carry = door._at_the_door, door.homes, door.carry


@pytest.fixture
def served(homes):
    """Two homes, the second with its post box open; its process and port."""
    folder = homes(a="person", b="authority")
    code = "from habeas.cli.serve import app; app()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--api-only", "--port", "0", "--home", str(folder / "b")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = process.stdout.readline()
    assert said, process.stderr.read()
    port = int(said.rsplit(":", 1)[1])
    yield folder, process, port
    if process.poll() is None:
        process.kill()
        process.wait()


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data


def test_an_envelope_is_in_the_other_inbox_at_once(habeas, served, capfd):
    """Delivered with its receipt in one exchange; how long it took is printed."""
    folder, _, port = served
    times = []
    for _ in range(5):
        start = time.perf_counter()
        said = habeas(
            "send",
            "complaint",
            "--to",
            "b",
            "--url",
            f"http://127.0.0.1:{port}",
            "--json",
            "--home",
            folder / "a",
        )
        times.append(time.perf_counter() - start)
        assert said.code == 0, said.err
        assert said.json["letters"][0]["delivered"]
    with capfd.disabled():
        print(f"\n  command to receipt over HTTP: {sorted(times)[2]:.3f} s median of {len(times)}")

    status, card = ask(port, "GET", "/card")
    assert (200, (folder / "b.card").read_bytes()) == (status, card)
    listed = habeas("inbox", "list", "--json", "--home", folder / "b").json["letters"]
    assert ["kept"] * 5 == [each["effect"] for each in listed]


def test_the_same_envelope_twice_is_received_once(habeas, served):
    """Whoever posts again gets the same receipt."""
    folder, _, port = served
    habeas("send", "complaint", "--to", "b", "-o", folder / "e", "--home", folder / "a")
    raw = (folder / "e").read_bytes()

    first, second = ask(port, "POST", "/inbox", raw), ask(port, "POST", "/inbox", raw)

    assert (200, 200) == (first[0], second[0])
    assert first[1] == second[1]


def test_many_at_once_are_all_received(habeas, served):
    """Posts in parallel: each is one letter, none is lost."""
    folder, _, port = served
    for _ in range(8):
        habeas("send", "complaint", "--to", "b", "--home", folder / "a")
    habeas("send", "--pending", "-o", folder / "all", "--home", folder / "a")
    status = []

    def post(path):
        status.append(ask(port, "POST", "/inbox", path.read_bytes())[0])

    threads = [threading.Thread(target=post, args=(path,)) for path in (folder / "all").iterdir()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [200] * 8 == status
    assert 8 == len(habeas("inbox", "list", "--json", "--home", folder / "b").json["letters"])


def test_what_is_no_envelope_is_answered_with_a_code(habeas, served):
    """Too long, without length, rubbish, for somebody else, another address: nothing is kept."""
    folder, _, port = served
    habeas("init", "--as", "person", "--home", folder / "c")
    habeas("trust", folder / "b.card", "--as", "b", "--home", folder / "c")
    habeas("send", "complaint", "--to", "b", "-o", folder / "stranger", "--home", folder / "c")

    assert 413 == ask(port, "POST", "/inbox", b"", {"Content-Length": str(33 * 1024 * 1024)})[0]
    assert 411 == ask(port, "POST", "/inbox", b"", {"Content-Length": "-1"})[0]
    assert 400 == ask(port, "POST", "/inbox", b"rubbish")[0]
    assert 403 == ask(port, "POST", "/inbox", (folder / "stranger").read_bytes())[0]
    assert 404 == ask(port, "POST", "/", b"x")[0]
    assert [] == habeas("inbox", "list", "--json", "--home", folder / "b").json["letters"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/keys/signing.key",
        "/log/../home.json",
        "/log/%2e%2e/home.json",
        "/log/.lock",
        "/log/",
        "/inbox",
    ],
)
def test_only_the_card_and_the_log_can_be_read(served, path):
    """A path that leads elsewhere leads nowhere."""
    _, _, port = served

    assert 404 == ask(port, "GET", path)[0]


def test_the_log_can_be_read_and_verified_from_outside(habeas, served):
    """What an auditor fetches is what the home has on disk."""
    folder, _, port = served
    for path in ("checkpoint", "vkey"):
        assert (200, (folder / "b" / "log" / path).read_bytes()) == ask(port, "GET", f"/log/{path}")
    tiles = [p for p in (folder / "b" / "log" / "tile").rglob("*") if p.is_file()]
    for tile in tiles:
        found = ask(port, "GET", f"/{tile.relative_to(folder / 'b')}")
        assert (200, tile.read_bytes()) == found
    assert tiles


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(served, number):
    """Exit 0 and nothing on stderr: no traceback, no line that names a caller."""
    _, process, port = served
    ask(port, "GET", "/zq7%E6%A0%87?zq7=1")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    assert (0, "") == (process.returncode, err)
    assert "closed" in out


def test_serve_alone_and_a_taken_port_are_bad_input(habeas, served):
    """Exit 2 with what to do."""
    folder, _, port = served

    assert 2 == habeas("serve", "--home", folder / "a").code
    said = habeas("serve", "--api-only", "--port", port, "--home", folder / "a")
    assert 2 == said.code
    assert "can't listen" in said.err


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        (b'{"error": "refused", "says": "zq7"}', 3, "another envelope under this id"),
        (b'{"error": "not_verified", "says": "zq7"}', 3, "doesn't accept"),
        (b'{"error": "bad_input", "says": "zq7"}', 2, "can't use this envelope"),
        (b'{"error": "zq7"}', 2, "HTTP 418"),
        (b'{"error": ["zq7"]}', 2, "HTTP 418"),
        (b"[]", 2, "HTTP 418"),
        (b"zq7", 2, "HTTP 418"),
    ],
)
def test_a_server_that_answers_nonsense_is_not_repeated(habeas, homes, *, answer, code, says):
    """The dishonest server: what it says of its own reaches nobody's screen; the letter waits."""
    folder = homes(a="person", b="authority")

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(418)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.handle_request).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        said = habeas("send", "complaint", "--to", "b", "--url", url, "--home", folder / "a")

    assert code == said.code
    assert says in said.err
    assert "zq7" not in said.out + said.err
    assert 1 == len(habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"])


def test_a_server_that_gives_a_false_receipt_delivers_nothing(habeas, homes):
    """Bytes that are no receipt leave the letter waiting."""
    folder = homes(a="person", b="authority")

    class Lies(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Lies) as server:
        threading.Thread(target=server.handle_request).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        said = habeas("send", "complaint", "--to", "b", "--url", url, "--home", folder / "a")

    assert 3 == said.code
    assert 1 == len(habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"])
