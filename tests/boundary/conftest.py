"""A law book of a few titles, and generated people."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from habeas.boundary.scan import scan
from habeas.tables.source import open_source

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1].parent / "shared"
TODAY = date(2026, 11, 24)
BOOK = SimpleNamespace(id="cn", hash="0" * 64, provisions={})


def _people():
    if "habeas_people" not in sys.modules:
        spec = importlib.util.spec_from_file_location("habeas_people", HERE / "people.py")
        sys.modules["habeas_people"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["habeas_people"])
    return sys.modules["habeas_people"]


@pytest.fixture(scope="session")
def people():
    return _people()


@pytest.fixture(scope="session")
def loan_book():
    return _people().loan_book(1_000)


@pytest.fixture(scope="session")
def drawn(loan_book, look):
    """The loan book's boundary, drawn once."""
    return look(loan_book)


@pytest.fixture(scope="session")
def book():
    return BOOK


@pytest.fixture(scope="session")
def look():
    """Scan a table, a frame or a path."""

    def run(where, **options):
        typed = options.pop("typed", True)
        source = open_source(where, typed=typed)
        return scan(source, book=BOOK, as_of=TODAY, **options)

    return run


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip("the shared data are not here")
    return SHARED / "data"
