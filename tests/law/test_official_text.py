"""Official text is shown beside a rule only where its hash is the one the sheet pins."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from habeas.errors import BadInput, NotVerified
from habeas.law.book import load_book
from habeas.law.official_text import articles, import_text, text_of

BODY = "一款的话。二款的话。"
STATUTE = """# 某法

## 第一章 总则

第一条 这里没有。

第二条　一款的话。

二款的话。

## 第二章 其他

**第十条之一** 末条。
"""


@pytest.fixture
def book():
    """The shipped book, one of whose provisions pins our invented article."""
    found = load_book("cn")
    pinned = replace(
        found.provision("cn.pipl.art16"), source_sha256=sha256(BODY.encode()).hexdigest()
    )
    return replace(found, provisions={**found.provisions, "cn.pipl.art16": pinned})


def test_a_statute_falls_into_its_articles():
    """Headings belong to no article."""
    found = [block.strip() for block in articles(STATUTE)]

    assert 3 == len(found)
    assert not any("章" in block for block in found)


def test_an_article_whose_hash_agrees_is_kept_and_shown(book, tmp_path):
    """The sheet hashes an article without its number, paragraphs joined by nothing."""
    (tmp_path / "law.md").write_text(STATUTE, encoding="utf-8")
    found = import_text(tmp_path / "law.md", book, folder=tmp_path / "kept")

    assert ("cn.pipl.art16",) == found.provisions
    assert BODY == text_of("cn.pipl.art16", book, folder=tmp_path / "kept")
    assert text_of("cn.pipl.art6", book, folder=tmp_path / "kept") is None


def test_one_other_character_is_another_text(book, tmp_path):
    """A statute altered by whoever passes it on is not shown as official."""
    (tmp_path / "law.md").write_text(STATUTE.replace("二款的话", "二款的活"), encoding="utf-8")

    assert () == import_text(tmp_path / "law.md", book, folder=tmp_path / "kept").provisions


def test_a_kept_text_that_was_changed_is_refused(book, tmp_path):
    """The hash is checked on showing too."""
    (tmp_path / "law.md").write_text(STATUTE, encoding="utf-8")
    import_text(tmp_path / "law.md", book, folder=tmp_path / "kept")
    next((tmp_path / "kept").iterdir()).write_text("别的", encoding="utf-8")

    with pytest.raises(NotVerified):
        text_of("cn.pipl.art16", book, folder=tmp_path / "kept")


def test_a_file_without_articles_is_bad_input(book, tmp_path):
    """One sentence, and nothing is written."""
    (tmp_path / "x.md").write_text("hello", encoding="utf-8")

    with pytest.raises(BadInput):
        import_text(tmp_path / "x.md", book, folder=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
