"""Worlds for the trace tests: real loans with invented persons, released and leaked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from habeas.protection.base import ReleasedCopy, make_base
from habeas.protection.canaries import make_canaries
from habeas.protection.marks import code_bits, commitment, embed, plan_carriers
from habeas.relief.trace import trace

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
T0 = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SECRET = bytes(range(32))
MARKED = [
    "emp_length",
    "state",
    "homeownership",
    "annual_income",
    "verified_income",
    "debt_to_income",
    "total_credit_limit",
    "total_credit_utilized",
    "loan_purpose",
    "total_debit_limit",
    "balance",
    "earliest_credit_line",
    "open_credit_lines",
    "total_credit_lines",
    "num_total_cc_accounts",
]
SCORING = [
    *MARKED,
    "loan_amount",
    "interest_rate",
    "term",
    "grade",
    "issue_month",
    "inquiries_last_12m",
]
COLLECTING = [
    "name",
    "id_number",
    "mobile",
    "email",
    "state",
    "loan_amount",
    "balance",
    "loan_status",
    "issue_month",
]


def read(name, **options):
    path = SHARED / "data" / "tables" / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    convert = pyarrow.csv.ConvertOptions(null_values=[""], strings_can_be_null=True)
    parse = pyarrow.csv.ParseOptions(**options)
    return pyarrow.csv.read_csv(path, convert_options=convert, parse_options=parse)


@pytest.fixture(scope="session")
def read_table():
    """Reads a table of the shared data, or skips."""
    return read


def loan_table():
    return read("loans_full_schema.csv").drop_columns([""])


@pytest.fixture(scope="session")
def loans():
    """10,000 real loans."""
    return loan_table()


def persons(count, rng):
    """Invented names, identity numbers, telephones and addresses of mail; all are random."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

    def resident():
        body = (
            f"{rng.integers(110000, 659999)}{rng.integers(1960, 2003)}{rng.integers(1, 13):02d}"
            f"{rng.integers(1, 29):02d}{rng.integers(0, 999):03d}"
        )
        return (
            body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
        )

    family, given = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋艳勇杰娟涛"
    return {
        "name": [
            family[rng.integers(10)] + given[rng.integers(15)] + given[rng.integers(15)]
            for _ in range(count)
        ],
        "id_number": [resident() for _ in range(count)],
        "mobile": [f"1{rng.integers(3, 10)}{rng.integers(0, 10**9):09d}" for _ in range(count)],
        "email": [f"u{rng.integers(0, 10**7):07d}@example.org" for _ in range(count)],
    }


def with_persons(table, *, seed=3):
    rng = np.random.default_rng(seed)
    for name, values in persons(table.num_rows, rng).items():
        table = table.append_column(name, pa.array(values))
    return table


def released(table, count, *, marked, seed=0, at=T0, rate=0.04, first=0):
    """A marked base and `count` copies of it: base, copies, secrets, and the table of each."""
    salt = np.random.default_rng(1_000 + seed).bytes(32)
    carriers = plan_carriers(
        table, groups=None, columns=marked, rate=rate, secret=SECRET, base_salt=salt
    )
    base = make_base(table, at=at, source_columns=table.column_names, carriers=carriers, salt=salt)
    codes = range(first, first + count)
    copies = [
        ReleasedCopy(
            release_id=f"release {code}",
            recipient=f"recipient {code}",
            base_id=base.id,
            code=code,
            rows=None,
            columns=tuple(table.column_names),
            canaries=None,
            at=at,
            commitment=commitment(SECRET, salt, carriers, code),
        )
        for code in codes
    ]

    def copy_of(code):
        return embed(table, carriers, code_bits(SECRET, salt, carriers, [code])[0])

    return SimpleNamespace(
        base=base, copies=copies, secrets={base.id: (SECRET, salt)}, copy_of=copy_of, salt=salt
    )


def leaked(table, seed, *, rows=None, alter=0.0, rename=True, drop=0):
    """Some rows, shuffled; columns shuffled and renamed; cells replaced by others of the column."""
    rng = np.random.default_rng(seed)
    names = list(table.column_names)
    rng.shuffle(names)
    chosen = rng.permutation(table.num_rows)[: rows or table.num_rows]
    out = {}
    for number, name in enumerate(names[drop:]):
        values = table.column(name).take(pa.array(chosen))
        hit = rng.random(len(chosen)) < alter
        source = np.where(hit, rng.integers(0, len(chosen), len(chosen)), np.arange(len(chosen)))
        out[f"c{number}" if rename else name] = values.take(pa.array(source))
    return pa.table(out)


def find(leak, *worlds, **options):
    """Trace a leak over the releases of some worlds."""
    return trace(
        leak,
        bases=[world.base for world in worlds],
        copies=[copy for world in worlds for copy in world.copies],
        secrets={key: value for world in worlds for key, value in world.secrets.items()},
        **options,
    )


def portfolio(full, rows, *, code, name, at=T0):
    """An identified, unmarked release of some rows with canaries, to one collector."""
    table = full.select(COLLECTING).take(pa.array(rows))
    salt = np.random.default_rng(code).bytes(32)
    base = make_base(table, at=at, source_columns=full.column_names, salt=salt)
    canaries = make_canaries(table, 10, secret=SECRET, code=code, contact_domain="post.example.net")
    copy = ReleasedCopy(
        release_id=f"release to {name}",
        recipient=name,
        base_id=base.id,
        code=None,
        rows=None,
        columns=tuple(COLLECTING),
        canaries=canaries,
        at=at,
    )
    return SimpleNamespace(
        base=base,
        copies=[copy],
        secrets={base.id: (SECRET, salt)},
        table=table,
        canaries=canaries,
        handed_out=pa.concat_tables([table, canaries]),
    )


@pytest.fixture(scope="session")
def make():
    """The builders above, for tests that need their own world."""
    return SimpleNamespace(
        released=released,
        leaked=leaked,
        find=find,
        portfolio=portfolio,
        with_persons=with_persons,
        secret=SECRET,
        t0=T0,
        later=T0 + timedelta(days=90),
        marked=MARKED,
        scoring=SCORING,
    )


@pytest.fixture(scope="session")
def scoring(loans):
    """Three marked copies of 21 columns of the real loans."""
    return released(loans.select(SCORING), 3, marked=MARKED)


@pytest.fixture(scope="session")
def full(loans):
    """The controller's own table: the real loans with invented persons."""
    return with_persons(loans)


@pytest.fixture(scope="session")
def collectors(full):
    """Two collectors with 600 borrowers each, some in common."""
    rng = np.random.default_rng(9)
    return [
        portfolio(full, rng.choice(full.num_rows, 600, replace=False), code=11 + at, name=name)
        for at, name in enumerate(("first collector", "second collector"))
    ]
