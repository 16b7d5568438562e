"""Surface form x carrier x detector, with hard negatives: what validated findings are worth."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from habeas.boundary.text import scan_text


def _load():
    where = Path(__file__).resolve().parent / "matrix.py"
    spec = importlib.util.spec_from_file_location("habeas_matrix", where)
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE = _load()
KINDS, matrix = MADE.KINDS, MADE.matrix

RECALL, PRECISION = 0.99, 0.98


def measured(seed, each):
    """Of each kind: planted, found exactly, and validated findings that are something else."""
    planted, right, wrong = Counter(), Counter(), Counter()
    for one in matrix(seed, each):
        planted[one.kind] += one.kind is not None
        here = False
        for span in scan_text(one.text):
            if span.evidence != "validated":
                continue
            exact = (span.kind, span.start, span.end) == (one.kind, one.start, one.end)
            here |= exact
            wrong[span.kind] += not exact
        right[one.kind] += here
    return planted, right, wrong


def held(planted, right, wrong):
    for kind in (k.id for k in KINDS):
        recall = right[kind] / planted[kind]
        precision = right[kind] / max(1, right[kind] + wrong[kind])
        print(f"{kind:16} recall {recall:.4f} precision {precision:.4f} n={planted[kind]}")
    total = sum(right[k.id] for k in KINDS)

    assert total / sum(planted[k.id] for k in KINDS) >= RECALL
    assert total / (total + wrong.total()) >= PRECISION
    for kind in (k.id for k in KINDS):
        assert right[kind] >= RECALL * planted[kind], kind
        assert right[kind] >= PRECISION * (right[kind] + wrong[kind]), kind


def test_every_form_on_every_carrier_is_found_and_little_else():
    """One value for each cell of the matrix, as many hard negatives."""
    held(*measured(seed=7, each=1))


@pytest.mark.slow
def test_the_matrix_at_length():
    """Forty values for each cell: some twelve thousand planted, as many hard negatives."""
    held(*measured(seed=8, each=40))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("call 61 51 81", "phone_other", "61 51 81"),
        ("order 61 51 81", "phone_other", None),
        # The check digits hold, the country's length doesn't.
        ("IBAN GB88WEST1234569876543", "iban", None),
        # A valid last character, and a registrar in no province.
        ("代码" + MADE.uscc_of("910701001234MA5K7"), "cn_uscc", None),
        ("Dear Customer, thank you", "person_name", None),
        ("Dear Penny, thank you", "person_name", "Penny"),
    ],
)
def test_what_stands_beside_decides(text, kind, value):
    """A word, a length, a province: each alone makes the difference."""
    found = [text[s.start : s.end] for s in scan_text(text) if s.kind == kind]

    assert ([value] if value else []) == found
