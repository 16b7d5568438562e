"""A plan states its grounds, and no edit of its file gets past them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, Refused
from habeas.protection.columns import ColumnPlan
from habeas.protection.plan import ReleasePlan
from habeas.protection.plan_file import load_plan, plan_from, plan_text
from habeas.terms import Text

WHY = Text(en="why", zh="为何")


def test_a_plan_survives_its_file(loan_plan, tmp_path):
    """What a person reads and edits is the whole plan: written and read back it is the same."""
    plan = loan_plan(l={"status": 2}, canaries=3, contact_domain="canary.example", epoch="2026")
    file = tmp_path / "plan.yaml"
    file.write_text(plan_text(plan), encoding="utf-8")

    assert plan == load_plan(file)
    assert plan.digest() == load_plan(file).digest()


odd = st.sampled_from(
    ["no", "1e3", "~", "a\x85b", "\u2028", " x", "- y", "k: v", "#", "2026-01-01"]
)
names = st.text(min_size=1, max_size=8) | odd
words = (st.text(min_size=1, max_size=20) | odd).filter(lambda word: word.strip())


@st.composite
def plans(draw):
    columns = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    chosen = st.lists(st.sampled_from(columns), unique=True).map(tuple)
    planned = tuple(
        ColumnPlan(
            column=name,
            transform=draw(st.sampled_from(["keep", "drop", "pseudonym", "date_month"])),
            reason=Text(en=draw(words), zh=draw(words)),
            citations=tuple(draw(st.lists(st.sampled_from(["cn.pipl.art6"]), max_size=2))),
        )
        for name in columns
    )
    return ReleasePlan(
        recipient=draw(words),
        purpose=draw(words),
        columns=planned,
        needed=tuple(columns),
        adversary=draw(chosen),
        joins=draw(chosen),
        k=draw(st.integers(1, 50)),
        l=draw(st.dictionaries(st.sampled_from(columns), st.integers(1, 9))),
        max_risk=draw(st.floats(0, 1)),
        search=draw(st.booleans()),
        suppression=draw(st.sampled_from(["rows", "stars"])),
    )


@given(plans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_plan_survives_its_file(plan):
    """Whatever names and numbers a plan holds, YAML gives back the same plan."""
    assert plan == plan_from(yaml.safe_load(plan_text(plan)))


def _edited(plan, change):
    written = yaml.safe_load(plan_text(plan))
    change(written)
    return plan_from(written, file="plan.yaml")


def _entry(written, column):
    return next(entry for entry in written["columns"] if entry["column"] == column)


@pytest.mark.parametrize("column", ["borrower_id", "birth_date", "sex", "amount", "status"])
def test_a_hand_edit_cannot_mark_what_others_rely_on(loan_plan, column):
    """A dishonest or careless editor who marks a key, a quasi-identifier, a declared sum or a
    field that is decided on is refused by the column's name."""
    plan = loan_plan()

    def mark(written):
        _entry(written, column)["mark"] = True

    with pytest.raises(Refused, match=rf"'{column}' is .* may not be marked"):
        _edited(plan, mark)


def test_a_join_key_is_never_marked_even_when_it_is_an_ordinary_column(column_plan, plan_of):
    """Joins must keep working for the recipient, so a declared join excludes a mark."""
    with pytest.raises(Refused, match="'branch' is a join key"):
        plan_of(column_plan("branch", mark=True), joins=("branch",))


def test_a_recipient_cannot_widen_the_plan_beyond_the_purpose(loan_plan):
    """A column that is not needed stays behind even if someone edits its transform to 'keep'."""
    plan = loan_plan()

    def widen(written):
        _entry(written, "mobile").update(transform="keep", role="attribute")

    with pytest.raises(Refused, match=r"'mobile' would leave .*cn\.pipl\.art6"):
        _edited(plan, widen)


def test_a_direct_identifier_does_not_leave_a_pseudonymised_release(column_plan, plan_of):
    """Calling a telephone number needed does not make the release an identified one."""
    with pytest.raises(Refused, match="'mobile' identifies a person directly"):
        plan_of(column_plan("mobile", role="identifier"))

    assert plan_of(column_plan("mobile", role="identifier"), identified=True).identified


def test_a_sensitive_column_needs_a_stated_necessity(column_plan, plan_of):
    """Sensitive information leaves only with the reason why the purpose can't do without it."""
    with pytest.raises(Refused, match=r"'illness' is sensitive.*cn\.pipl\.art28\.p2"):
        plan_of(column_plan("illness", category="sensitive"))

    stated = column_plan("illness", category="sensitive", necessity=WHY)
    assert plan_of(stated).column("illness").necessity == WHY


def test_an_identified_release_carries_no_marks(column_plan, plan_of):
    """What an entrusted party works with must be true to the cell."""
    with pytest.raises(Refused, match="handed out unaltered"):
        plan_of(column_plan("amount", mark=True), identified=True)


@pytest.mark.parametrize("transform", ["pseudonym", "mask", "mask_spans"])
def test_a_mark_needs_a_value_it_can_swap(column_plan, plan_of, transform):
    """A pseudonym or a masked value is no place for a mark."""
    with pytest.raises(Refused, match="may not be marked"):
        plan_of(column_plan("x", transform, mark=True))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda w: w.update(format="plan/v9"), "isn't a release plan"),
        (lambda w: w.update(recepient="x"), "did you mean 'recipient'"),
        (lambda w: w.pop("recipient"), "recipient: is missing"),
        (lambda w: w.update(purpose="  "), "purpose: is empty"),
        (lambda w: w.update(adversary=["birthdate"]), "did you mean 'birth_date'"),
        (lambda w: w.update(adversary="sex"), "expected list"),
        (lambda w: w["models"].update(k="5"), "models.k: wrong kind of value, expected int"),
        (lambda w: w["models"].update(k=True), "models.k: wrong kind"),
        (lambda w: w["models"].update(k=0), "k: must lie between 1"),
        (lambda w: w["models"].update(l={"status": 0}), "l.status: must lie between 1"),
        (lambda w: w["models"].update(supression="rows"), "did you mean 'suppression'"),
        (lambda w: w["models"].update(suppression="row"), "did you mean 'rows'"),
        (lambda w: w["bounds"].update(max_risk=1.5), "max_risk: must lie between 0 and 1"),
        (lambda w: w["bounds"].update(max_suppressed=1.01), "must lie between 0 and 1"),
        (lambda w: w["bounds"].update(max_risk=-0.1), "must lie between 0 and 1"),
        (lambda w: w["marks"].update(rate=0.9), "mark_rate: must lie between 0 and 0.5"),
        (lambda w: w["base"].update(term_days=0), "base_term_days: must lie between 1"),
        (lambda w: w.update(columns={}), "columns: must be a list"),
        (lambda w: w.update(columns=[]), "needs at least one column"),
        (lambda w: w["columns"].append(w["columns"][0]), "planned twice"),
        (lambda w: w["columns"][0].update(transform="pseudonim"), "did you mean 'pseudonym'"),
        (lambda w: w["columns"][0].pop("reason"), "columns.borrower_id.reason: is missing"),
        (lambda w: w["columns"][0].update(reason=""), "reason: must be words"),
        (lambda w: w["columns"][0].update(mark="yes"), "mark: wrong kind of value"),
        (lambda w: w["columns"][0].update(role="id"), "unknown role 'id'"),
        (lambda w: w["columns"][0].update(category="secret"), "unknown category 'secret'"),
        (lambda w: w["columns"][0].update(params={"domian": "x"}), "did you mean 'domain'"),
        (lambda w: w["columns"][2].update(params={"by": "date"}), "needs the setting 'to'"),
        (lambda w: w["columns"][2].update(params={"by": "dates"}), "did you mean 'date'"),
        (lambda w: w["columns"][2]["params"].update(to="years"), "did you mean 'year'"),
        (lambda w: w["columns"][5].update(params={}), "bin needs the setting 'edges'"),
        (lambda w: w["columns"][5].update(params={"edges": [2, 1]}), "edges must rise"),
        (lambda w: w["columns"][0].update(citations=["PIPL 6"]), "is not a citation"),
    ],
)
def test_a_wrong_plan_names_the_place_and_the_nearest_right_word(loan_plan, change, says):
    """An editor learns from one sentence what is wrong, where, and what was probably meant."""
    with pytest.raises(BadInput) as caught:
        _edited(loan_plan(), change)

    assert says in str(caught.value)
    assert caught.value.file in ("plan.yaml", None)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"a: [", "isn't YAML"), (b"\xff\xfe", "isn't YAML"), (b"- 1", "isn't a release plan")],
)
def test_a_file_that_is_no_plan_is_named(tmp_path, content, says):
    """Whatever a file holds, the answer is one sentence with its name."""
    file = tmp_path / "plan.yaml"
    file.write_bytes(content)

    with pytest.raises(BadInput, match=says) as caught:
        load_plan(file)
    assert caught.value.file == "plan.yaml"


def test_a_missing_file_is_named(tmp_path):
    """A path that leads nowhere is bad input, not a crash."""
    with pytest.raises(BadInput, match=r"plan\.yaml: can't be read"):
        load_plan(tmp_path / "plan.yaml")


def test_two_plans_differ_in_their_digest(loan_plan):
    """The digest in the log names one plan: any change is another plan."""
    assert loan_plan().digest() != loan_plan(k=6).digest()
