"""Labels by a second author who has not seen the patterns; differences: differences.md."""

from pathlib import Path

import pytest
import yaml

from habeas.boundary.detector import Look
from habeas.boundary.fold import fold
from habeas.boundary.registry import detector, detectors, header_index
from habeas.boundary.text import scan_text

FILES = sorted((Path(__file__).resolve().parent / "labels").glob("*.yaml"))
# IPv6 has an id of its own here; the labels speak of IP addresses of both versions.
SAME = {"ip_address": {"ip_address", "ipv6_address"}}
EXACT = {
    "bank_card",
    "cn_passport",
    "cn_resident_id",
    "email",
    "ip_address",
    "mobile_cn",
    "plate_cn",
}


def labelled():
    for file in FILES:
        labels = yaml.safe_load(file.read_text("utf-8"))
        for group in ("valid", "invalid", "look_alike"):
            for entry in labels.get(group) or []:
                yield pytest.param(
                    labels["detector"],
                    group,
                    entry,
                    id=f"{labels['detector']}-{group}-{entry['why']}",
                )


@pytest.mark.parametrize(("kind", "group", "entry"), list(labelled()))
def test_every_label_is_answered_as_its_author_says(kind, group, entry):
    """Found if valid, silent if invalid or a look-alike; spans exact where a check fixes them."""
    text = entry["text"]
    kinds = SAME.get(kind, {kind})
    spans = [text[s.start : s.end] for s in scan_text(text) if s.kind in kinds]
    cell = detector(kind).cell
    whole = cell is not None and cell(fold(text).strip()) is Look.VALID

    assert (group == "valid") == (bool(spans) or whole), entry["why"]
    if group == "valid" and kind in EXACT and "found" in entry:
        assert entry["found"] in spans


HEADERS = yaml.safe_load(
    (Path(__file__).resolve().parent / "labels/headers.yml").read_text("utf-8")
)["kinds"]


@pytest.mark.parametrize("kind", HEADERS)
def test_every_column_name_says_what_its_author_says(kind):
    """Names in both languages and in pinyin; names that only look alike stay silent."""
    says = [name for name in HEADERS[kind]["says"] if kind not in header_index().kinds(name)]
    silent = [name for name in HEADERS[kind]["silent"] if kind in header_index().kinds(name)]

    assert ([], []) == (says, silent)


def test_the_labels_are_there():
    """Every detector but two, which are computed, not read, has labels: a missing folder must not
    look like success.
    """
    labelled_kinds = {file.stem for file in FILES} | set(HEADERS)

    assert {"minor_under_14", "row_counter"} == {one.id for one in detectors()} - labelled_kinds
    assert len(list(labelled())) >= 500
