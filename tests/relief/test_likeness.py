"""Suggestions by likeness: look-alike events apart, defendants never mixed, nothing grouped."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.relief.likeness import Story, groups_of, suggest, times_in

CFPB = Path(__file__).resolve().parents[2].parent / "shared/data/complaints"
# Words by which people tell of an event: each teller takes some, in their own order.
SAID = {
    "breach": [
        "the company wrote to me that hackers got into its system",
        "my social security number and address were in the stolen files",
        "since the data breach I get calls about loans I never took",
        "they offered a year of credit monitoring and nothing else",
        "I want to know why my data was kept unencrypted",
    ],
    "sold": [
        "my phone number was sold to an advertising network without asking me",
        "brokers call every day and know my income",
        "I had switched marketing off and they passed my data on anyway",
        "the app shared my contact details with partners",
        "stop selling my information to marketers",
    ],
    "collector": [
        "the collection agency told my colleagues that I owe money",
        "they called my mother and my boss about the debt",
        "nobody may tell strangers what I owe",
        "messages about my loan went to people in my address book",
        "the agency had a list with my name and my debt",
    ],
    "泄露": [
        "平台来信说系统被黑客入侵", "我的身份证号和住址都在泄露的文件里",
        "之后不断接到冒充平台客服的诈骗电话", "对方准确说出了我的借款金额",
        "平台只是道歉，没有说明原因",
    ],
    "催收": [
        "催收公司打电话给我的同事说我欠钱", "他们联系了我通讯录里的亲友",
        "外人无权知道我的债务", "短信群发给我的朋友，写明欠款数额",
        "催收人员持有载有我姓名的名单",
    ],
}  # fmt: skip
OPEN = [
    "I am writing because",
    "Please help,",
    "To whom it may concern:",
    "Hello.",
    "您好，",
    "投诉：",
]


def planted(*, seed, tellers=9, dated=1.0):
    """Claims with their true events: three defendants, two look-alike months of each event."""
    chance = random.Random(seed)
    stories, truth = [], {}
    for defendant in ("alpha", "beta", "gamma"):
        for kind, lines in SAID.items():
            for month in chance.sample(range(1, 13), 2):
                for _ in range(tellers):
                    claim = f"c{len(stories):04d}"
                    said = chance.sample(lines, chance.randint(2, 4))
                    if chance.random() < dated:
                        said.insert(chance.randint(0, len(said)), f"it was 2025-{month:02d}")
                    text = f"{chance.choice(OPEN)} {'. '.join(said)}."
                    stories.append(
                        Story(claim=claim, block=(defendant, "r", "cn"), event=None, text=text)
                    )
                    truth[claim] = (defendant, kind, month)
    chance.shuffle(stories)
    return stories, truth


def b_cubed(found, truth):
    """B³ F1 (Bagga and Baldwin 1998); a claim that is in no suggestion is a cluster of its own."""
    of = {claim: number for number, claims in enumerate(found) for claim in claims}
    clusters = {claim: of.get(claim, f"alone {claim}") for claim in truth}
    sizes, wanted, both = Counter(clusters.values()), Counter(truth.values()), Counter()
    for claim, cluster in clusters.items():
        both[cluster, truth[claim]] += 1
    hits = [both[clusters[claim], truth[claim]] for claim in truth]
    precision = sum(hit / sizes[clusters[c]] for hit, c in zip(hits, truth, strict=True)) / len(
        truth
    )
    recall = sum(hit / wanted[truth[c]] for hit, c in zip(hits, truth, strict=True)) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(("dated", "floor"), [(1.0, 0.95), (0.85, 0.8)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_events_are_found_and_look_alikes_stay_apart(seed, dated, floor):
    """B³ of the suggestions against what was planted, one kind of event in two months.

    Who names no month could be of either: nothing in their words tells, hence the lower floor.
    """
    stories, truth = planted(seed=seed, dated=dated)
    found = [each.claims for each in suggest(stories)]
    precision, recall, f1 = b_cubed(found, truth)
    print(f"B³ precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}, {len(found)} suggestions")

    assert not [c for c in found if len({truth[claim][0] for claim in c}) > 1]
    assert f1 >= floor


def test_two_months_are_two_events_whatever_the_words():
    """A form letter of which only the month differs."""
    text = "your company leaked my data in {} and I get fraud calls every day since then"
    found = groups_of([text.format(month) for month in ["March 2025", "2025-03", "June 2025"]])

    assert [[0, 1], [2]] == found


def test_defendants_rights_and_laws_are_never_mixed():
    """The same words against another defendant, under another right or law: no suggestion."""
    blocks = [("a", "r", "cn"), ("b", "r", "cn"), ("a", "s", "cn"), ("a", "r", "us")]
    same = "the list of the collection agency with my name is outside"

    assert () == suggest(
        Story(claim=str(at), block=block, event=None, text=same) for at, block in enumerate(blocks)
    )


def story(claim, event, text="the list of the collection agency with my name is outside"):
    return Story(claim=claim, block=("a", "r", "cn"), event=event, text=text)


def test_a_stated_event_is_suggested_and_never_changed():
    """Those who state it are not in the suggestion; where two are stated nothing is suggested."""
    one = suggest([story("1", "leak"), story("2", None), story("3", None)])
    two = suggest([story("1", "leak"), story("2", "other"), story("3", None)])

    assert [("leak", ("2", "3"))] == [(each.event, each.claims) for each in one]
    assert () == two


def test_a_copied_letter_in_a_thousand_names_is_one_suggestion():
    """Who floods with one text gets one line, and no group."""
    found = suggest(story(f"{n:04d}", None) for n in range(1000))

    assert [1000] == [len(each.claims) for each in found]


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(2, 12))
def test_the_order_of_claims_changes_nothing(chance, count):
    """Permuted, the suggestions are the same."""
    stories, _ = planted(seed=5, tellers=1)
    some = stories[:count]
    mixed = list(some)
    chance.shuffle(mixed)

    assert suggest(some) == suggest(mixed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 03/04/2025", {"2025-03"}),
        ("2025年11月3日", {"2025-11"}),
        ("in Sept. 3rd, 2024 and May of 2023", {"2024-09", "2023-05"}),
        ("in 2025", set()),
        ("13/04/2025 or 2025-13", set()),
        ("XX/XX/2025", set()),
    ],
)
def test_months_that_a_text_names(text, expected):
    """Written in the ways people write them; a year alone is no month."""
    assert expected == times_in(text)


@pytest.mark.slow
def test_public_complaints_near_copies_are_suggested_together():
    """cfpb_neardup_groups.csv, computed by others: every pair of one defendant and issue is found."""
    if not CFPB.is_dir():
        pytest.skip("the shared complaints are not here")
    with (CFPB / "cfpb_complaints_sample.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    block = {r["complaint_id"]: (r["company"], r["issue"], "us") for r in rows}
    found = suggest(
        Story(
            claim=r["complaint_id"], block=block[r["complaint_id"]], event=None, text=r["narrative"]
        )
        for r in rows
        if r["narrative"]
    )
    of = {claim: number for number, each in enumerate(found) for claim in each.claims}
    groups = defaultdict(list)
    with (CFPB / "cfpb_neardup_groups.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            groups[row["group"]].append(row["complaint_id"])
    pairs = [
        (a, b) for ids in groups.values() for n, a in enumerate(ids) for b in ids[:n]
        if block[a] == block[b]
    ]  # fmt: skip

    assert len(rows) == 6014
    assert len(pairs) == sum(a in of and of[a] == of.get(b) for a, b in pairs)
    assert not [each for each in found if len({block[c] for c in each.claims}) > 1]
