"""The second half of the demo: from the leak to a remedy, between homes that share nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from habeas.cli.demo_stage import Stage
from habeas.cli.home import clock

# Who takes part beside the platform and its recipients, and what they are called.
PARTIES = (
    ("city", "authority", "示例市网信办 Example City Cyberspace Administration"),
    ("province", "authority", "示例省网信办 Example Provincial Cyberspace Administration"),
    ("nation", "authority", "示例国家网信办 Example National Cyberspace Administration"),
    ("counsel", "representative", "示例律师 Example Counsel"),
    ("association", "association", "示例网贷行业协会 Example Lending Association"),
)
# Who knows whom; the authorities know their common superior besides.
MEETINGS = (
    ("platform", "city"),
    ("platform", "borrower"),
    ("borrower", "city"),
    ("borrower", "province"),
    ("borrower", "counsel"),
    ("city", "province"),
)


@dataclass(slots=True)
class _Story:
    """What the earlier steps found and the later ones are about."""

    incident: str = ""
    release: str = ""
    borrower: str = ""
    mobile: str = ""
    place: int = 0
    persons: int = 0


def _incident(stage: Stage, story: _Story) -> None:
    from habeas.demo.story import a_borrower, write_affected, write_platform_words

    home = stage.home("platform")
    stage.tell(
        "7  incident: the collector's list is out; what is owed to whom, by when, and the letters",
        "7  事件：催收公司的名单外泄；应当告知谁、何时之前，以及通知书",
    )
    _introduce(stage)
    book, leaked = stage.file("loan_book.parquet"), stage.file("leak_b.csv")
    affected = write_affected(stage.folder, book=book, leaked=leaked)
    story.persons = len(affected.read_text("utf-8").splitlines()) - 1
    borrower = a_borrower(affected, stage.file("choices.csv"))
    story.borrower, story.mobile, story.place = borrower
    story.release = _release_id(stage)
    words = write_platform_words(stage.folder, now=clock(), persons=story.persons)
    attribution = ("--from", str(stage.file("attribution_b.json")))
    found = stage.ask("incident", "open", *attribution, "--home", home)["incident"]
    story.incident = str(found)
    stage.habeas("incident", "add", story.incident, str(words), "--home", home)
    _letters(stage, story)


def _release_id(stage: Stage) -> str:
    manifest = json.loads(stage.file("release_b.parquet.manifest.json").read_text("utf-8"))
    return str(manifest["manifest"]["release"])


def _letters(stage: Stage, story: _Story) -> None:
    """The letters go out, the authority's receipt comes back, the borrower's doesn't yet."""
    home = stage.home("platform")
    out = ("-o", str(stage.file("incident_letters")))
    to = ("--send-to", "city", "--send-to", "borrower")
    box = stage.file("mail_platform")
    stage.habeas(
        "incident", "letters", story.incident, *out, *to, "--outbox", str(box), "--home", home
    )
    letters = sorted(box.iterdir())
    for receiver in ("city", "borrower"):
        _hand_in(stage, letters, "platform", receiver)
    for duty in ("tell_authority", "tell_persons"):
        stage.ask("incident", "done", story.incident, duty, "--home", home)
    stage.habeas("incident", "show", story.incident, "--home", home)


def _hand_in(stage: Stage, letters: list[Path], sender: str, receiver: str) -> None:
    """Carry the envelopes that are for one home to it, and its receipts back."""
    for letter in letters:
        if stage.addressed_to(letter, receiver):
            receipt = str(letter.with_suffix(".receipt"))
            stage.habeas(
                "inbox", "receive", str(letter), "-o", receipt, "--home", stage.home(receiver)
            )
            stage.habeas("inbox", "receive", receipt, "--home", stage.home(sender))


def _exposure(stage: Stage, story: _Story) -> None:
    stage.tell(
        "8  a borrower checks privately that they are in it, and takes their evidence",
        "8  借款人私密查询自己是否受影响，并取得自己的证据",
    )
    platform, borrower = stage.home("platform"), stage.home("borrower")
    key, out = str(stage.file("homes/platform/log/vkey")), stage.file("exposure")
    about = ("--kind", "mobile_cn", "--leak", story.incident)
    affected = str(stage.file("affected.csv"))
    stage.habeas(
        "exposure", "publish", affected, *about, "--column", "mobile", "-o", str(out), "--home",
        platform,
    )  # fmt: skip
    asked, answered = str(stage.file("question.json")), str(stage.file("answer.json"))
    published = ("--set", str(out))
    stage.habeas(
        "exposure", "ask", "-", *published, "-o", asked, "--home", borrower, typed=story.mobile
    )
    stage.habeas("exposure", "answer", asked, "-o", answered, "--home", platform)
    stage.habeas(
        "exposure", "check", "--answer", answered, *published, "--key", key, "--home", borrower
    )
    _bundle(stage, story, key)


def _bundle(stage: Stage, story: _Story, key: str) -> None:
    from habeas.demo.props import tampered
    from habeas.demo.story import write_phone

    bundle = stage.file("borrower.bundle")
    out = ("-o", str(bundle), "--home", stage.home("platform"))
    stage.habeas("person", "bundle", "-", *out, typed=story.borrower)
    stage.habeas("verify", str(bundle), "--key", key)
    stage.tell("   and one letter of it changed:", "   改动其中一个字符后：")
    stage.habeas("verify", str(tampered(bundle)), expect=3)
    stage.tell(
        "   their own messages and screenshots, hashed at once and sealed:",
        "   借款人自己的短信和截图，当场取哈希值并封存：",
    )
    _evidence(stage, write_phone(stage.folder), bundle, key)


def _evidence(stage: Stage, phone: Path, bundle: Path, key: str) -> None:
    home = stage.home("borrower")
    shows = "来电短信与截图 messages and a screenshot"
    words = ("--proves", "名单外泄后遭冒名催收 fraud after the leak", "--content")
    folder = ("--folder", "loan", "--home", home)
    own = ("--source", "本人手机 own phone", *words, shows)
    stage.habeas("evidence", "collect", str(phone), *own, *folder)
    joined = ("--join", str(bundle), "--key", key, "--source", "平台 the platform")
    held = "平台存证日志中的本人记录 own entries in the platform's log"
    stage.habeas("evidence", "collect", *joined, *words, held, *folder)
    sealed = str(stage.file("evidence"))
    stage.habeas("evidence", "seal", "loan", "-o", sealed, "--home", home)


def _complaint(stage: Stage, story: _Story) -> None:
    from habeas.demo.story import write_papers_words

    stage.tell(
        "9  complaint: who leads and why; hand-over between two authorities; decision",
        "9  投诉：由谁牵头及理由；两个机关之间移送；决定",
    )
    write_papers_words(
        stage.folder,
        now=clock(),
        incident=story.incident,
        release=story.release,
        persons=story.persons,
    )
    matter = str(stage.file("complaint.yaml"))
    stage.habeas("route", matter)
    words = ("--words", str(stage.file("claim.yaml")), "--evidence", str(stage.file("evidence")))
    trace = ("--attribution", str(stage.file("attribution_b.json")))
    box = stage.file("mail_borrower")
    out = ("-o", str(stage.file("papers")), "--record")
    to = ("--send-to", "city", "--outbox", str(box), "--home", stage.home("borrower"))
    stage.habeas("claim", "draft", matter, *words, *trace, *out, *to)
    [letter] = box.iterdir()
    receipt = str(letter.with_suffix(".receipt"))
    came = stage.ask("inbox", "receive", str(letter), "-o", receipt, "--home", stage.home("city"))
    stage.habeas("inbox", "receive", receipt, "--home", stage.home("borrower"))
    number = stage.ask("case", "lodge", came["letter"], "--home", stage.home("city"))["case"]
    _papers_of_authority(stage, story)
    _docket(stage, number)


def _introduce(stage: Stage) -> None:
    """Homes of the authorities and the association; cards given by hand, trust made explicit."""
    for name, party, title in PARTIES:
        stage.ask("init", "--as", party, "--name", title, "--home", stage.home(name))
    for name in ("platform", "borrower", *(name for name, _, _ in PARTIES)):
        card = str(stage.file(f"{name}.card"))
        stage.ask("trust", "--card", "-o", card, "--home", stage.home(name))
    for one, other in MEETINGS:
        _meet(stage, one, other)
    for body in ("city", "province"):
        _meet(stage, body, "nation", superior=True)


def _meet(stage: Stage, one: str, other: str, *, superior: bool = False) -> None:
    for me, them in ((one, other), (other, one)):
        more = ("--superior",) if superior and them == other else ()
        card = str(stage.file(f"{them}.card"))
        stage.ask("trust", card, "--as", them, *more, "--home", stage.home(me))


def _docket(stage: Stage, number: str) -> None:
    city, province = stage.home("city"), stage.home("province")
    stage.habeas("case", "accept", number, "--home", city)
    ground = ("--ground", "情节严重，由省级管辖 serious circumstances: provincial level")
    kind = ("--kind", "no_competence")
    facts = ("--facts", "催收名单外泄 the list given to the collection agency is outside")
    box = stage.file("mail_city")
    offer = ("case", "offer", number, "--to", "province", *ground, *kind, *facts)
    stage.habeas(*offer, "--outbox", str(box), "--home", city)
    _hand_in(stage, sorted(box.iterdir()), "city", "province")
    box = stage.file("mail_province")
    stage.habeas("case", "take", number, "--outbox", str(box), "--home", province)
    _hand_in(stage, sorted(box.iterdir()), "province", "city")
    for verb, paper in (("order", "order.json"), ("decide", "decision.json")):
        box = stage.file(f"mail_{verb}")
        to = ("--paper", str(stage.file(paper)), "--to", "borrower", "--outbox", str(box))
        stage.habeas("case", verb, number, *to, "--home", province)
        _hand_in(stage, sorted(box.iterdir()), "province", "borrower")
    stage.habeas("case", "show", number, "--home", province)
    stage.habeas("case", "replay", "--home", province)


def _class(stage: Stage, story: _Story) -> None:
    from habeas.demo.story import write_claims

    stage.tell(
        "10 the claims of those affected: grouped, tested as a class, notice, allocation, costs",
        "10 受影响者的诉请：归组、代表人诉讼条件、公告、分配，以及各途径的成本",
    )
    claims, members = write_claims(
        stage.folder, stage.file("affected.csv"), incident=story.incident, seed=stage.seed
    )
    first, groups = str(stage.file("suggestions.json")), str(stage.file("groups.json"))
    stage.habeas("class", "group", str(claims), "--alike", "-o", first)
    numbers = _of_leak(first)
    confirmed = ["--suggested", first]
    confirmed += [w for n in numbers for w in ("--confirm", f"{n}={story.incident}")]
    stage.habeas("class", "group", str(claims), *confirmed, "-o", groups)
    known = ("--fixed", "no", "--agreed", "yes", "--representatives", "3")
    stage.habeas("class", "certify", "--groups", groups, *known)
    _class_notice(stage)
    _allocation(stage, story, members)
    each = ("--amount", "500000", "--members", str(story.persons), "--average-wage", "9000000")
    stage.habeas("class", "compare", *each)


def _of_leak(suggestions: str) -> list[int]:
    """The suggestions that a lawyer confirms: those alike to claims that state the event."""
    found = json.loads(Path(suggestions).read_text("utf-8"))["suggestions"]
    return [int(each["suggestion"]) for each in found if each["event"] is not None]


def _class_notice(stage: Stage) -> None:
    home, notice, box = (
        stage.home("counsel"),
        stage.file("class_notice"),
        stage.file("mail_counsel"),
    )
    to = ("--send-to", "borrower", "--outbox", str(box), "--home", home)
    stage.habeas("class", "notice", str(stage.file("class_notice.yaml")), "-o", str(notice), *to)
    _hand_in(stage, sorted(box.iterdir()), "counsel", "borrower")
    key = str(stage.file("homes/counsel/log/vkey"))
    stage.habeas("class", "check-notice", str(notice), "--key", key)


def _allocation(stage: Stage, story: _Story, members: Path) -> None:
    from habeas.demo.story import weight_of

    shared = stage.file("allocation")
    stage.habeas("class", "allocate", str(stage.file("fund.yaml")), str(members), "-o", str(shared))
    member, weight = weight_of(members, story.place)
    own = ("--member", member, "--weight", weight)
    stage.habeas("class", "recompute", str(shared / "allocation.json"), *own)


def _pilot(stage: Stage, story: _Story) -> None:  # noqa: ARG001
    from habeas.demo.pilot_cases import write_pilot_cases
    from habeas.law.book import load_book

    stage.tell(
        "11 pilot: what a (fictional) draft would change in the platform's own uses, the complaint "
        "and the claims above, and in 200 variants",
        "11 试点：（虚构的）草案会使平台自己的各项使用、上述投诉与诉请，以及200种变化情形有何不同",
    )
    cases = stage.file("pilot_cases.jsonl")
    write_pilot_cases(
        cases,
        book=load_book("cn"),
        count=200,
        seed=stage.seed,
        acted_on=clock().date(),
        complaint=stage.file("complaint.yaml"),
        claims=stage.file("claims.csv"),
    )
    report = ("--report", str(stage.file("pilot.html")))
    stage.habeas("law", "pilot", str(stage.file("draft.yaml")), "--cases", str(cases), *report)


def _papers_of_authority(stage: Stage, story: _Story) -> None:
    """What the fictional authority writes: every item answered, as text of a demo."""
    from habeas.law.documents import content_list

    about = {
        "zh": f"（示例）事件 {story.incident}，交付编号 {story.release}，涉及 {story.persons} 人",
        "en": f"(example) incident {story.incident}, release {story.release}, "
        f"{story.persons} persons",
    }
    for name, file in (("authority_order", "order.json"), ("authority_decision", "decision.json")):
        contents = content_list("cn", name)
        paper = {
            "values": {item.id: dict(about) for item in contents.required},
            "conditions": dict.fromkeys(contents.conditions, True),
        }
        stage.file(file).write_text(json.dumps(paper, ensure_ascii=False), encoding="utf-8")


def remedy() -> tuple[Callable[[Stage, int], None], ...]:
    """The steps of the second half, which share what the first of them found."""
    story = _Story()

    def step(act: Callable[[Stage, _Story], None]) -> Callable[[Stage, int], None]:
        return lambda stage, _: act(stage, story)

    return tuple(map(step, (_incident, _exposure, _complaint, _class, _pilot)))
