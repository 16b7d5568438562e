"""Small made-up tables, plans and boundaries for the protection tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from habeas.protection.columns import ColumnPlan
from habeas.protection.plan import ReleasePlan
from habeas.terms import Text

WHY = Text(en="a test needs it", zh="测试需要")
SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture
def secret():
    return bytes(range(32))


@pytest.fixture
def now():
    return datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def shared_tables():
    folder = SHARED / "data" / "tables"
    if not folder.is_dir():
        pytest.skip("the shared data tables are not here")
    return folder


@pytest.fixture
def column_plan():
    """A ColumnPlan with a reason already given."""

    def make(column, transform="keep", **more):
        return ColumnPlan(column=column, transform=transform, reason=WHY, **more)

    return make


@pytest.fixture
def plan_of():
    """A ReleasePlan whose needed columns are all that leave."""

    def make(*columns, **more):
        needed = more.pop("needed", tuple(c.column for c in columns if c.leaves))
        given = {"recipient": "示例评分公司", "purpose": "scoring", **more}
        return ReleasePlan(columns=columns, needed=needed, **given)

    return make


@pytest.fixture
def loans():
    """2,000 made-up loans: a key, quasi-identifiers, amounts, a status and a note."""
    rng = np.random.default_rng(5)
    rows = 2_000
    born = rng.integers(0, 40 * 365, rows)
    return pa.table(
        {
            "borrower_id": [f"B{n:09d}" for n in rng.permutation(rows)],
            "mobile": [f"138{n:08d}" for n in rng.permutation(10**6)[:rows]],
            "birth_date": pa.array(np.datetime64("1960-01-01") + born, pa.date32()),
            "sex": rng.choice(["男", "女"], rows),
            "region": rng.choice(["广东省", "浙江省", "四川省", "河南省", "陕西省"], rows),
            "income": pa.array(rng.integers(2_000, 40_000, rows)),
            "amount": pa.array(rng.integers(1, 50, rows) * 1_000),
            "rate": pa.array(rng.integers(30, 240, rows) / 10),
            "grade": rng.choice(list("ABCDEFG"), rows),
            "channel": rng.choice(["app", "web", "agent", "phone"], rows),
            "status": rng.choice(["current", "late", "paid"], rows),
        }
    )


@pytest.fixture
def loan_plan(column_plan, plan_of):
    """The plan of a scoring vendor for `loans`."""

    def make(**more):
        return plan_of(
            column_plan("borrower_id", "pseudonym", role="identifier"),
            column_plan("mobile", "drop", role="identifier"),
            column_plan(
                "birth_date",
                "generalise",
                params={"by": "date", "to": "year"},
                role="quasi_identifier",
            ),
            column_plan("sex", role="quasi_identifier"),
            column_plan("region", role="quasi_identifier"),
            column_plan("income", "bin", params={"edges": [5_000, 10_000, 20_000]}),
            column_plan("amount"),
            column_plan("rate", mark=True),
            column_plan("grade", mark=True),
            column_plan("channel", mark=True),
            column_plan("status"),
            **{
                "adversary": ("birth_date", "sex", "region"),
                "subject_column": "borrower_id",
                "search": True,
                "sums": ("amount",),
                "decided_on": ("status",),
                "mark_rate": 0.2,
                **more,
            },
        )

    return make


@pytest.fixture
def boundary_column():
    """One column's boundary, as the boundary room gives it."""

    def make(name, category="personal", kinds=(), arrow_type="string", **more):
        given = {
            "distinct": 50,
            "unique_share": 0.1,
            "citations": (),
            "claimed_by": ("loans",),
            **more,
        }
        return SimpleNamespace(
            name=name,
            category=SimpleNamespace(value=category),
            kinds=kinds,
            arrow_type=arrow_type,
            **given,
        )

    return make


@pytest.fixture
def boundary_of():
    def make(*columns):
        by_name = {column.name: column for column in columns}
        return SimpleNamespace(
            columns=columns, column=by_name.__getitem__, book="cn", book_hash="00" * 32
        )

    return make
