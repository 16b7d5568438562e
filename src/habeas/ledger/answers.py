"""The five questions about a bundle, in their order, each answered yes, no or not known.

    1. authentic?   the key you trust signed the log, and the contents are what was committed to
    2. in the log?  every entry is under the signed root
    3. seen by which independent witness?
    4. since when?
    5. complete up to which counter?

After the first *no* nothing further is examined: what stands on a broken thing says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from habeas.errors import BadInput, NotVerified
from habeas.ledger.bundle_file import Bundle, Item, statement_text
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.commitment import Leaf, PersonLink, open_sealed
from habeas.ledger.keys import VerifierKey
from habeas.ledger.note import Signer, parse_note, signers
from habeas.ledger.tree import leaf_hash, verify_inclusion
from habeas.terms import Text

Outcome = Literal["verified", "not_verified", "undetermined"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question, its answer (None: it can't be known from this file), and why."""

    id: str
    question: Text
    ok: bool | None
    says: Text

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "question": {"en": self.question.en, "zh": self.question.zh},
            "ok": self.ok,
            "says": {"en": self.says.en, "zh": self.says.zh},
        }


QUESTIONS: dict[str, Text] = {
    "authentic": Text(en="Authentic?", zh="是否真实？"),
    "in_the_log": Text(en="In the log?", zh="是否已入日志？"),
    "witnessed": Text(en="Seen by which independent witness?", zh="由哪个独立见证方见证？"),
    "since": Text(en="Since when?", zh="自何时起？"),
    "complete": Text(en="Complete up to which counter?", zh="完整至第几号？"),
}


class _WrongError(NotVerified):
    """A check failed; carries the sentence in both languages."""

    def __init__(self, says: Text) -> None:
        super().__init__(says.en)
        self.text = says


@dataclass(kw_only=True)
class Examination:
    """One bundle under examination: what the questions already answered have established."""

    bundle: Bundle
    trusted: Sequence[VerifierKey]
    witnesses: Sequence[VerifierKey]
    key: VerifierKey = field(init=False)
    head: Checkpoint = field(init=False)
    leaves: list[Leaf] = field(default_factory=list, init=False)
    payloads: list[Mapping[str, Any]] = field(default_factory=list, init=False)
    seen: tuple[Signer, ...] = field(default=(), init=False)

    def answers(self) -> tuple[Answer, ...]:
        """All five, in their order."""
        steps: dict[str, Callable[[], tuple[bool | None, Text]]] = {
            "authentic": self._authentic,
            "in_the_log": self._in_the_log,
            "witnessed": self._witnessed,
            "since": self._since,
            "complete": self._complete,
        }
        found: list[Answer] = []
        stopped = False
        for name, step in steps.items():
            ok, says = (None, _NOT_EXAMINED) if stopped else _ask(step)
            stopped = stopped or ok is False
            found.append(Answer(id=name, question=QUESTIONS[name], ok=ok, says=says))
        return tuple(found)

    # 1. Authentic?

    def _authentic(self) -> tuple[bool | None, Text]:
        self.key = self._trusted_key()
        self.head = _or_wrong(
            lambda: open_checkpoint(self.bundle.checkpoint, self.key),
            Text(
                en=f"The checkpoint was not signed by the key of {self.key.name}, or was altered.",
                zh=f"检查点并非由 {self.key.name} 的密钥签名，或已被改动。",
            ),
        )
        self._check_statement()
        for item in self.bundle.items:
            self._open(item)
        count = len(self.bundle.items)
        if self.trusted:
            return True, Text(
                en=f"The key you trust signed this log, and the contents of {count} of {count} "
                "entries are what it committed to.",
                zh=f"该日志由您信任的密钥签名，全部 {count} 条内容均与其承诺值一致。",
            )
        return None, Text(
            en="Signature and contents fit the key that came in the bundle itself, which "
            "anybody can make. Compare its fingerprint with the one the controller "
            f"publishes, then give it with --key: {self.key.fingerprint}",
            zh="签名与内容同证据包自带的密钥相符，但任何人都能自造密钥。请将其指纹与"
            f"个人信息处理者公布的指纹核对，再以 --key 给出：{self.key.fingerprint}",
        )

    def _trusted_key(self) -> VerifierKey:
        damaged = Text(en="The bundle's own key is damaged.", zh="证据包自带的密钥已损坏。")
        own = _or_wrong(lambda: VerifierKey.parse(self.bundle.vkey), damaged)
        if own.vkey != self.bundle.vkey:
            raise _WrongError(damaged)
        if self.trusted and own not in self.trusted:
            raise _WrongError(
                Text(
                    en="The bundle speaks of a log whose key is not the one you trust.",
                    zh="证据包所指日志的密钥不是您信任的密钥。",
                )
            )
        return own

    def _check_statement(self) -> None:
        if self.bundle.statement is None:
            return
        leaves = [item.leaf for item in self.bundle.items]
        head = self.head
        text = statement_text(self.bundle.about, leaves, size=head.size, root=head.root)
        wrong = Text(
            en="What the bundle says about itself (when it was made, law book, witness "
            "policy, count) is not what the controller signed.",
            zh="证据包的自述（制作时间、法律规则集、见证策略、条数）与个人信息处理者签名的不符。",
        )

        def check() -> None:
            note = parse_note(self.bundle.statement or "")
            if note.text != text or not signers(note, [self.key]):
                raise NotVerified(wrong.en)

        _or_wrong(check, wrong)

    def _open(self, item: Item) -> None:
        self.leaves.append(
            _or_wrong(
                lambda: Leaf.parse(item.leaf),
                Text(
                    en=f"Entry {item.index} is not an entry of Habeas.",
                    zh=f"第 {item.index} 号条目不是 Habeas 的条目。",
                ),
            )
        )
        self.payloads.append(
            _or_wrong(
                lambda: open_sealed(item.leaf, item.salt, item.payload),
                Text(
                    en=f"The content of entry {item.index} is not what the log committed to.",
                    zh=f"第 {item.index} 号条目的内容与日志中的承诺值不符。",
                ),
            )
        )

    # 2. In the log?

    def _in_the_log(self) -> tuple[bool | None, Text]:
        head = self.head
        for item in self.bundle.items:
            _or_wrong(
                lambda item=item: verify_inclusion(  # type: ignore[misc]
                    leaf_hash(item.leaf),
                    index=item.index,
                    size=head.size,
                    proof=item.path,
                    root=head.root,
                ),
                Text(
                    en=f"Entry {item.index} is not in the log that was signed, or not there.",
                    zh=f"第 {item.index} 号条目不在已签名的日志中，或不在该位置。",
                ),
            )
        count = len(self.bundle.items)
        return True, Text(
            en=f"{count} of {count} entries are under the signed root of {head.origin}, "
            f"a log of size {head.size} then.",
            zh=f"全部 {count} 条均在 {head.origin} 已签名的根摘要之下，当时日志共 {head.size} 条。",
        )

    # 3. Seen by which independent witness?

    def _witnessed(self) -> tuple[bool | None, Text]:
        for witness in self.witnesses:
            if witness.public == self.key.public:
                raise _WrongError(
                    Text(
                        en=f"{witness.name} is not independent: it signs with the log's own key.",
                        zh=f"{witness.name} 不是独立见证方：它使用日志自身的密钥签名。",
                    )
                )
        note = parse_note(self.bundle.checkpoint)
        self.seen = _or_wrong(
            lambda: signers(note, self.witnesses),
            Text(
                en="The line of a witness you named doesn't fit this checkpoint.",
                zh="您指定的见证方的签名行与该检查点不符。",
            ),
        )
        if self.seen:
            names = ", ".join(sorted(signer.key.name for signer in self.seen))
            return True, Text(
                en=f"Seen by {names}. That they are independent of the controller is "
                "yours to judge.",
                zh=f"由 {names} 见证。其是否独立于个人信息处理者由您判断。",
            )
        return None, self._no_witness(len(note.lines) - 1)

    def _no_witness(self, others: int) -> Text:
        none = Text(
            en="None. The controller could have shown you another log than it shows others.",
            zh="无。个人信息处理者可能向您出示了与他人所见不同的日志。",
        )
        if others <= 0:
            return none
        return Text(
            en=f"{none.en} {others} further signature lines are of keys you did not name "
            "(--witness), and don't count.",
            zh=f"{none.zh}另有 {others} 行签名来自您未指定的密钥（--witness），不计入。",
        )

    # 4. Since when?

    def _since(self) -> tuple[bool | None, Text]:
        hours = sorted(leaf.time for leaf in self.leaves)
        own = Text(
            en=f"By the controller's own clock the entries are of {_span(hours)}.",
            zh=f"按个人信息处理者自己的时钟，条目时间为 {_span(hours)}。",
        )
        times = sorted(signer.time for signer in self.seen if signer.time is not None)
        if not times or times[0] >= 1 << 37:
            return None, Text(
                en=f"{own.en} No independent clock confirms it.",
                zh=f"{own.zh}没有独立的时钟加以确认。",
            )
        first = f"{datetime.fromtimestamp(times[0], UTC):%Y-%m-%d %H:%M:%S} UTC"
        return True, Text(
            en=f"In the log by {first} at the latest, as a witness saw. {own.en}",
            zh=f"最迟于 {first} 已在日志中，有见证方为证。{own.zh}",
        )

    # 5. Complete up to which counter?

    def _complete(self) -> tuple[bool | None, Text]:
        held = self._links()
        if not held:
            return None, Text(
                en="No entry carries a person's counter, so nothing can be said.",
                zh="没有条目带有个人序号，无从判断。",
            )
        top = 0
        while top + 1 in held:
            top += 1
        last = max(held)
        if last > top:
            return None, _gap(top, last, last - top - sum(number > top for number in held))
        return self._count_says(top)

    def _links(self) -> dict[int, bytes]:
        """Counter -> commitment of the entries about this person; wrong if they contradict."""
        held: dict[int, bytes] = {}
        links: list[PersonLink] = []
        for item, leaf, payload in zip(self.bundle.items, self.leaves, self.payloads, strict=True):
            link = _or_wrong(
                lambda payload=payload: PersonLink.of(payload),  # type: ignore[misc]
                Text(
                    en=f"Entry {item.index} has a broken counter.",
                    zh=f"第 {item.index} 号条目的个人序号已损坏。",
                ),
            )
            if link is None:
                continue
            if link.counter in held:
                raise _WrongError(
                    Text(
                        en=f"Two entries carry the person's number {link.counter}.",
                        zh=f"有两个条目使用同一个人序号 {link.counter}。",
                    )
                )
            held[link.counter] = leaf.commitment
            links.append(link)
        for link in links:
            if held.get(link.counter - 1, link.previous) != link.previous:
                raise _WrongError(
                    Text(
                        en=f"The person's entry {link.counter} names another entry before it "
                        f"than number {link.counter - 1} here.",
                        zh=f"个人序号 {link.counter} 的条目所指的前一条并非此处的第 "
                        f"{link.counter - 1} 号。",
                    )
                )
        return held

    def _count_says(self, top: int) -> tuple[bool | None, Text]:
        count = self.bundle.about.count if self.bundle.statement is not None else None
        whole = Text(
            en=f"Complete from 1 to {top}: nothing is missing before the last entry held.",
            zh=f"第 1 至第 {top} 号完整：所持最后一条之前没有缺失。",
        )
        if count is None:
            return True, Text(
                en=f"{whole.en} Whether later entries exist, this bundle can't show.",
                zh=f"{whole.zh}其后是否还有条目，本证据包无法说明。",
            )
        if count < top:
            return False, Text(
                en=f"The controller signed that there are {count} entries, and {top} are here.",
                zh=f"个人信息处理者签名称共 {count} 条，而此处有 {top} 条。",
            )
        if count > top:
            return None, _gap(top, count, count - top)
        return True, Text(
            en=f"{whole.en} The controller signed that there are no more at this checkpoint.",
            zh=f"{whole.zh}个人信息处理者签名称在该检查点没有更多条目。",
        )


_NOT_EXAMINED = Text(
    en="Not examined, because an answer above is no.", zh="因上文有一项为否，未予检查。"
)


def _ask(step: Callable[[], tuple[bool | None, Text]]) -> tuple[bool | None, Text]:
    try:
        return step()
    except _WrongError as wrong:
        return False, wrong.text


def _or_wrong(check: Callable[[], _T], says: Text) -> _T:
    """The result of a check; if it fails, the sentence for it."""
    try:
        return check()
    except (BadInput, NotVerified) as error:
        raise _WrongError(says) from error


def _gap(top: int, last: int, missing: int) -> Text:
    return Text(
        en=f"Complete up to {top}; of the numbers up to {last}, {missing} are not in this "
        "bundle: they were left out of it, or withheld.",
        zh=f"完整至第 {top} 号；至第 {last} 号之间有 {missing} 条不在本证据包中："
        "未被放入，或被隐瞒。",
    )


def _span(hours: Sequence[datetime]) -> str:
    first, last = (f"{each:%Y-%m-%d %H:00} UTC" for each in (hours[0], hours[-1]))
    return first if first == last else f"{first} … {last}"
