"""A time-stamp authority of OpenSSL's on this machine, for tests."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OPENSSL = shutil.which("openssl")
_CONFIG = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/{certs}
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(subject, public, issuer, signer, *, ca: bool, until: datetime):
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        stamping = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(stamping, critical=True)
    return made.sign(signer, hashes.SHA256())


class Authority:
    """A root, and an authority under it that answers queries with `openssl ts`."""

    def __init__(self, folder: Path, *, expired: bool = False, chain: bool = False) -> None:
        self.folder = folder
        folder.mkdir()
        root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        until = datetime.now(UTC) + timedelta(days=-1 if expired else 900)
        top = _certificate(
            "Root", root.public_key(), "Root", root, ca=True, until=datetime(2099, 1, 1, tzinfo=UTC)
        )
        own = _certificate("Stamps", key.public_key(), "Root", root, ca=False, until=until)
        pem = serialization.Encoding.PEM
        self.root = folder / "root.pem"
        self.root.write_bytes(top.public_bytes(pem))
        (folder / "tsa.pem").write_bytes(own.public_bytes(pem))
        both = own.public_bytes(pem) + top.public_bytes(pem)
        (folder / "chain.pem").write_bytes(both)
        (folder / "serial").write_text("01\n")
        secret = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / "tsa.key").write_bytes(key.private_bytes(pem, *secret))
        certs = "chain.pem" if chain else "tsa.pem"
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, certs=certs))

    def reply(self, query: bytes) -> bytes:
        (self.folder / "q").write_bytes(query)
        subprocess.run(
            [OPENSSL, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-out", "r"],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "r").read_bytes()

    @contextmanager
    def serving(self):
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                data = authority.reply(query)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
            finally:
                server.shutdown()
                thread.join()
