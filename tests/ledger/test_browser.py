"""The page that checks a bundle, in a real browser: nothing but the file, the keys and the page."""

from __future__ import annotations

import base64
import importlib.util
import json
import random
import re
import shutil
from pathlib import Path

import pytest
from tests.ledger import hostile, mutations

import habeas as habeas_face
from habeas.errors import HabeasError
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.note import cosign, parse_note

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "verifiers" / "browser" / "verify.html"
VECTORS = ROOT / "specs" / "vectors"
CHROMIUM = shutil.which("chromium")

_ALL = """async (cases) => {
  const told = [];
  for (const [data, keys, witnesses] of cases) {
    try {
      const raw = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const { outcome, answers, vkey, entries, about } = await verifyBundle(raw, keys, witnesses);
      told.push([outcome, answers.map((each) => [each.id, each.ok]), vkey, entries.map(String),
                 { ...about, count: about.count === null ? null : Number(about.count) }]);
    } catch (error) { told.push(error instanceof Unreadable ? "unreadable" : String(error)); }
  }
  return told;
}"""


def the_cases() -> list[tuple[dict, bytes]]:
    return [
        (case, (VECTORS / folder / case["file"]).read_bytes())
        for folder in ("bundle-v1", "bundle-v2")
        for case in json.loads((VECTORS / folder / "vectors.json").read_text())["cases"]
    ]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with driver.sync_playwright() as running:
        found = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser):
    """The page from its file, in English; whatever it would fetch is counted and refused."""
    context = browser.new_context(locale="en-GB", viewport={"width": 900, "height": 1500})
    opened = context.new_page()
    asked, errors = [], []
    context.route(re.compile("^(?!file:|data:)"), lambda route: (asked.append(1), route.abort()))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    opened.goto(PAGE.as_uri())
    yield opened
    assert ([], []) == (asked, errors)
    context.close()


def in_page(page, cases: list[tuple[bytes, list, list]]) -> list:
    given = [[base64.b64encode(data).decode(), keys, seen] for data, keys, seen in cases]
    return page.evaluate(_ALL, given)


def by_habeas(data: bytes, keys: list, witnesses: list) -> object:
    try:
        found = habeas_face.verify(data, trusted=keys, witnesses=witnesses).to_json()
    except HabeasError:
        return "unreadable"
    answers = [[each["id"], each["ok"]] for each in found["answers"]]
    places = [str(each) for each in found["entries"]]
    return [found["outcome"], answers, found["vkey"], places, found["about"]]


def choose(page, path: Path, keys: list[str] = (), witnesses: list[str] = ()) -> str:
    """Fill in the form as a person would, and read the verdict."""
    page.set_input_files("#file", path)
    page.fill("#keys", "\n".join(keys))
    page.fill("#witnesses", "\n".join(witnesses))
    page.click("#go")
    return page.locator("#result .verdict h2").inner_text()


def test_all_vectors_in_a_real_browser(page):
    """Every published bundle, good or hostile: its outcome and its five answers."""
    cases = the_cases()
    told = in_page(page, [(data, c["trusted"], c["witnesses"]) for c, data in cases])
    for (case, _), found in zip(cases, told, strict=True):
        got = (found, None) if found == "unreadable" else (found[0], [ok for _, ok in found[1]])
        assert (case["outcome"], case["answers"]) == got, case["file"]


def test_the_page_and_habeas_agree_on_bundles_by_a_cheat_who_can_sign(page):
    """Three hundred of the mutations on which the single file is held to Habeas."""
    keys = ([hostile.KEY.vkey], [hostile.WITNESS.vkey])
    cases = [(data, *keys) for _, data in mutations.mutations(random.Random(11), 300)]

    assert [by_habeas(*case) for case in cases] == in_page(page, cases)


@pytest.mark.slow
def test_the_page_and_habeas_agree_on_ten_thousand(page):
    """As above, more of them."""
    keys = ([hostile.KEY.vkey], [hostile.WITNESS.vkey])
    cases = [(data, *keys) for _, data in mutations.mutations(random.Random(12), 10_000)]
    for start in range(0, len(cases), 500):
        part = cases[start : start + 500]
        assert [by_habeas(*case) for case in part] == in_page(page, part)


def test_a_person_uses_the_page_in_both_languages(page):
    """Choose, paste, check: verdict, five answers in order, and the switch keeps the result."""
    story = {case["file"]: case for case, _ in the_cases()}["good.bundle"]
    path = VECTORS / "bundle-v1" / "good.bundle"
    assert "Not proved: no trusted key" == choose(page, path)
    assert "Verified" == choose(page, path, story["trusted"], story["witnesses"])
    assert ["✓ Yes"] * 5 == page.locator("#result .mark").all_inner_texts()
    page.click("#zh")
    assert "验证通过" == page.inner_text("#result .verdict h2")
    assert "zh-Hans" == page.get_attribute("html", "lang")
    assert "核验证据包" == page.inner_text("h1")
    worst = path.with_name("salt-changed.bundle")
    assert "验证未通过" == choose(page, worst, story["trusted"])
    assert ["✗ 否", *["– 未查"] * 4] == page.locator("#result .mark").all_inner_texts()
    assert "无法核验" == choose(page, path.with_name("truncated.bundle"))
    assert "无法核验" == choose(page, path, ["nonsense"])


def test_no_verdict_stays_beside_what_it_is_not_about(page):
    """Another file or key takes the old verdict away, also while the check is still running."""
    story = {case["file"]: case for case, _ in the_cases()}["good.bundle"]
    path = VECTORS / "bundle-v1" / "good.bundle"
    assert "Verified" == choose(page, path, story["trusted"])
    page.set_input_files("#file", path.with_name("salt-changed.bundle"))
    assert page.is_hidden("#result")
    page.click("#go")
    assert "Not verified" == page.locator("#result .verdict h2").inner_text()
    page.type("#keys", "x")
    assert page.is_hidden("#result")
    page.evaluate("$('go').click(); $('keys').dispatchEvent(new Event('input'))")
    page.wait_for_timeout(200)
    assert page.is_hidden("#result")


def test_a_file_dropped_on_the_page_is_taken(page):
    """Drag and drop does what the button does."""
    page.evaluate("""() => {
      const carried = new DataTransfer();
      carried.items.add(new File([new Uint8Array(3)], "dropped.bundle"));
      $("drop").dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
    }""")
    assert "dropped.bundle" == page.inner_text("#chosen")
    page.click("#go")
    assert "not an evidence bundle" in page.locator("#result .verdict").inner_text()


def test_the_page_needs_no_mouse(page):
    """Everything is reached by Tab in the order of reading, labelled, and the result gets focus."""
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert ["en", "zh", "file", "keys", "witnesses", "go"] == reached
    page.keyboard.press("Enter")
    page.wait_for_selector("#result .verdict")
    assert "result" == page.evaluate("document.activeElement.id")
    unlabelled = "[...document.querySelectorAll('input,textarea')].filter(e => !e.labels.length)"
    assert 0 == page.evaluate(f"{unlabelled}.length")


_CONTRAST = """() => {
  const lum = (c) => c.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (s) => s.match(/[0-9.]+/g).map(Number);
  const worst = [];
  for (const e of document.querySelectorAll("main *, .top *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.offsetParent) continue;
    let behind = e, back = [0, 0, 0, 0];
    while (behind && back.length > 3 && back[3] === 0) {
      back = parse(getComputedStyle(behind).backgroundColor); behind = behind.parentElement;
    }
    const [a, b] = [lum(parse(getComputedStyle(e).color).slice(0, 3)), lum(back.slice(0, 3))];
    worst.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className || e.tagName]);
  }
  return worst.sort((x, y) => x[0] - y[0])[0];
}"""


def test_every_word_stands_out_from_what_is_behind_it(page):
    """WCAG AA: at least 4.5 to 1 for each text, with each verdict on the page."""
    story = {case["file"]: case for case, _ in the_cases()}["good.bundle"]
    for name in ("good", "good-gap", "salt-changed", "truncated"):
        choose(page, VECTORS / "bundle-v1" / f"{name}.bundle", story["trusted"])
        ratio, where = page.evaluate(_CONTRAST)
        assert ratio >= 4.5, (name, where)


def test_the_policy_names_the_very_script_and_style():
    """A word changed in the script without a new hash would not run: the page is as it was sealed."""
    found = importlib.util.spec_from_file_location("seal", PAGE.with_name("seal.py"))
    seal = importlib.util.module_from_spec(found)
    found.loader.exec_module(seal)
    text = PAGE.read_text(encoding="utf-8")
    assert seal.sealed(text) == text
    assert "default-src 'none'" in text
    assert "unsafe" not in text
    assert not re.search(r"https?://", text)


def test_a_witness_with_a_key_against_quantum_computers(page):
    """ML-DSA-44 in WebCrypto: checked where the browser has it; where not, no verdict."""
    witness = SigningKey(name="q.example/w", kind=KeyKind.ML_DSA_44, seed=b"q" * 32)
    story = hostile.Story(hostile.chain(1, 2))
    note = cosign(parse_note(story.map["checkpoint"]), witness, time=1_795_000_000)
    case = (story.bytes(checkpoint=str(note)), [hostile.KEY.vkey], [witness.vkey])
    (found,) = in_page(page, [case])
    if isinstance(found, str):
        assert "can't check ML-DSA-44" in found
        pytest.skip("this browser has no ML-DSA-44")

    assert by_habeas(*case) == found
