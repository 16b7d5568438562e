"""Up to which number a person's entries are all there, and what a statement of account adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from habeas.ledger.answer import WrongError, or_wrong
from habeas.ledger.bundle_file import Item
from habeas.ledger.commitment import Leaf, PersonLink
from habeas.ledger.keys import VerifierKey
from habeas.ledger.statement import Account
from habeas.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One numbered entry of a person that a bundle holds."""

    index: int
    commitment: bytes


def held_numbers(
    items: Sequence[Item], leaves: Sequence[Leaf], payloads: Sequence[Mapping[str, Any]]
) -> dict[int, Held]:
    """Counter -> entry about this person; WrongError if they contradict each other."""
    held: dict[int, Held] = {}
    links: list[PersonLink] = []
    for item, leaf, payload in zip(items, leaves, payloads, strict=True):
        link = or_wrong(
            lambda payload=payload: PersonLink.of(payload),  # type: ignore[misc]
            Text(
                en=f"Entry {item.index} has a broken counter.",
                zh=f"第 {item.index} 号条目的个人序号已损坏。",
            ),
        )
        if link is None:
            continue
        if link.counter in held:
            raise WrongError(
                Text(
                    en=f"Two entries carry the person's number {link.counter}.",
                    zh=f"有两个条目使用同一个人序号 {link.counter}。",
                )
            )
        held[link.counter] = Held(index=item.index, commitment=leaf.commitment)
        links.append(link)
    for link in links:
        _check_link(link, held)
    return held


def _check_link(link: PersonLink, held: Mapping[int, Held]) -> None:
    before = held.get(link.counter - 1)
    if before is not None and before.commitment != link.previous:
        raise WrongError(
            Text(
                en=f"The person's entry {link.counter} names another entry before it "
                f"than number {link.counter - 1} here.",
                zh=f"个人序号 {link.counter} 的条目所指的前一条并非此处的第 "
                f"{link.counter - 1} 号。",
            )
        )


def check_account(account: Account, held: Mapping[int, Held], key: VerifierKey) -> None:
    """Compare a statement of account with the entries held; WrongError names the lie."""
    or_wrong(
        lambda: account.verify(key),
        Text(
            en="A statement of account is not signed with the key of this log, or was altered.",
            zh="对账声明并非由该日志的密钥签名，或已被改动。",
        ),
    )
    size, count = account.size, account.count
    hidden = sorted(n for n, each in held.items() if each.index < size and n > count)
    if hidden:
        raise WrongError(
            Text(
                en=f"The controller signed that there were {count} entries about the person when "
                f"the log had {size}, and number {hidden[0]} stood in it then.",
                zh=f"个人信息处理者签名称日志有 {size} 条时与该个人有关的为 {count} 条，"
                f"而第 {hidden[0]} 号当时已在其中。",
            )
        )
    for number, stated in ((1, account.first), (count, account.head)):
        if number in held and held[number].commitment != stated:
            raise WrongError(
                Text(
                    en=f"The statement of account names another entry as number {number} than "
                    "the one in the bundle: it is of another person, or a second account.",
                    zh=f"对账声明所指的第 {number} 号与证据包中的不同：属于他人，或另立了一本账。",
                )
            )


def completeness(
    held: Mapping[int, Held], *, signed: int | None, accounts: Sequence[Account]
) -> tuple[bool | None, Text]:
    """The answer. signed: how many the bundle's own statement says there are at its checkpoint."""
    stated = [account.count for account in accounts]
    last = max([0, *held, *stated])
    if not held and not last:
        return None, Text(
            en="No entry carries a person's counter, so nothing can be said.",
            zh="没有条目带有个人序号，无从判断。",
        )
    if signed is not None and signed < max(held, default=0):
        return False, _signed_too_few(signed, max(held))
    top = 0
    while top + 1 in held:
        top += 1
    if last > top:
        return None, _gap(top, last, last - top - sum(number > top for number in held))
    return _count_says(top, signed)


def _count_says(top: int, count: int | None) -> tuple[bool | None, Text]:
    whole = Text(
        en=f"Complete from 1 to {top}: nothing is missing before the last entry held.",
        zh=f"第 1 至第 {top} 号完整：所持最后一条之前没有缺失。",
    )
    if count is None:
        return True, Text(
            en=f"{whole.en} Whether later entries exist, this bundle can't show.",
            zh=f"{whole.zh}其后是否还有条目，本证据包无法说明。",
        )
    if count > top:
        return None, _gap(top, count, count - top)
    return True, Text(
        en=f"{whole.en} The controller signed that there are no more at this checkpoint.",
        zh=f"{whole.zh}个人信息处理者签名称在该检查点没有更多条目。",
    )


def _signed_too_few(count: int, highest: int) -> Text:
    return Text(
        en=f"The controller signed that there are {count} entries, and number {highest} is here.",
        zh=f"个人信息处理者签名称共 {count} 条，而此处有第 {highest} 号。",
    )


def _gap(top: int, last: int, missing: int) -> Text:
    return Text(
        en=f"Complete up to {top}; of the numbers up to {last}, {missing} are not in this "
        "bundle: they were left out of it, or withheld.",
        zh=f"完整至第 {top} 号；至第 {last} 号之间有 {missing} 条不在本证据包中："
        "未被放入，或被隐瞒。",
    )
