"""What a trace says: an Attribution, its four lines of evidence apart, in both languages.

The words speak of releases, recipients, counts and bounds; no cell value is in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from habeas.terms import Text

Outcome = Literal["named", "all_excluded", "not_decidable"]
Verdict = Literal["accuses", "excludes", "consistent", "silent"]
FORMAT = "attribution/v1"

DOES_NOT_SHOW = Text(
    en=(
        "It points to a release, not to the person who copied it, nor to how it left. The owner"
        " holds the key and could have made the same copy: the commitment before hand-out shows"
        " that the code was fixed, the recipient's countersignature that they received it, and"
        " neither that nobody else had it. Copies that were not listed were not tested. Clearing"
        " by marks holds for one copy alone with the stated noise, not for several recipients who"
        " mixed their copies. The lines are separate; their figures may not be multiplied."
    ),
    zh=(
        "本结论指向某一份发出的数据，不指向复制它的人，也不说明泄露的途径。个人信息处理者持有密钥，"
        "本可制作同样的副本：发出前的承诺只表明编码事先固定，接收方的会签只表明其已收到，"
        "均不能排除他人持有同一副本。未列入的副本未经检验。依标记作出的排除，仅就单独一份副本、"
        "在所述噪声之内成立，不适用于多个接收方混合各自副本的情形。"
        "各项证据相互独立，其数值不得相乘。"
    ),
)

VERDICTS: Mapping[str, Text] = {
    "accuses": Text(en="points to this copy", zh="指向该副本"),
    "excludes": Text(en="excludes this copy as the only source", zh="排除该副本为唯一来源"),
    "consistent": Text(en="consistent with this copy", zh="与该副本相符"),
    "silent": Text(en="says nothing", zh="未能说明"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of evidence on one copy. figures: counts and bounds only, JSON-able."""

    verdict: Verdict
    figures: Mapping[str, Any]
    says: Text

    def to_json(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "figures": dict(self.figures), "says": _words(self.says)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLines:
    """The four lines on one release."""

    recipient: str
    release_id: str
    membership: Line
    version: Line
    canaries: Line
    marks: Line

    @property
    def lines(self) -> Mapping[str, Line]:
        return {
            "membership": self.membership,
            "version": self.version,
            "canaries": self.canaries,
            "marks": self.marks,
        }

    @property
    def accused(self) -> bool:
        return any(line.verdict == "accuses" for line in self.lines.values())

    @property
    def excluded(self) -> bool:
        """Excluded as the only source, and not accused."""
        return not self.accused and any(line.verdict == "excludes" for line in self.lines.values())

    def to_json(self) -> dict[str, Any]:
        lines = {name: line.to_json() for name, line in self.lines.items()}
        return {"recipient": self.recipient, "release_id": self.release_id, **lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Why a copy is accused: log10 of the chance that an innocent copy shows as much, and that
    chance times all tests made, which is at most ε.
    """

    recipient: str
    release_id: str
    line: Literal["marks", "canaries"]
    log10_bound: float
    tests: int
    log10_product: float

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The outcome of one trace. Made by relief.trace.trace; format: specs/attribution-v1.md.

    named:    recipients that marks or canaries accuse, sorted.
    excluded: recipients all of whose copies are excluded as the only source, sorted.
    consistent_with_original: could the leak be the controller's own unmarked data? None: it
        can't be told.
    tests_made: of this run; tests_before those of earlier runs; the bound counts both.
    needed: readable positions found, and how many naming and clearing would take.
    read:     base id → code position → bit read; for an expert's recheck, not in the JSON.
    """

    outcome: Outcome
    named: tuple[str, ...]
    excluded: tuple[str, ...]
    consistent_with_original: bool | None
    lines: tuple[CopyLines, ...]
    bound: tuple[Bound, ...]
    tests_made: int
    tests_before: int
    epsilon: float
    needed: Mapping[str, int]
    matching: tuple[Mapping[str, Any], ...]
    read: Mapping[str, Mapping[int, bool]]
    does_not_show: Text = DOES_NOT_SHOW

    def of(self, recipient: str) -> tuple[CopyLines, ...]:
        return tuple(copy for copy in self.lines if copy.recipient == recipient)

    def summary(self) -> Text:
        return Text(en=_summary_en(self), zh=_summary_zh(self))

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "outcome": self.outcome,
            "named": list(self.named),
            "excluded": list(self.excluded),
            "consistent_with_original": self.consistent_with_original,
            "summary": _words(self.summary()),
            "copies": [copy.to_json() for copy in self.lines],
            "bound": [bound.to_json() for bound in self.bound],
            "tests": {"made": self.tests_made, "before": self.tests_before},
            "epsilon": self.epsilon,
            "needed": dict(self.needed),
            "matching": [dict(one) for one in self.matching],
            "does_not_show": _words(self.does_not_show),
        }


def _words(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _summary_en(found: Attribution) -> str:
    cleared = f" {len(found.excluded)} other recipient(s) are excluded as the only source."
    if found.outcome == "named":
        return (
            f"The leak points to {', '.join(found.named)}; over all"
            f" {found.tests_made + found.tests_before} tests made, the chance of naming any"
            f" innocent recipient is at most {found.epsilon:g}." + cleared * bool(found.excluded)
        )
    if found.outcome == "all_excluded":
        source = {
            True: "it is consistent with the controller's own copy",
            False: "it is not consistent with the controller's own copy either: the source is"
            " not listed, or several sources were mixed",
            None: "whether it is the controller's own copy can't be told",
        }[found.consistent_with_original]
        return f"Every listed copy is excluded as the only source; {source}."
    return (
        f"Not decidable: {found.needed['readable_positions']} code positions could be read;"
        f" naming one source takes about {found.needed['to_name_one']}, clearing one about"
        f" {found.needed['to_clear_one']}." + cleared * bool(found.excluded)
    )


def _summary_zh(found: Attribution) -> str:
    cleared = f"另有{len(found.excluded)}个接收方已被排除为唯一来源。"
    if found.outcome == "named":
        return (
            f"泄露指向{'、'.join(found.named)}；就全部{found.tests_made + found.tests_before}次检验"
            f"而言，误指任何无关接收方的概率不超过{found.epsilon:g}。"
            + cleared
            * bool(found.excluded)
        )
    if found.outcome == "all_excluded":
        source = {
            True: "与个人信息处理者自己的副本相符",
            False: "与个人信息处理者自己的副本也不相符，来源不在所列之中，或者混合了多个来源",
            None: "是否出自个人信息处理者自己的副本无法判断",
        }[found.consistent_with_original]
        return f"所列副本均已被排除为唯一来源；{source}。"
    return (
        f"无法判断：读出{found.needed['readable_positions']}个编码位置；指向一个来源约需"
        f"{found.needed['to_name_one']}个，排除一个约需{found.needed['to_clear_one']}个。"
        + cleared
        * bool(found.excluded)
    )
