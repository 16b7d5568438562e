"""A user's detectors: found, checked, named in the rule pack, never slow, and refused by name."""

import time

import pyarrow as pa
import pytest

from habeas.boundary.own import load_own, using
from habeas.boundary.registry import detectors, rule_pack, shipped
from habeas.boundary.text import scan_text
from habeas.errors import BadInput

FILE = """
format: detectors/v1
detectors:
- id: employee_badge
  label: {en: employee badge, zh: 工牌号}
  pattern: "EMP-[0-9]{5}"
  keywords: [工牌, badge]
  category: personal
  citations: [cn.pipl.art4.p1]
  names: {en: [badge no], zh: [工牌号]}
  direct: true
- id: loyalty_card
  pattern: "LC[0-9]{10}"
  validator: luhn
  category: personal
  citations: [cn.pipl.art4.p1]
"""


@pytest.fixture
def own(tmp_path):
    def load(text=FILE):
        path = tmp_path / "own.yaml"
        path.write_text(text, "utf-8")
        return load_own(path)

    return load


def test_a_kind_of_ones_own_is_found_in_text(own):
    """In a Chinese sentence, full-width, not inside a longer code; and only while it is in use."""
    text = "其工牌EMP-12345，另ＥＭＰ－２３４５６，XEMP-99999，EMP-888888，电话13800138000"
    with using(own()):
        found = {text[s.start : s.end]: s.kind for s in scan_text(text)}

    assert {
        "EMP-12345": "employee_badge",
        "ＥＭＰ－２３４５６": "employee_badge",
        "13800138000": "mobile_cn",
    } == found
    assert {"mobile_cn"} == {s.kind for s in scan_text(text)}


def test_a_column_of_ones_own_kind_is_judged(own, look):
    """With its name hidden, by its values; the pack says that the rules were not the shipped."""
    table = pa.table({"c1": [f"EMP-{n:05d}" for n in range(300)], "c2": ["x"] * 300})
    with using(own()):
        drawn, pack = look(table), rule_pack()

    assert ("employee_badge", "personal") == (
        drawn.columns[0].kinds[0],
        drawn.columns[0].category.value,
    )
    assert drawn.rule_pack == pack != look(table).rule_pack
    assert pack.startswith(rule_pack())


def test_its_validator_decides(own):
    """A Luhn digit that fails is no finding."""
    with using(own(FILE.replace("LC[0-9]{10}", "[0-9]{10}"))):
        kinds = [{s.kind for s in scan_text(f"loyalty {n}")} for n in ("1234567897", "1234567890")]

    assert [{"loyalty_card"}, set()] == kinds


def test_no_pattern_is_slow(own):
    """What hangs a backtracking engine takes a moment."""
    bad = FILE.replace("EMP-[0-9]{5}", "(a+)+b")
    start = time.perf_counter()
    with using(own(bad)):
        scan_text("a" * 50_000)

    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("detectors/v1", "detectors/v9"),
        ("employee_badge", "mobile_cn"),
        ("employee_badge", "Badge No"),
        ("validator: luhn", "validator: magic"),
        ("EMP-[0-9]{5}", "EMP-[0-9"),
        ("EMP-[0-9]{5}", "(?<=x)y"),
        ("EMP-[0-9]{5}", "x*"),
        ("category: personal", "category: secret"),
        ("  citations: [cn.pipl.art4.p1]\n  names", "  names"),
        ("direct: true", "run: rm"),
        ("loyalty_card", "employee_badge"),
    ],
)
def test_what_is_wrong_is_refused_by_name(own, old, new):
    """File and entry; nothing is half loaded."""
    with pytest.raises(BadInput) as error:
        own(FILE.replace(old, new, 1))

    assert "own.yaml" in str(error.value.file)
    assert detectors() == shipped()


def test_the_command_takes_the_file(tmp_path, monkeypatch, capsys):
    """`habeas scan - --detectors own.yaml` prints the user's kind; nothing is left behind."""
    import io
    from types import SimpleNamespace

    from habeas.boundary.registry import set_own
    from habeas.cli.scan import scan as command

    path = tmp_path / "own.yaml"
    path.write_text(FILE, "utf-8")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"badge EMP-12345")))
    try:
        command("-", detectors=[path], as_json=True)
    finally:
        set_own(())

    assert '"kind": "employee_badge"' in capsys.readouterr().out
