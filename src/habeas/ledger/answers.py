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
from typing import Any

from habeas.errors import NotVerified
from habeas.ledger.answer import QUESTIONS, Answer, WrongError, or_wrong
from habeas.ledger.bundle_file import Bundle, Item, statement_text
from habeas.ledger.checkpoint import Checkpoint, open_checkpoint
from habeas.ledger.commitment import Leaf, open_sealed
from habeas.ledger.completeness import check_account, completeness, held_numbers
from habeas.ledger.keys import VerifierKey
from habeas.ledger.note import Signer, parse_note, signers
from habeas.ledger.policy import Policy
from habeas.ledger.statement import Account
from habeas.ledger.timestamp import Roots, claimed_stamp, verify_stamp
from habeas.ledger.tree import leaf_hash, verify_inclusion
from habeas.terms import Text


@dataclass(kw_only=True)
class Examination:
    """One bundle under examination: what the questions already answered have established."""

    bundle: Bundle
    trusted: Sequence[VerifierKey]
    witnesses: Sequence[VerifierKey]
    policy: Policy | None = None
    roots: Roots | None = None
    accounts: Sequence[Account] = ()
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
        self.head = or_wrong(
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
        own = or_wrong(lambda: VerifierKey.parse(self.bundle.vkey), damaged)
        if own.vkey != self.bundle.vkey:
            raise WrongError(damaged)
        if self.trusted and own not in self.trusted:
            raise WrongError(
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

        or_wrong(check, wrong)

    def _open(self, item: Item) -> None:
        self.leaves.append(
            or_wrong(
                lambda: Leaf.parse(item.leaf),
                Text(
                    en=f"Entry {item.index} is not an entry of Habeas.",
                    zh=f"第 {item.index} 号条目不是 Habeas 的条目。",
                ),
            )
        )
        self.payloads.append(
            or_wrong(
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
            or_wrong(
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
                raise WrongError(
                    Text(
                        en=f"{witness.name} is not independent: it signs with the log's own key.",
                        zh=f"{witness.name} 不是独立见证方：它使用日志自身的密钥签名。",
                    )
                )
        note = parse_note(self.bundle.checkpoint)
        self.seen = or_wrong(
            lambda: signers(note, self.witnesses),
            Text(
                en="The line of a witness you named doesn't fit this checkpoint.",
                zh="您指定的见证方的签名行与该检查点不符。",
            ),
        )
        if self.policy is not None and not self.policy.met_by({s.key for s in self.seen}):
            return None, _too_few(len(self.seen))
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
        stamps, unnamed = self._stamps()
        times = sorted(signer.time for signer in self.seen if signer.time is not None)
        if times and times[0] < 1 << 37:
            witness = Text(en="as a witness saw", zh="有见证方为证")
            stamps.append((datetime.fromtimestamp(times[0], UTC), witness))
        if not stamps:
            return None, _no_clock(own, unnamed)
        first, whose = min(stamps, key=lambda found: found[0])
        moment = f"{first:%Y-%m-%d %H:%M:%S} UTC"
        return True, Text(
            en=f"In the log by {moment} at the latest, {whose.en}. {own.en}",
            zh=f"最迟于 {moment} 已在日志中，{whose.zh}。{own.zh}",
        )

    def _stamps(self) -> tuple[list[tuple[datetime, Text]], int]:
        """The time stamps that hold, and how many are of authorities nobody named."""
        text, found, unnamed = parse_note(self.bundle.checkpoint).text, [], 0
        for token in self.bundle.timestamps:
            or_wrong(lambda token=token: claimed_stamp(token, text), _OTHER_STAMP)  # type: ignore[misc]
            try:
                stamp = None if self.roots is None else verify_stamp(token, text, self.roots)
            except NotVerified:
                stamp = None
            if stamp is None:
                unnamed += 1
                continue
            en, zh = f"by the time stamp of {stamp.by}", f"有 {stamp.by} 的时间戳为证"
            found.append((stamp.time, Text(en=en, zh=zh)))
        return found, unnamed

    # 5. Complete up to which counter?

    def _complete(self) -> tuple[bool | None, Text]:
        held = held_numbers(self.bundle.items, self.leaves, self.payloads)
        for account in self.accounts:
            check_account(account, held, self.key)
        signed = self.bundle.about.count if self.bundle.statement is not None else None
        return completeness(held, signed=signed, accounts=self.accounts)


_OTHER_STAMP = Text(
    en="A time stamp in the bundle is damaged, or is not over this checkpoint.",
    zh="证据包中的时间戳已损坏，或并非针对该检查点。",
)


def _too_few(count: int) -> Text:
    return Text(
        en=f"Seen by {count} witnesses your policy names: too few for its quorum.",
        zh=f"您的策略所列见证方中有 {count} 个见证，未达到所需数目。",
    )


def _no_clock(own: Text, unnamed: int) -> Text:
    none = Text(en="No independent clock confirms it.", zh="没有独立的时钟加以确认。")
    if unnamed:
        none = Text(
            en=f"It carries {unnamed} time stamps that lead to no authority you named (--tsa).",
            zh=f"其中有 {unnamed} 个时间戳，但不出自您指定的机构（--tsa）。",
        )
    return Text(en=f"{own.en} {none.en}", zh=f"{own.zh}{none.zh}")


_NOT_EXAMINED = Text(
    en="Not examined, because an answer above is no.", zh="因上文有一项为否，未予检查。"
)


def _ask(step: Callable[[], tuple[bool | None, Text]]) -> tuple[bool | None, Text]:
    try:
        return step()
    except WrongError as wrong:
        return False, wrong.text


def _span(hours: Sequence[datetime]) -> str:
    first, last = (f"{each:%Y-%m-%d %H:00} UTC" for each in (hours[0], hours[-1]))
    return first if first == last else f"{first} … {last}"
