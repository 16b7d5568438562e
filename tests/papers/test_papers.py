"""Papers: each refuses by name when an item is missing, and both renderings hold the same words."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest

from habeas.errors import BadInput, Refused
from habeas.law.documents import content_list, document_names
from habeas.papers.paper import Paper, check_complete, missing_items, still_to_follow
from habeas.papers.render import to_docx, to_html

NAMES = document_names("cn")
MARK = "zq7 <b>words</b>"


def full(name, *, without=None, conditions=True):
    contents = content_list("cn", name)
    values = {i.id: (f"{MARK} {i.id}",) for i in contents.required if i.id != without}
    return Paper(
        contents=contents,
        values=values,
        conditions=dict.fromkeys(contents.conditions, conditions),
    )


CASES = [(n, i) for n in NAMES for i in content_list("cn", n).required]


@pytest.mark.parametrize(("name", "item"), CASES, ids=[f"{n}-{i.id}" for n, i in CASES])
def test_each_missing_item_is_refused_by_name_and_provision(name, item):
    """Take out each required item in turn: the refusal names it, and its law or that it is practice."""
    paper = full(name, without=item.id)
    if item.may_follow:
        assert [item.id] == [f.item for f in still_to_follow(paper)]
        return

    with pytest.raises(Refused) as caught:
        check_complete(paper)

    said = str(caught.value)
    assert item.label.en in said
    if item.blocking == "law":
        own = [c for c in item.demanded_by if c.law.startswith("cn.")]
        assert all((str(c) in said) == (c in own) for c in item.demanded_by)
        assert own or "practice" in said
    else:
        assert "practice" in said


@pytest.mark.parametrize("name", NAMES)
def test_a_full_paper_goes_out(name):
    """With every item there, nothing is refused."""
    check_complete(full(name))


def test_an_unknown_condition_leaves_its_item_open():
    """Unknown is not "doesn't apply": the refusal asks for the condition."""
    contents = content_list("cn", "statement_of_claim")
    item = next(i for i in contents.required if i.when == "money")
    paper = full("statement_of_claim", without=item.id, conditions=None)

    assert ["open"] == [f.state for f in missing_items(paper)]
    with pytest.raises(Refused, match="say first whether"):
        check_complete(paper)


def test_a_condition_that_does_not_hold_asks_for_nothing():
    """No money claimed, no damages item."""
    paper = full("statement_of_claim", without="damage", conditions=False)

    assert () == missing_items(paper)


def test_unknown_items_and_conditions_are_bad_input():
    """A misspelt item would otherwise vanish from the paper."""
    contents = content_list("cn", "complaint")
    with pytest.raises(BadInput, match="no item"):
        Paper(contents=contents, values={"complainnant": ("x",)}, conditions={})
    with pytest.raises(BadInput, match="no condition"):
        Paper(contents=contents, values={}, conditions={"agnt": True})
    with pytest.raises(BadInput, match="no document"):
        content_list("cn", "rumour")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_renderings_hold_every_item(name, language):
    """The Word document and the page say the same, and markup in what was typed stays text."""
    paper = full(name)
    page = to_html(paper, language=language)
    word = docx.Document(BytesIO(to_docx(paper, language=language)))
    lines = [p.text for p in word.paragraphs]

    assert "<b>words" not in page
    for item in paper.contents.required:
        assert f"zq7 &lt;b&gt;words&lt;/b&gt; {item.id}" in page
        assert f"{MARK} {item.id}" in lines
        assert item.label.in_language(language) in lines


def test_a_draft_shows_what_is_missing():
    """A draft that looks finished would be filed unfinished."""
    page = to_html(full("complaint", without="facts"), language="zh")

    assert "【缺】" in page


def test_words_of_another_language_are_said_to_be_as_typed():
    """Han in an English paper, an English sentence in a Chinese one; a name alone is no sentence."""
    name = "complaint"
    item = content_list("cn", name).required[0].id

    def typed(text, language):
        paper = full(name)
        return to_html(replace(paper, values={**paper.values, item: (text,)}), language=language)

    said = {"en": "stand as they were typed", "zh": "未经翻译"}
    assert said["en"] in typed("本人", "en")
    assert said["zh"] in typed("the list with my name is outside", "zh")
    assert said["zh"] not in typed("Hengxin Example Loans", "zh")
