"""A small platform for tests: a home, an activity, a table of borrowers whose values are marked."""

from __future__ import annotations

import copy
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

HERE = Path(__file__).resolve().parent
ACTIVITY = HERE / "activity.yaml"
ASSESSMENT = HERE / "assessment.yaml"
T0 = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# Stands in names and notes: a search for it finds every place where a value got out.
MARK = "zq7标记"


def later(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def borrower(number: int) -> str:
    return f"B{number:06d}"


def table(rows: int = 600, *, seed: int = 7) -> pa.Table:
    """Borrowers: few regions and schools, so that groups are large; names carry the mark."""
    lots = random.Random(seed)
    regions = ["浙江省", "江苏省", "四川省"]
    schools = ["本科", "大专", "高中"]
    return pa.table(
        {
            "borrower_id": [borrower(n) for n in range(rows)],
            "name": [f"王{MARK}{n}" for n in range(rows)],
            "mobile": [f"138{lots.randrange(10**8):08d}" for _ in range(rows)],
            "region": [lots.choice(regions) for _ in range(rows)],
            "education": [lots.choice(schools) for _ in range(rows)],
            "monthly_income": [lots.randrange(30, 400) * 100 for _ in range(rows)],
            "loan_amount": [lots.randrange(1, 60) * 1000 for _ in range(rows)],
            "overdue_days": [lots.choice([0, 0, 0, 3, 12, 45]) for _ in range(rows)],
            "product": [lots.choice(["P-A", "P-B", "P-C"]) for _ in range(rows)],
            "portfolio": [lots.choice(["P1", "P2", None]) for _ in range(rows)],
        }
    )


def book():
    from habeas.law.book import load_book

    return load_book("cn")


def declare(home, *, minute: int = 1, edit=lambda document: None):
    """Declare the activity, changed by `edit`."""
    from habeas.procedures.declare_activity import declare_activity
    from habeas.rights.activity import activity_from
    from habeas.rights.reading import read_yaml

    document = copy.deepcopy(dict(read_yaml(ACTIVITY)))
    edit(document)
    return declare_activity(home, activity_from(document), now=later(minute))


def publish(home, *, minute: int = 2):
    from habeas.procedures.publish_notice import publish_notice

    return publish_notice(home, "loan-servicing", book=book(), now=later(minute))


def assess(home, *, minute: int = 3):
    from habeas.procedures.record_assessment import record_assessment
    from habeas.rights.assessment import load_assessment

    return record_assessment(home, load_assessment(ASSESSMENT), book=book(), now=later(minute))
