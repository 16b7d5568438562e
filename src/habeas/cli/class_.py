"""habeas class: claims that belong together: groups, tests, notice, allocation, costs."""

from __future__ import annotations

import json as json_
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.class_compare import YesNo, compare, yes_no
from habeas.cli.home import HomeOption, JsonOption, Lang, LangOption, clock, say, the_home, words
from habeas.cli.send import OutboxOption, SendToOption, check_sending, put_out, say_sent
from habeas.cli.show import show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.relief.certification import Applicant, Certification
    from habeas.terms import Status

app = typer.Typer(add_completion=False, no_args_is_help=True)


class ApplicantName(StrEnum):
    procuratorate = "procuratorate"
    consumer_body_national = "consumer_body_national"
    consumer_body_province = "consumer_body_province"
    consumer_body_city = "consumer_body_city"
    designated_organisation = "designated_organisation"
    members = "members"


# ---- group


@app.command("group")
def group_command(
    *,
    claims: Annotated[Path, typer.Argument(help="A table of claims (.csv, .jsonl, .parquet).")],
    layout: Annotated[
        str | None,
        typer.Option("--layout", help="cfpb; else columns claim, defendant, event, right, law."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The groups with their claims (.json).")
    ] = None,
    alike: Annotated[
        bool, typer.Option("--alike", help="Suggest claims whose narratives are alike.")
    ] = False,
    suggested: Annotated[
        Path | None, typer.Option("--suggested", help="The file of an earlier run with --alike.")
    ] = None,
    confirm: Annotated[
        list[str] | None,
        typer.Option("--confirm", help="NUMBER=EVENT: this suggestion is about that event."),
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Group claims of one defendant, event, right and law; unknown is not the same, and apart.

    Likeness groups nothing by itself: --alike suggests, --confirm says that a suggestion holds.
    Prints counts; defendants and claims stand in the file of -o alone.
    """
    from habeas.procedures.manage_class_groups import group_claims
    from habeas.tables.source import open_source

    events = _confirmed(suggested, confirm or [])
    found = group_claims(
        open_source(claims, typed=False), layout=layout, alike=alike, confirmed=events
    )
    if out is not None:
        _write_json(out, found.to_json())
    counts = found.counts()
    if json:
        show_json(counts)
        return
    en = f"claims: {counts['claims']}, groups: {counts['groups']}, apart: {counts['apart']}"
    zh = f"{counts['claims']} 项请求，{counts['groups']} 组，另列 {counts['apart']} 项"
    say(words(en, zh), lang)
    for number, size in enumerate(counts["sizes"][:20], start=1):
        say(words(f"  group {number}: {size}", f"  第{number}组：{size}"), lang)
    for fact, count in counts["lacks"].items():
        say(words(f"  apart, {fact} unknown: {count}", f"  另列，{FACTS[fact]}不明：{count}"), lang)
    if counts["repeated"]:
        repeated = counts["repeated"]
        say(words(f"  ids that came twice: {repeated}", f"  重复编号：{repeated}"), lang)
    if counts["candidates"]:
        many = sum(size >= 10 for size in counts["candidate_sizes"])
        would = counts["candidates"]
        en = f"  more groups if their event were the same: {would}, of ten or more: {many}"
        say(words(en, f"  若事件相同可另成 {would} 组，其中十人以上 {many} 组"), lang)

    _say_suggestions(counts["suggestions"], lang)


FACTS = {"defendant": "被告", "event": "事件", "right": "权利", "law": "法律"}


def _confirmed(suggested: Path | None, confirm: list[str]) -> dict[str, str]:
    from habeas.procedures.manage_class_groups import confirmed_events

    if (suggested is None) != (not confirm):
        raise BadInput("--suggested and --confirm belong together", remedy="give both, or none")
    choices: dict[int, str] = {}
    for each in confirm:
        number, _, event = each.partition("=")
        if not number.isdigit() or not event.strip():
            raise BadInput("is not NUMBER=EVENT", place="--confirm", remedy="write 1=leak-2026")
        choices[int(number)] = event.strip()
    return {} if suggested is None else confirmed_events(_groups_file(suggested), choices)


def _say_suggestions(sizes: list[int], lang: Lang) -> None:
    for number, size in enumerate(sizes[:20], start=1):
        en = f"  suggestion {number}, alike in words and not grouped: {size}"
        say(words(en, f"  建议{number}，叙述相近，未归组：{size}"), lang)
    if sizes[20:]:
        more = len(sizes) - 20
        say(words(f"  and {more} suggestions more", f"  另有建议 {more} 项"), lang)


def _write_json(path: Path, value: Any) -> None:
    from habeas.ledger.files import write_file

    write_file(path, json_.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n")


# ---- certify


@app.command()
def certify(
    *,
    groups: Annotated[
        Path | None, typer.Option("--groups", help="The file of `class group -o`.")
    ] = None,
    group: Annotated[int, typer.Option("--group", help="Which group of it.")] = 1,
    members: Annotated[int | None, typer.Option("--members", help="How many claimants.")] = None,
    fixed: Annotated[
        YesNo | None, typer.Option("--fixed", help="Is their number fixed when the suit is filed?")
    ] = None,
    same: Annotated[
        YesNo | None, typer.Option("--same", help="Same defendant, event, right and law?")
    ] = None,
    agreed: Annotated[
        YesNo | None, typer.Option("--agreed", help="Do court and parties agree to join?")
    ] = None,
    representatives: Annotated[
        int | None, typer.Option("--representatives", help="How many are named.")
    ] = None,
    applicant: Annotated[
        ApplicantName | None,
        typer.Option("--applicant", help="Test the public-interest suit, too."),
    ] = None,
    matter: Annotated[
        Path | None, typer.Option("--matter", help="The matter whose uses are complained of.")
    ] = None,
    notice_days: Annotated[
        int | None, typer.Option("--notice-days", help="Days since public notice.")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:  # fmt: skip
    """Which roads are open: 0 one passes · 4 what is unknown decides · 3 all fail."""
    from habeas.relief.certification import public_interest
    from habeas.relief.certification import representatives as test_representatives

    if groups is not None:
        members, same = _of_group(groups, group), YesNo.yes
    found = list(
        test_representatives(
            members=members,
            number_fixed=yes_no(fixed),
            same_group=yes_no(same),
            court_and_parties_agree=yes_no(agreed),
            representatives_named=representatives,
        )
    )
    if applicant is not None:
        who: Applicant = applicant.value
        statuses = _statuses(matter)
        found.append(
            public_interest(
                applicant=who, processing=statuses, persons=members, notice_days=notice_days
            )
        )
    _show_roads(found, lang, json=json)
    verdicts = {each.verdict.value for each in found}
    return 0 if "pass" in verdicts else 4 if "open" in verdicts else 3


def _groups_file(path: Path) -> dict[str, Any]:
    from habeas.law.yaml_reading import read_json
    from habeas.procedures.manage_class_groups import FORMAT

    document = read_json(path).value
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadInput(f"is not a file of groups ({FORMAT})", file=path.name)
    return document


def _of_group(path: Path, number: int) -> int:
    found = _groups_file(path)["groups"]
    if not 1 <= number <= len(found):
        raise BadInput("there is no such group", remedy=f"it has {len(found)}")
    return len(set(found[number - 1]["claims"]))


def _statuses(matter: Path | None) -> list[Status]:
    """The decisions on the uses complained of; none without a matter, which leaves it open."""
    if matter is None:
        return []
    from habeas.law.book import load_book
    from habeas.law.matter import load_matter
    from habeas.law.reason import decide

    decision = decide(load_matter(matter), load_book("cn"), as_of=clock().date())
    return [element.status for element in decision.elements]


def _show_roads(found: list[Certification], lang: Lang, *, json: bool) -> None:
    if json:
        show_json({"format": "certification/v1", "roads": [_road_json(each) for each in found]})
        return
    for each in found:
        road, verdict = ROADS[each.road], ANSWERS[each.verdict.value]
        say(words(f"{road.en}: {verdict.en}", f"{road.zh}：{verdict.zh}"), lang)
        for p in each.predicates:
            answer = ANSWERS[p.answer.value]
            say(words(f"  {answer.en}: {p.why.en} ({p.under})",
                      f"  {answer.zh}：{p.why.zh}（{p.under}）"), lang)  # fmt: skip


def _road_json(each: Certification) -> dict[str, Any]:
    return {
        "road": each.road,
        "verdict": each.verdict.value,
        "predicates": [
            {
                "name": p.name,
                "answer": p.answer.value,
                "under": str(p.under),
                "why": {"en": p.why.en, "zh": p.why.zh},
            }
            for p in each.predicates
        ],
    }


ANSWERS = {
    "pass": words("pass", "符合"),
    "fail": words("fail", "不符合"),
    "open": words("open", "待定"),
}
ROADS = {
    "representatives_fixed": words("representatives, number fixed", "人数确定的代表人诉讼"),
    "representatives_open": words("representatives, number open", "人数不确定的代表人诉讼"),
    "public_interest": words("public-interest suit", "公益诉讼"),
}


# ---- notice


@app.command()
def notice(
    *,
    file: Annotated[Path, typer.Argument(help="What you type (class_notice/v1).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder to publish.")],
    draft: Annotated[
        bool, typer.Option("--draft", help="Write it with 【缺】, unlogged and without a code.")
    ] = False,
    send_to: SendToOption = None,
    outbox: OutboxOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """The registration notice, logged, with a code that leads to the log; a court issues it.

    Exit 3 if an item is missing or the period is too short.
    """
    from habeas.procedures.manage_class_notice import load_notice_words, publish_class_notice
    from habeas.procedures.send_papers import check_parties, files_in, send_to_all

    said, to = load_notice_words(file), check_sending(send_to, outbox, draft=draft)
    with the_home(home) as opened:
        check_parties(opened, to, ("person", "authority", "representative"), what="a class notice")
        now = clock()
        made = publish_class_notice(opened, said, out, now=now, draft=draft)
        files, body = files_in(out) if to else (), {"code": made.code}
        posted = send_to_all(opened, "class_notice", to, body=body, files=files, now=now)
        sent = put_out(opened, posted, outbox)
    missing = [item.item for item in made.missing]
    if json:
        about = {"code": made.code, "index": made.index, "files": list(made.files)}
        show_json({**about, "missing": missing, "sent": sent})
        return
    if made.code is None:
        en = f"a draft in {out}: it lacks {len(missing)} items, and is not in the log"
        say(words(en, f"草稿见 {out}：尚缺{len(missing)}项，未写入存证日志"), lang)
    else:
        en = f"the notice is in {out}; verification code {made.code}; entry {made.index}"
        zh = f"公告见 {out}；核验码 {made.code}；存证日志第{made.index}条"
        say(words(en, zh), lang)
    say_sent(sent, lang)


@app.command("check-notice")
def check_notice(
    *,
    folder: Annotated[Path, typer.Argument(help="The folder a notice was published in.")],
    code: Annotated[str | None, typer.Option("--code", help="The code as you read it.")] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="The representative's known key.")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Is this the notice that was logged? 0 yes · 3 no, forged or changed · 4 no known key."""
    from habeas.cli.verify import vkeys
    from habeas.procedures.manage_class_notice import check_class_notice

    found = check_class_notice(folder, trusted=tuple(vkeys(key or [])), code=code)
    if json:
        show_json({"code": found.code, "outcome": found.outcome, "files": list(found.files)})
    else:
        count = len(found.files)
        en = f"{count} files are as logged; code {found.code}"
        say(words(en, f"{count} 个文件与存证日志一致；核验码 {found.code}"), lang)
        if found.outcome != "verified":
            say(UNKNOWN_KEY, lang)
    return 0 if found.outcome == "verified" else 4


UNKNOWN_KEY = words(
    "Whose notice this is was not proved: give the representative's key with --key.",
    "未能证明公告由谁发出：请用 --key 给出代表人的公钥。",
)


# ---- allocate, recompute


@app.command()
def allocate(
    *,
    fund: Annotated[Path, typer.Argument(help="What there is to share (fund/v1).")],
    members: Annotated[Path, typer.Argument(help="member, weight, and identity if known (.csv).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder to publish.")],
    draft: Annotated[
        bool, typer.Option("--draft", help="Write the statement with 【缺】 where items lack.")
    ] = False,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Share a fund by weight; list (.json, .xlsx) without names, statement in both languages.

    Exit 2 for a person who is in the list twice, 3 if the statement lacks an item.
    """
    from habeas.procedures.manage_class_fund import load_fund, read_members, write_allocation
    from habeas.tables.source import open_source

    weights = read_members(open_source(members, typed=False))
    made = write_allocation(load_fund(fund), weights, out, draft=draft)
    found = made.allocation
    count, missing = len(found.shares), [item.item for item in made.missing]
    if json:
        shown = {"members": count, "fund": found.fund.minor, "currency": found.fund.currency}
        shown["total_weight"] = found.total_weight
        show_json({**shown, "sha256": made.digest, "missing": missing})
        return
    say(words(f"{count} members share {found.fund.minor} minor units; list sha256:{made.digest}",
              f"{count} 名成员分配 {found.fund.minor} 最小货币单位；名单 sha256:{made.digest}"),
        lang)  # fmt: skip


@app.command()
def recompute(
    *,
    allocation: Annotated[Path, typer.Argument(help="The published allocation.json.")],
    member: Annotated[str, typer.Option("--member", help="Your member number.")],
    weight: Annotated[int, typer.Option("--weight", help="Your own weight.")],
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Compute your own share again: 0 it is what the list says · 3 it is not."""
    from habeas.procedures.claim_text import sum_of
    from habeas.procedures.manage_class_fund import check_share, read_published

    share = check_share(read_published(allocation), member=member, weight=weight)
    if json:
        show_json({"share": share.minor, "currency": share.currency})
        return
    amount = sum_of(share)
    say(words(f"the list is right: {amount.en}", f"名单无误：{amount.zh}"), lang)


app.command()(compare)
