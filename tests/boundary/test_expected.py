"""Expected boundaries, written before the run by a second author; differences: differences.md."""

from pathlib import Path

import pytest
import yaml

FILES = sorted((Path(__file__).resolve().parent / "expected").glob("*.yaml"))


def compare(boundary, expected):
    """Every column that lies elsewhere than expected, in words."""
    wrong = []
    for column in boundary.columns:
        entry = expected["columns"].get(column.name)
        if entry is None:
            wrong.append(f"{column.name}: nobody expected this column")
            continue
        allowed = entry["category"]
        allowed = [allowed] if isinstance(allowed, str) else allowed
        if column.category.value not in allowed:
            wrong.append(f"{column.name}: {column.category.value}, expected {allowed}")
        silent = set(entry.get("kinds_none") or []) & set(column.kinds)
        wrong += [f"{column.name}: {kind} must not speak" for kind in sorted(silent)]
        wanted = set(entry.get("kinds_any") or [])
        if wanted and not wanted & set(column.kinds):
            wrong.append(f"{column.name}: {column.kinds}, expected one of {wanted}")
    missing = set(expected["columns"]) - {column.name for column in boundary.columns}
    return [*wrong, *(f"{name}: not in the table" for name in sorted(missing))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_line_runs_where_the_second_author_drew_it(file, look, drawn, request):
    """Every column of the real tables and of the loan book, category and kind."""
    expected = yaml.safe_load(file.read_text("utf-8"))
    if file.stem == "loan_book":
        boundary = drawn
    else:
        shared = request.getfixturevalue("shared")
        boundary = look(shared / "tables" / expected["table"])

    assert [] == compare(boundary, expected)
