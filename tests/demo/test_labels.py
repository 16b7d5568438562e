"""The second author's labels and expectations are well formed and right by code written here."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
import yaml

from habeas.demo.book import COLUMNS

BOUNDARY = Path(__file__).resolve().parents[1] / "boundary"
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LABELS = sorted((BOUNDARY / "labels").glob("*.yaml"))
EXPECTED = sorted((BOUNDARY / "expected").glob("*.yaml"))
DETECTORS = {
    "cn_resident_id", "mobile_cn", "bank_card", "person_name", "postal_address", "email", "birth_date",
    "ip_address", "plate_cn", "cn_passport", "income", "health",
}  # fmt: skip
# The others' form is checked where they are used (tests/boundary/test_labels.py).
SECOND_AUTHOR = [path for path in LABELS if path.stem in DETECTORS]
CATEGORIES = {"sensitive", "personal", "quasi_identifier", "not_personal", "undecided"}


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain.upper() if sign.isdigit() or sign == "X")


def test_every_detector_has_labels() -> None:
    """The first twelve detectors have labels, each under its own name."""
    assert {path.stem for path in LABELS} >= DETECTORS
    assert [path.stem for path in LABELS] == [read(path)["detector"] for path in LABELS]


@pytest.mark.parametrize("path", SECOND_AUTHOR, ids=lambda path: path.stem)
def test_labels_are_well_formed(path: Path) -> None:
    """Enough entries of each sort, each with words, language and reason; what is found stands in the text."""
    labels = read(path)
    found = [*labels["valid"], *labels["masked"], *labels.get("not_counted", [])]
    entries = [*found, *labels["invalid"], *labels["look_alike"]]

    assert labels["format"] == "labels/v1"
    assert labels["match"] in ("exact", "overlap")
    assert len(labels["valid"]) >= 8
    assert len(labels["invalid"]) >= 6
    assert len(labels["look_alike"]) >= 6
    assert all(entry["text"].count(entry["found"]) == 1 for entry in found)
    assert all(entry["lang"] in ("en", "zh") and entry["why"] for entry in entries)
    assert len(entries) == len({entry["text"] for entry in entries})
    if path.stem != "plate_cn":
        assert {"en", "zh"} == {entry["lang"] for entry in labels["valid"]}


def test_labelled_identity_numbers() -> None:
    """Valid 18-character numbers pass ISO 7064, and the labelled wrong check digit fails."""
    labels = read(BOUNDARY / "labels" / "cn_resident_id.yaml")
    for entry in labels["valid"]:
        number = digits(entry["found"])
        if len(number) == 18:
            value = 0
            for sign in number:
                value = value * 2 + (10 if sign == "X" else int(sign))
            assert value % 11 == 1, entry["why"]
    wrong = next(entry for entry in labels["invalid"] if entry["why"] == "wrong check digit")
    value = 0
    for sign in digits(wrong["text"]):
        value = value * 2 + (10 if sign == "X" else int(sign))
    assert value % 11 != 1


def test_labelled_cards() -> None:
    """Valid cards pass Luhn, labelled failures of Luhn fail."""

    def holds(number: str) -> bool:
        pairs = enumerate(map(int, reversed(number)))
        return sum(sum(divmod(d * 2, 10)) if at % 2 else d for at, d in pairs) % 10 == 0

    labels = read(BOUNDARY / "labels" / "bank_card.yaml")
    failing = [e for e in labels["invalid"] if e["why"].startswith("Luhn fails")]
    assert all(holds(digits(entry["found"])) for entry in labels["valid"])
    assert failing
    assert not any(holds(digits(entry["text"])) for entry in failing)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_expectations_are_well_formed(path: Path) -> None:
    """Each expected column has a category or a ranked choice of a few, known detectors, and a reason."""
    expected = read(path)

    assert expected["format"] == "expected-boundary/v1"
    assert path.stem == expected["table"].rsplit(".", 1)[0]
    assert len(expected["read_as"]) > 100
    for column in expected["columns"].values():
        choice = column["category"]
        choice = [choice] if isinstance(choice, str) else choice
        assert set(choice) <= CATEGORIES
        assert 1 <= len(choice) == len(set(choice)) <= 3
        assert column["why"]
        assert set(column.get("kinds_any", [])) | set(column.get("kinds_none", [])) <= DETECTORS


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_expectations_cover_the_table(path: Path) -> None:
    """Every column of the table has an expectation, and no other."""
    expected = read(path)
    if expected["table"] == "loan_book.parquet":
        assert set(COLUMNS) == set(expected["columns"])
        return
    table = SHARED / "data" / "tables" / expected["table"]
    if not table.exists():
        pytest.skip("the shared test data is not here")
    line = table.read_text(encoding="utf-8").split("\n", 1)[0]
    header = next(csv.reader([line], delimiter=";" if ";" in line else ","))

    assert header == list(expected["columns"])
