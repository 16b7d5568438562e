"""The second half of the demo: from the leak to a remedy, between homes that share nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from habeas.cli.demo_stage import Stage
from habeas.cli.home import clock

# Who takes part beside the platform and its recipients, and what they are called.
PARTIES = (
    ("city", "authority", "Example City Cyberspace Administration"),
    ("province", "authority", "Example Provincial Cyberspace Administration"),
    ("nation", "authority", "Example National Cyberspace Administration"),
    ("association", "representative", "Example Consumer Association"),
)


def _incident(stage: Stage, rows: int) -> None:  # noqa: ARG001
    from habeas.demo.props import as_json, write_remedy_files

    home = stage.home("platform")
    stage.tell(
        "7  incident: what is owed to whom, by when, and the letters",
        "7  事件：应当告知谁、何时之前，以及通知书",
    )
    manifest = as_json(stage.file("release_a.parquet.manifest.json"))["manifest"]
    persons = manifest["copy"]["copy"]["rows"]
    write_remedy_files(stage.folder, now=clock(), persons=persons)
    found = stage.ask("incident", "open", "--from", _attribution(stage), "--home", home)["incident"]
    stage.habeas("incident", "add", found, str(stage.file("incident.yaml")), "--home", home)
    stage.habeas("incident", "show", found, "--home", home)
    letters = str(stage.file("incident_letters"))
    stage.habeas("incident", "letters", found, "-o", letters, "--home", home)


def _attribution(stage: Stage) -> str:
    return str(stage.file("attribution_a.json"))


def _bundle(stage: Stage, rows: int) -> None:  # noqa: ARG001
    from habeas.demo.props import a_borrower, tampered, write_screenshots

    borrower = a_borrower(stage.file("loan_book.parquet"), stage.file("choices.csv"))
    bundle = stage.file("borrower.bundle")
    stage.tell(
        "8  a borrower takes their evidence and checks it without the platform",
        "8  借款人取得自己的证据，并脱离平台独立核验",
    )
    home = stage.home("platform")
    key = str(stage.file("homes/platform/log/vkey"))
    stage.habeas("person", "bundle", borrower, "-o", str(bundle), "--home", home)
    stage.habeas("verify", str(bundle), "--key", key)
    stage.tell("   and one letter of it changed:", "   改动其中一个字符后：")
    stage.habeas("verify", str(tampered(bundle)), expect=3)
    stage.tell(
        "   their own messages and screenshots, hashed at once and sealed:",
        "   借款人自己的短信和截图，当场取哈希值并封存：",
    )
    _evidence(stage, write_screenshots(stage.folder), bundle, key)


def _evidence(stage: Stage, shots: Path, bundle: Path, key: str) -> None:
    home = stage.home("borrower")
    words = ("--source", "own phone", "--proves", "营销短信引用了借款金额", "--content", "短信截图")
    folder = ("--folder", "loan", "--home", home)
    stage.habeas("evidence", "collect", str(shots), *words, *folder)
    joined = ("--join", str(bundle), "--key", key, "--source", "the platform", *words[2:])
    stage.habeas("evidence", "collect", *joined, *folder)
    sealed = str(stage.file("evidence"))
    stage.habeas("evidence", "seal", "loan", "-o", sealed, "--home", home, "--draft")


def _complaint(stage: Stage, rows: int) -> None:  # noqa: ARG001
    stage.tell(
        "9  complaint: who leads and why; hand-over between two authorities; decision",
        "9  投诉：由谁牵头及理由；两个机关之间移送；决定",
    )
    _introduce(stage)
    matter = str(stage.file("complaint.yaml"))
    stage.habeas("route", matter)
    papers = stage.file("papers")
    words = ("--words", str(stage.file("claim.yaml")), "--draft")
    stage.habeas("claim", "draft", matter, *words, "-o", str(papers))
    paper = next(papers.glob("complaint*.zh.docx"))
    letter = _sent(stage, "complaint", "borrower", "city", attach=(matter, str(paper)))
    number = stage.ask("case", "lodge", letter, "--home", stage.home("city"))["case"]
    _docket(stage, number)


def _introduce(stage: Stage) -> None:
    """Homes of the authorities and the association; cards given by hand, trust made explicit."""
    for name, party, title in PARTIES:
        stage.ask("init", "--as", party, "--name", title, "--home", stage.home(name))
    for name in ("borrower", *(name for name, _, _ in PARTIES)):
        card = str(stage.file(f"{name}.card"))
        stage.ask("trust", "--card", "-o", card, "--home", stage.home(name))
    for one, other in (("borrower", "city"), ("city", "province"), ("borrower", "province")):
        _meet(stage, one, other)
    for body in ("city", "province"):
        _meet(stage, body, "nation", superior=True)


def _meet(stage: Stage, one: str, other: str, *, superior: bool = False) -> None:
    for me, them in ((one, other), (other, one)):
        more = ("--superior",) if superior and them == other else ()
        card = str(stage.file(f"{them}.card"))
        stage.ask("trust", card, "--as", them, *more, "--home", stage.home(me))


def _sent(stage: Stage, kind: str, sender: str, to: str, *, attach: tuple[str, ...]) -> str:
    """Send one envelope as a file; return the letter's name in the receiver's inbox."""
    path = stage.file(f"{kind}.envelope")
    files = [word for file in attach for word in ("--attach", file)]
    home = stage.home(sender)
    stage.habeas("send", kind, "--to", to, *files, "-o", str(path), "--home", home)
    receipt = str(stage.file(f"{kind}.receipt"))
    came = stage.ask("inbox", "receive", str(path), "-o", receipt, "--home", stage.home(to))
    stage.habeas("inbox", "receive", receipt, "--home", home)
    return str(came["letter"])


def _docket(stage: Stage, number: str) -> None:
    city, province = stage.home("city"), stage.home("province")
    stage.habeas("case", "accept", number, "--home", city)
    ground = ("--ground", "serious circumstances: provincial level", "--kind", "no_competence")
    facts = ("--facts", "the platform gave contact and income data to an ad network")
    stage.habeas("case", "offer", number, "--to", "province", *ground, *facts, "--home", city)
    _carry(stage, "city", "province")
    stage.habeas("case", "take", number, "--home", province)
    _carry(stage, "province", "city")
    for verb, paper in (("order", "order.json"), ("decide", "decision.json")):
        to = ("--paper", str(stage.file(paper)), "--to", "borrower")
        stage.habeas("case", verb, number, *to, "--home", province)
    stage.habeas("case", "show", number, "--home", province)
    stage.habeas("case", "replay", "--home", province)


def _carry(stage: Stage, sender: str, receiver: str) -> None:
    """Carry what waits to the other home as files, and the receipts back."""
    folder = stage.file(f"mail_{sender}_{receiver}")
    away = ("send", "--pending", "--to", receiver, "-o", str(folder))
    for line in stage.ask(*away, "--home", stage.home(sender))["letters"]:
        receipt = str(folder / f"{line['file']}.receipt")
        letter = str(folder / line["file"])
        stage.habeas("inbox", "receive", letter, "-o", receipt, "--home", stage.home(receiver))
        stage.habeas("inbox", "receive", receipt, "--home", stage.home(sender))


def _class(stage: Stage, rows: int) -> None:  # noqa: ARG001
    from habeas.demo.props import write_claims

    stage.tell(
        "10 claims grouped, tested as a class, notice, allocation, and what each way costs",
        "10 诉请归组、代表人诉讼条件、公告、分配，以及各途径的成本",
    )
    claims, members = write_claims(stage.folder, seed=stage.seed)
    groups = str(stage.file("groups.json"))
    stage.habeas("class", "group", str(claims), "-o", groups)
    known = ("--fixed", "no", "--agreed", "yes", "--representatives", "3")
    stage.habeas("class", "certify", "--groups", groups, *known)
    home = stage.home("association")
    notice = str(stage.file("class_notice"))
    stage.habeas(
        "class", "notice", str(stage.file("class_notice.yaml")), "-o", notice, "--home", home
    )
    key = str(stage.file("homes/association/log/vkey"))
    stage.habeas("class", "check-notice", notice, "--key", key)
    shared = stage.file("allocation")
    stage.habeas("class", "allocate", str(stage.file("fund.yaml")), str(members), "-o", str(shared))
    stage.habeas(
        "class", "recompute", str(shared / "allocation.json"), "--member", "m0001", "--weight", "1"
    )
    stage.habeas(
        "class", "compare", "--amount", "500000", "--members", "240", "--average-wage", "9000000"
    )


def _pilot(stage: Stage, rows: int) -> None:  # noqa: ARG001
    from habeas.demo.pilot_cases import write_pilot_cases
    from habeas.law.book import load_book

    stage.tell(
        "11 pilot: what a (fictional) draft would change in the platform's uses and their variants",
        "11 试点：（虚构的）草案会使平台的各项使用及其变化情形有何不同",
    )
    cases = stage.file("pilot_cases.jsonl")
    today = clock().date()
    write_pilot_cases(cases, book=load_book("cn"), count=200, seed=stage.seed, acted_on=today)
    report = ("--report", str(stage.file("pilot.html")))
    stage.habeas("law", "pilot", str(stage.file("draft.yaml")), "--cases", str(cases), *report)


def _papers_of_authority(stage: Stage) -> None:
    """What the fictional authority writes: every item answered, as text of a demo."""
    from habeas.law.documents import content_list

    for name, file in (("authority_order", "order.json"), ("authority_decision", "decision.json")):
        contents = content_list("cn", name)
        paper = {
            "values": {i.id: f"（示例）{i.label.zh}" for i in contents.required},
            "conditions": dict.fromkeys(contents.conditions, True),
        }
        stage.file(file).write_text(json.dumps(paper, ensure_ascii=False), encoding="utf-8")


def _complaint_with_papers(stage: Stage, rows: int) -> None:
    _papers_of_authority(stage)
    _complaint(stage, rows)


REMEDY: tuple[Callable[[Stage, int], None], ...] = (
    _incident,
    _bundle,
    _complaint_with_papers,
    _class,
    _pilot,
)
