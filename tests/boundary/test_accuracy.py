"""Accuracy on labelled sets made by others; the figures are printed with -s."""

import json
from collections import Counter

import pytest

from habeas.boundary.judge import wilson
from habeas.boundary.text import scan_text
from habeas.tables.source import open_source

TYPES = {
    "PERSON": "person_name",
    "ID_CARD": "cn_resident_id",
    "TELEPHONE": "landline_cn",
    "MOBILE_PHONE": "mobile_cn",
    "EMAIL": "email",
    "LICENSE_PLATE": "plate_cn",
    "BANK_CARD": "bank_card",
    "PASSPORT": "cn_passport",
    "COMPANY_NAME": "organisation_name",
    "SOCIAL_CREDIT_CODE": "cn_uscc",
    "IPV4": "ip_address",
    "IPV6": "ipv6_address",
    "MAC": "mac_address",
    "DOMAIN_NAME": "domain_name",
    "LOCATION": "postal_address",
    "POSTCODE": "postcode",
    "DATE": "date",
}
# Types of the English set that we claim; names are statistical and only reported.
CLAIMED = {
    "EMAIL_ADDRESS": ({"email"}, 0.98),
    "CREDIT_CARD": ({"bank_card"}, 0.95),
    "IBAN_CODE": ({"iban"}, 0.95),
    "US_SSN": ({"us_ssn"}, 0.95),
    "IP_ADDRESS": ({"ip_address", "ipv6_address"}, 0.98),
    "PHONE_NUMBER": ({"phone_other", "landline_cn", "mobile_cn"}, 0.95),
}


@pytest.mark.parametrize("header", ["shown", "hidden"])
def test_each_chinese_column_gets_its_type(header, look, shared):
    """17 column types, names shown and hidden: the first kind is the right one."""
    table = open_source(shared / "pii/opendlp_5000.csv", typed=False).read()
    if header == "hidden":
        table = table.rename_columns([f"c{n}" for n in range(len(TYPES))])
    found = [column.kinds[:1] for column in look(table).columns]
    right = [kinds == (kind,) for kinds, kind in zip(found, TYPES.values(), strict=True)]
    print(f"\nopenDLP, header {header}: {sum(right)}/17 columns, macro-F1 {sum(right) / 17:.3f}")

    assert all(right), found


@pytest.mark.slow
def test_cells_of_each_chinese_type(shared):
    """Per cell: recall of each type's detector, and what it takes from the other columns."""
    from habeas.boundary.detector import Look
    from habeas.boundary.fold import fold
    from habeas.boundary.registry import detector

    table = open_source(shared / "pii/opendlp_5000.csv", typed=False).read()
    cells = {name: table.column(name).to_pylist() for name in TYPES}
    f1 = {}
    for name, kind in TYPES.items():
        judge = detector(kind).cell
        hits = {c: sum(judge(fold(v).strip()) is Look.VALID for v in vs) for c, vs in cells.items()}
        recall = hits[name] / 5_000
        precision = hits[name] / max(1, sum(hits.values()))
        f1[name] = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{name:20} recall {recall:.3f} precision {precision:.3f}")
    print(f"macro-F1 of cells {sum(f1.values()) / 17:.3f}")

    assert sum(f1.values()) / 17 > 0.9


def overlap(a, b):
    return a[0] < b[1] and b[0] < a[1]


def test_english_texts(shared):
    """Precision and recall by overlap, with intervals; each claimed type above its bar."""
    texts = json.loads((shared / "pii/generated_large.json").read_text("utf-8"))
    known, found, right, caught = Counter(), Counter(), Counter(), Counter()
    groups = {
        **CLAIMED,
        "PERSON": ({"person_name"}, 0.58),
    }
    for text in texts:
        spans = scan_text(text["full_text"])
        for name, (kinds, _) in groups.items():
            want = [
                (s["start_position"], s["end_position"])
                for s in text["spans"]
                if s["entity_type"] == name
            ]
            got = [(s.start, s.end) for s in spans if s.kind in kinds]
            known[name] += len(want)
            found[name] += len(got)
            caught[name] += sum(any(overlap(w, g) for g in got) for w in want)
            right[name] += sum(any(overlap(w, g) for w in want) for g in got)
    for name, (_, bar) in groups.items():
        precision, recall = right[name] / max(1, found[name]), caught[name] / known[name]
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        low = wilson(caught[name], known[name])[1]
        print(
            f"{name:14} P {precision:.3f} R {recall:.3f} (low {low:.3f}) F1 {f1:.3f} n={known[name]}"
        )
        assert f1 >= bar, name
