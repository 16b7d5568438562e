"""Records the captures anew with a real browser against a local page: python record_captures.py.

Every name is fictional; every host is mapped to this machine, nothing leaves it. The pages do what
apps were seen to do; what each plants stands in planted.yaml, written with the page.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent / "captures"
PERSON = {"name": "王小明", "mobile": "13812345678", "id_number": "11010519491231002X"}
CONTACTS = [{"name": "李四", "phone": "13900001111"}, {"name": "赵六", "phone": "13700002222"}]
OWN, SCORING = "http://api.loans.example:{port}", "http://in.scoring.example:{port}"
ADS, STATS = "http://px.adnet.example:{port}", "http://t.statistics.example:{port}"


def _post(url, body):
    return f"await fetch({json.dumps(url)}, {{method:'POST', headers:{{'Content-Type':'application/json'}}, body: JSON.stringify({json.dumps(body, ensure_ascii=False)})}});"


def _form(url, fields):
    return f"await fetch({json.dumps(url)}, {{method:'POST', body: new URLSearchParams({json.dumps(fields, ensure_ascii=False)})}});"


def _multipart(url, fields):
    lines = "".join(
        f"f.append({json.dumps(k)}, {json.dumps(v, ensure_ascii=False)});"
        for k, v in fields.items()
    )
    return f"{{const f=new FormData();{lines}await fetch({json.dumps(url)}, {{method:'POST', body:f}});}}"


CONSENT = _post(OWN + "/consent", {"version": "3", "agreed": True})
APPLY = _post(OWN + "/apply", PERSON)
SCORE = _post(SCORING + "/v1/score", {"name": PERSON["name"], "id_number": PERSON["id_number"]})
HARMLESS = f"await fetch('{OWN}/config?lang=zh&version=1.4.2&page=1');"
NESTED = base64.b64encode(json.dumps({"idNumber": PERSON["id_number"]}).encode()).decode()

# What each page does, in order.
PAGES = {
    "clean": [HARMLESS, CONSENT, APPLY, SCORE],
    "contacts": [CONSENT, APPLY, _post(OWN + "/sync", {"contacts": CONTACTS, "religion": "佛教"})],
    "advertiser": [
        CONSENT,
        APPLY,
        f"await fetch('{ADS}/p.gif?phone={PERSON['mobile']}&oaid=7f3c9a52-11de-4b8a-9c1e-5a0f2d6b7e91');",
    ],
    "early": [_form(OWN + "/beacon", {"mobile": PERSON["mobile"], "lat": "30.274150", "lng": "120.155150"}), CONSENT, APPLY],
    "hidden": [CONSENT, APPLY, _form(STATS + "/c", {"ev": "open", "d": NESTED})],
    "refusal": [
        HARMLESS,
        _post(OWN + "/refuse", {"version": "3", "agreed": False}),
        _multipart(OWN + "/draft", {"note": "客户电话 13812345678，月收入 8200 元", "monthly_income": "8200"}),
    ],
}  # fmt: skip


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(b"ok")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(b"ok")

    def do_OPTIONS(self):
        self._answer(b"")

    def _answer(self, body):
        self.send_response(200)
        for name in ("Origin", "Headers", "Methods"):
            self.send_header(f"Access-Control-Allow-{name}", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Silent."""


def record(folder: Path, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    flags = ["--host-resolver-rules=MAP * 127.0.0.1", "--no-sandbox"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=flags)
        for name, steps in PAGES.items():
            path = folder / f"{name}.har"
            context = browser.new_context(record_har_path=path, record_har_content="embed")
            page = context.new_page()
            page.goto(f"http://www.loans.example:{port}/")
            for step in steps:
                page.evaluate(f"async () => {{ {step.replace('{port}', str(port))} }}")
                page.wait_for_timeout(30)
            context.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    record(HERE, shutil.which("chromium") or sys.exit("chromium is not installed"))
