"""Fills the answers of the tutorial pages: what `habeas decide` says of each of their matters.

A page holds `<!-- habeas decide matters/X.yaml -->` followed by a fenced block; the block is
written here and compared by `test_docs.py`, so a page never says what the book no longer does.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from habeas.law.book import load_book
from habeas.law.matter import load_matter
from habeas.law.reason import decide
from habeas.law.schema import load_vocabulary

AS_OF = date(2026, 11, 25)
ANSWER = re.compile(r"(<!-- habeas decide (\S+) -->\n\n```text\n)(.*?)(\n```)", re.DOTALL)
WORDS = {
    "en": {
        "lawful": "LAWFUL",
        "unlawful": "UNLAWFUL",
        "undetermined": "UNDETERMINED",
        "breached": "broken: ",
        "hangs": "a judgement it hangs on: ",
        "missing": "not known: ",
        "colon": ": ",
    },
    "zh": {
        "lawful": "合法",
        "unlawful": "违法",
        "undetermined": "尚不能判定",
        "breached": "违反：",
        "hangs": "取决于一项判断：",
        "missing": "尚不清楚：",
        "colon": "：",
    },
}


def filled(page: Path) -> str:
    """The page with every answer computed anew; its language is told by its name."""
    language = "zh" if page.name.endswith(".zh.md") else "en"

    def answer(found: re.Match[str]) -> str:
        text = "\n".join(_answer(page.parent / found[2], language))
        return f"{found[1]}{text}{found[4]}"

    return ANSWER.sub(answer, page.read_text(encoding="utf-8"))


def _answer(file: Path, language: str) -> list[str]:
    words = WORDS[language]
    decision = decide(load_matter(file), load_book("cn"), as_of=AS_OF).to_json()
    lines = []
    for element in decision["elements"]:
        if element["issues"] == []:
            continue
        lines.append(f"{element['element']}  {words[element['status']]}")
        lines += [
            f"  {words['breached']}{p['title'][language]}{words['colon']}{p['paraphrase'][language]}"
            for p in element["breached"]
        ]
        lines += [f"  {words['hangs']}{_asked(q, language)}" for q in element["hangs_on"]]
        lines += [f"  {words['missing']}{_asked(q, language)}" for q in element["missing"]]
    return lines


def _asked(fact: str, language: str) -> str:
    return load_vocabulary().facts[fact].question.in_language(language)
