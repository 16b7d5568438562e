"""Captures recorded with a real browser: every planted difference is found, and nothing else."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from habeas.cli.door import run
from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.matter import matter_from
from habeas.rights.activity import load_activity
from habeas.rights.capture import Capture, Sent
from habeas.rights.capture_har import read_har
from habeas.rights.capture_other import read_manifest, read_table
from habeas.rights.observe import Moments, belongs, observe, shown
from habeas.rights.observe_page import observe_page
from habeas.rights.observed_matter import observed_matter
from habeas.tables.source import open_source

HERE = Path(__file__).resolve().parent / "captures"
PLANTED = yaml.safe_load((HERE / "planted.yaml").read_text(encoding="utf-8"))
MARKS = {"consented": "/consent", "refused": "/refuse"}
DAY = date(2026, 11, 25)
VALUES = ("13812345678", "11010519491231002X", "王小明", "13900001111", "佛教", "8200", "30.274150")


@pytest.fixture(scope="module")
def activity():
    return load_activity(HERE / "activity.yaml")


def _observed(activity, capture, **moments):
    return observe(capture, activity, book=load_book("cn"), as_of=DAY, moments=Moments(**moments))


def _from(folder, name, activity):
    capture = read_har(folder / f"{name}.har", marks=MARKS)
    return _observed(activity, capture, **capture.moments)


def _breaches(found):
    return sorted([one.what, one.subject] for one in found.of("breach"))


@pytest.mark.parametrize("name", PLANTED)
def test_every_planted_difference_is_found_and_nothing_else(name, activity):
    """Five pages with planted differences, and a clean one."""
    assert sorted(PLANTED[name]) == _breaches(_from(HERE, name, activity))


def test_a_clean_capture_says_nothing_at_all(activity):
    """Not even a note."""
    assert () == _from(HERE, "clean", activity).findings


@pytest.mark.slow
def test_captures_recorded_now_show_the_same(tmp_path, activity):
    """With the browser of this machine."""
    pytest.importorskip("playwright", reason="playwright drives the browser")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    import importlib.util

    spec = importlib.util.spec_from_file_location("record", HERE.parent / "record_captures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.record(tmp_path, chromium)

    for name, planted in PLANTED.items():
        assert sorted(planted) == _breaches(_from(tmp_path, name, activity)), name


@pytest.mark.parametrize("name", PLANTED)
def test_no_value_leaves(name, activity):
    """Report, page and matter hold kinds, counts and names of fields."""
    found = _from(HERE, name, activity)
    pages = [observe_page(found, load_book("cn"), language=lang) for lang in ("en", "zh")]
    matter = observed_matter(found, activity.matter(acted_on=DAY))
    said = "".join([json.dumps(found.to_json(), ensure_ascii=False), *pages, str(matter)])

    assert [] == [value for value in VALUES if value in said]


@pytest.mark.parametrize("name", [n for n in PLANTED if n != "clean"])
def test_what_was_seen_becomes_a_matter_that_can_be_decided(name, activity):
    """In the vocabulary, with a use for each kind of difference."""
    found = _from(HERE, name, activity)
    made = observed_matter(found, activity.matter(acted_on=DAY))

    assert len({one.what for one in found.of("breach")}) == len(made["uses"])
    matter_from(made)


# ---- the dishonest controller


def _sent(name, value, host="px.loans.example.evil.example"):
    return Capture(kind="har", sent=(Sent(name=name, host=host, at=None, value=value),))


def test_a_host_that_only_looks_like_the_controllers_is_not_its():
    """notloans.example and loans.example.evil.example end or begin alike."""
    assert belongs("a.loans.example", ("loans.example",))
    assert not belongs("notloans.example", ("loans.example",))
    assert not belongs("loans.example.evil.example", ("loans.example",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x1", "13812345678"),
        ("payload", "用户手机13812345678已登录"),
        ("theme_color", "11010519491231002X"),
    ],
)
def test_a_harmless_name_hides_nothing(activity, name, value):
    """A controller that calls a phone number x1 is seen by the value."""
    found = _observed(activity, _sent(name, value), consented=datetime(2026, 1, 1, tzinfo=UTC))

    assert "undeclared_recipient" in {one.what for one in found.of("breach")}


def test_a_declared_name_covers_no_list_of_others(activity):
    """Calling each friend's number `mobile` doesn't make it the borrower's."""
    found = _observed(activity, _sent("address_book.mobile", "13900001111", "api.loans.example"))

    assert ["address_book.mobile"] == [
        one.subject for one in found.of("breach") if one.what == "undeclared_field"
    ]


def test_without_a_moment_the_time_is_not_known_and_not_fine(activity):
    """Unknown is not false: nobody said when the person agreed."""
    capture = read_har(HERE / "early.har")
    found = _observed(activity, capture)

    assert ["time_unknown"] == [one.what for one in found.of("open")]


def test_a_personal_value_in_a_name_is_masked():
    """Somebody puts the number into the key."""
    assert "13812345678" not in shown("u_13812345678")
    assert "13812345678" not in shown("13812345678.cdn.example")


# ---- other captures


def test_permissions_beyond_the_declaration(tmp_path, activity):
    """Contacts and fine location are declared by no use; the network opens no door."""
    names = ("READ_CONTACTS", "ACCESS_FINE_LOCATION", "INTERNET")
    lines = "".join(f'<uses-permission android:name="android.permission.{n}"/>\n' for n in names)
    (tmp_path / "m.xml").write_text(f"<manifest>\n{lines}</manifest>", encoding="utf-8")
    found = _observed(activity, read_manifest(tmp_path / "m.xml"))

    assert [["permission_beyond", n] for n in sorted(names[:2])] == _breaches(found)


def test_a_table_that_holds_more_than_is_declared(tmp_path, activity):
    """What is really kept, against the activity."""
    (tmp_path / "t.csv").write_text(
        "borrower_id,name,mobile,id_number,religion,row_no\n"
        "B1,王小明,13812345678,11010519491231002X,佛教,1\n",
        encoding="utf-8",
    )
    found = _observed(activity, read_table(open_source(tmp_path / "t.csv")))

    assert [["undeclared_field", "religion"]] == _breaches(found)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.har", "{", "not a HAR"),
        ("a.har", '{"log": {"entries": {}}}', "no list of entries"),
        ("a.har", '{"log": {"entries": [1]}}', "without a request"),
        ("a.har", '{"log": {"entries": [{"request": {}}]}}', "no address"),
        ("a.har", '{"log": {"entries": [{"startedDateTime": "x", "request": {"url": "http://a"}}]}}', "ISO"),
        ("a.xml", "<html></html>", "no Android manifest"),
        ("none.har", None, "can't be read"),
    ],
)  # fmt: skip
def test_a_damaged_capture_is_one_sentence(tmp_path, name, text, says):
    """With its file."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=says):
        (read_har if path.suffix == ".har" else read_manifest)(path)


def test_the_command_ends_with_what_it_found(tmp_path, capsys):
    """0 clean, 3 with a difference, 4 where the moment is missing, 2 for a moment that isn't one."""
    ask = ["--activity", str(HERE / "activity.yaml"), "--as-of", "2026-11-25"]

    assert 0 == run(["observe", str(HERE / "clean.har"), *ask, "--consented", "/consent"])
    assert 3 == run(
        ["observe", str(HERE / "contacts.har"), *ask, "--consented", "/consent", "--json"]
    )
    assert 4 == run(["observe", str(HERE / "clean.har"), *ask])
    assert 2 == run(
        ["observe", str(HERE / "clean.har"), *ask, "--consented", "2026-01-01T00:00:00"]
    )
