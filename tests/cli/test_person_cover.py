"""A bundle made by a home: its cover, and the two verifiers that share no code with Habeas."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import segno

VERIFIERS = Path(__file__).resolve().parents[2] / "verifiers"
CHROMIUM = shutil.which("chromium")


@pytest.fixture
def bundled(habeas, platform, world, tmp_path):
    """Two choices of a person, their bundle, its cover; and the key of the log."""
    for word in ("give", "withdraw"):
        habeas("choice", word, world.borrower(5), "--activity", "loan-servicing")
    out, cover = tmp_path / "mine.bundle", tmp_path / "cover.html"
    said = habeas(
        "person", "bundle", world.borrower(5), "-o", out, "--cover", cover, "--json"
    )  # fmt: skip
    assert {"bundle": str(out), "entries": 2, "cover": str(cover)} == said.json
    return out, cover, (platform / "log" / "vkey").read_text().strip()


def test_the_cover_says_what_the_file_is_in_both_languages(bundled, world):
    """Digest, fingerprint, kinds and hours, five answers; nothing of the content, nothing fetched."""
    out, cover, vkey = bundled
    page = cover.read_text(encoding="utf-8")
    plain = page.replace(" ", "")

    assert 2 == plain.count(sha256(out.read_bytes()).hexdigest())
    assert 2 == plain.count(sha256(vkey.encode()).hexdigest())
    assert (2, 2) == (page.count("a choice of yours"), page.count("您的选择"))
    assert (3, 2) == (page.count("✓ yes"), page.count("? not known"))
    assert ["en", "zh-Hans"] == re.findall(r'<article lang="([^"]+)"', page)
    drawn = segno.make(f"sha256:{sha256(out.read_bytes()).hexdigest()}", error="m")
    assert 2 == page.count(drawn.svg_inline(scale=3, border=4, omitsize=True))
    assert 4 == len(re.findall(r"<td>\d{4}-\d\d-\d\d \d\d:00</td>", page))
    for secret in (world.borrower(5), "loan-servicing", "withdrawn", str(out)):
        assert secret not in page
    assert not re.search(r"<script|src=|href=", page)
    assert 0o600 == cover.stat().st_mode & 0o777


def test_without_the_library_nothing_is_written(habeas, platform, world, tmp_path, monkeypatch):
    """The extra that is missing is named before the bundle is made."""
    monkeypatch.setitem(sys.modules, "segno", None)
    habeas("choice", "give", world.borrower(5), "--activity", "loan-servicing")
    out = tmp_path / "b"
    said = habeas("person", "bundle", world.borrower(5), "-o", out, "--cover", tmp_path / "c")

    assert 2 == said.code
    assert "habeas[print]" in said.err
    assert not out.exists()


def test_the_single_file_accepts_a_real_bundle_with_the_home_gone(bundled, platform):
    """Made by a home, checked by a program that shares no code with it; a bit changed is found."""
    out, _, vkey = bundled
    shutil.rmtree(platform)

    def run(path: Path) -> tuple[int, dict]:
        command = [sys.executable, "-I", VERIFIERS / "python" / "verify_bundle.py"]
        done = subprocess.run(
            [*command, path, "--key", vkey, "--json"], capture_output=True, text=True, check=False
        )
        return done.returncode, json.loads(done.stdout)

    code, found = run(out)
    assert (0, "verified", 2) == (code, found["outcome"], len(found["entries"]))
    assert [True, True, None, None, True] == [each["ok"] for each in found["answers"]]
    data = bytearray(out.read_bytes())
    data[data.index(b"withdrawn")] ^= 1
    out.write_bytes(data)
    assert (3, False) == (run(out)[0], run(out)[1]["answers"][0]["ok"])


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
def test_the_browser_accepts_a_real_bundle_and_prints_the_cover(bundled, tmp_path):
    """The same file on the page; the cover comes out as a PDF of two pages, one a language."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    out, cover, vkey = bundled
    with driver.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto((VERIFIERS / "browser" / "verify.html").as_uri())
        page.set_input_files("#file", out)
        page.fill("#keys", vkey)
        page.click("#go")
        assert "验证通过" == page.locator("#result .verdict h2").inner_text()
        marks = page.locator("#result .mark").all_inner_texts()
        page.click("summary")
        assert 2 == page.get_by_text("您的选择 (choice)").count()
        page.goto(cover.as_uri())
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        browser.close()
    assert ["✓ 是", "✓ 是", "？未知", "？未知", "✓ 是"] == marks
    assert 2 == len(re.findall(rb"/Type\s*/Page\b", pdf))
