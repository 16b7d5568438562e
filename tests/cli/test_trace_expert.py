"""habeas trace --expert and --recheck: three forms, and the bound worked out again from a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from habeas.protection.base import ReleasedCopy, make_base
from habeas.protection.marks import code_bits, commitment, embed, plan_carriers
from habeas.relief.expert import expert_document
from habeas.relief.trace import trace

COLLECT = ("--activity", "loan-servicing", "--to", "collector", "--purpose", "debt_collection")
T0 = datetime(2026, 3, 1, tzinfo=UTC)
SECRET, SALT = bytes(range(32)), b"s" * 32


@pytest.fixture(scope="module")
def report():
    """An expert document on the whole copy of one of two recipients."""
    rng = np.random.default_rng(1)
    table = pa.table({f"n{at}": rng.integers(0, 10**6, 800) for at in range(4)})
    carriers = plan_carriers(
        table, groups=None, columns=table.column_names, rate=0.6, secret=SECRET, base_salt=SALT
    )
    base = make_base(table, at=T0, source_columns=table.column_names, carriers=carriers, salt=SALT)
    copies = [
        ReleasedCopy(
            release_id=f"r{code}",
            recipient=name,
            base_id=base.id,
            code=code,
            rows=None,
            columns=tuple(table.column_names),
            canaries=None,
            at=T0,
            commitment=commitment(SECRET, SALT, carriers, code),
        )
        for code, name in enumerate(("vendor", "employee extract"))
    ]
    leak = embed(table, carriers, code_bits(SECRET, SALT, carriers, [1])[0])
    secrets = {base.id: (SECRET, SALT)}
    found = trace(leak, bases=[base], copies=copies, secrets=secrets)
    return expert_document(
        found, bases=[base], copies=copies, secrets=secrets, leak="0" * 64, at=T0
    )


def test_an_accusation_is_worked_out_again_without_a_home(habeas, report, tmp_path):
    """Exit 0 and the same bound; with the log's commitments it says that they were compared."""
    (tmp_path / "r.json").write_text(json.dumps(report))
    (tmp_path / "log.json").write_text(json.dumps({"r1": report["accusations"][0]["commitment"]}))
    plain = habeas("trace", tmp_path / "r.json", "--recheck", "--lang", "zh")
    compared = habeas(
        "trace", tmp_path / "r.json", "--recheck", "--logged", tmp_path / "log.json", "--json"
    )

    assert (0, 0) == (plain.code, compared.code)
    assert "请与存证日志核对" in plain.out
    (again,) = compared.json["accusations"]
    assert ("employee extract", "as logged") == (again["recipient"], again["commitment"])
    assert report["attribution"]["bound"][0]["log10_bound"] == again["log10_bound"]


def test_a_doctored_report_does_not_hold(habeas, report, tmp_path):
    """Exit 3, in one sentence."""
    doctored = json.loads(json.dumps(report))
    doctored["accusations"][0]["log10_bound"] -= 5
    (tmp_path / "r.json").write_text(json.dumps(doctored))
    said = habeas("trace", tmp_path / "r.json", "--recheck")

    assert 3 == said.code
    assert "not as small as the report states" in said.err


def test_three_forms_of_a_report_of_this_home(habeas, platform, loans, tmp_path):
    """An accusation by canary rows: pages in both languages' forms, and nothing to recompute."""
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")
    forms = [tmp_path / f"r.{form}" for form in ("html", "docx", "json")]
    asked = [part for path in forms for part in ("--expert", path)]
    said = habeas("trace", tmp_path / "c.csv", *asked, "--lang", "zh")
    again = habeas("trace", tmp_path / "r.json", "--recheck")

    assert 0 == said.code, said.err
    assert "泄露数据来源鉴别报告" in forms[0].read_text("utf-8")
    assert b"PK" == forms[1].read_bytes()[:2]
    assert ["collector"] == json.loads(forms[2].read_text("utf-8"))["attribution"]["named"]
    assert (0, True) == (again.code, "nothing to recompute" in again.out)


def test_a_report_of_another_form_is_refused_before_any_test_is_made(
    habeas, platform, loans, tmp_path
):
    """Exit 2; no trace is logged."""
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")
    said = habeas("trace", tmp_path / "c.csv", "--expert", tmp_path / "r.pdf")
    after = habeas("trace", tmp_path / "c.csv", "--json")

    assert (2, 0) == (said.code, after.json["tests"]["before"])


@pytest.mark.parametrize("content", [b"[]", b"{", b"{}"])
def test_a_file_that_is_no_report(habeas, tmp_path, content):
    """Exit 2: a list, half a file, an object of something else."""
    (tmp_path / "r.json").write_bytes(content)
    assert 2 == habeas("trace", tmp_path / "r.json", "--recheck").code
