"""habeas demo: the whole chain on a generated loan book, by the commands anybody can run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from habeas.cli.demo_remedy import remedy
from habeas.cli.demo_stage import Stage
from habeas.cli.home import Lang, LangOption, clock
from habeas.cli.show import err
from habeas.errors import BadInput

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    *,
    out: Annotated[Path, typer.Option(help="The folder for everything the demo makes.")] = Path(
        "demo"
    ),
    rows: Annotated[int, typer.Option(min=40_000, help="Borrowers in the loan book.")] = 200_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same book.")] = 7,
    lang: LangOption = Lang.en,
) -> None:
    """Run the chain from a loan book to a remedy; every figure is computed on the spot."""
    started = perf_counter()
    _empty(out)
    stage = Stage(folder=out, lang=lang, seed=seed)
    for step in (_book, _scan, _decide, _notify, _release, _leak, _trace, *remedy()):
        _timed(step, stage, rows)
    _end(stage, perf_counter() - started)


def _empty(out: Path) -> None:
    """Only a folder that the demo made before is replaced."""
    if out.exists() and any(out.iterdir()) and not (out / "homes").is_dir():
        raise BadInput(
            "this folder holds something else", file=out, remedy="name another with --out"
        )
    shutil.rmtree(out, ignore_errors=True)
    (out / "homes").mkdir(parents=True)


def _timed(step: Callable[[Stage, int], None], stage: Stage, rows: int) -> None:
    started = perf_counter()
    step(stage, rows)
    err.print(f"  [dim]{perf_counter() - started:.1f} s[/dim]")


def _book(stage: Stage, rows: int) -> None:
    from habeas.demo.props import write_book, write_declarations

    stage.tell(
        f"A loan book of {rows:,} invented borrowers, and four homes: platform, vendor, "
        "collector, borrower",
        f"生成 {rows:,} 名虚构借款人的台账，并建立四个主体：平台、评分公司、催收公司、借款人",
    )
    write_book(stage.folder, rows=rows, seed=stage.seed)
    write_declarations(stage.folder, today=clock().date())
    for name, party, title in (
        ("platform", "controller", "恒信示例借款平台 Hengxin Example Loans"),
        ("vendor", "controller", "示例评分公司 Example Scoring Co."),
        ("collector", "controller", "示例催收公司 Example Collection Co."),
        ("borrower", "person", "示例借款人 Example Borrower"),
    ):
        stage.habeas("init", "--as", party, "--name", title, "--home", stage.home(name))


def _scan(stage: Stage, rows: int) -> None:  # noqa: ARG001
    stage.tell(
        "1  scan: what in it is personal, and where does the legal line run?",
        "1  扫描：哪些是个人信息，法律界限在哪里？",
    )
    stage.habeas(
        "scan",
        str(stage.file("loan_book.parquet")),
        "--activity",
        str(stage.file("activity.yaml")),
        "--report",
        str(stage.file("boundary.html")),
    )


def _decide(stage: Stage, rows: int) -> None:  # noqa: ARG001
    stage.tell(
        "2  decide: is each declared use lawful? (before notice and consent: not yet)",
        "2  判断：各项使用是否合法？（尚未告知和取得同意）",
    )
    stage.habeas(
        "activity", "declare", str(stage.file("activity.yaml")), "--home", stage.home("platform")
    )
    stage.habeas("decide", str(stage.file("activity.yaml")), expect=3)


def _notify(stage: Stage, rows: int) -> None:  # noqa: ARG001
    from habeas.demo.props import write_choices

    stage.tell(
        "3  notify and choose: an incomplete notice is not published; choices are recorded",
        "3  告知与选择：告知不完整不予发布；记录个人的选择",
    )
    stage.habeas("notice", "check", str(stage.file("activity_draft.yaml")), expect=3)
    stage.habeas("notice", "publish", "loan-book", "--home", stage.home("platform"))
    choices = write_choices(stage.folder, stage.file("loan_book.parquet"), seed=stage.seed)
    stage.habeas(
        "choice",
        "record",
        "--activity",
        "loan-book",
        "--from",
        str(choices),
        "--home",
        stage.home("platform"),
    )


def _release(stage: Stage, rows: int) -> None:  # noqa: ARG001
    stage.tell(
        "4  release: without an impact assessment in force nothing leaves",
        "4  交付：没有有效的影响评估，不予交付",
    )
    _hand_out(stage, "vendor", "credit_assessment", "release_a.parquet", expect=3)
    stage.habeas(
        "report",
        "assessment",
        "--activity",
        "loan-book",
        "--from",
        str(stage.file("assessment.yaml")),
        "--home",
        stage.home("platform"),
    )
    stage.tell(
        "   (a) to the scoring vendor: pseudonymised, in groups, marked",
        "   （一）交付评分公司：假名化、分组、加标记",
    )
    _hand_out(stage, "vendor", "credit_assessment", "release_a.parquet")
    stage.tell(
        "   (b) to the collection agency: its portfolio only, no cell altered, canary rows",
        "   （二）交付催收公司：仅其负责的部分，不改动数据，加诱饵行",
    )
    _hand_out(stage, "collector", "debt_collection", "release_b.parquet")
    stage.tell("   (c) to the ad network: refused", "   （三）交付广告网络：拒绝")
    _hand_out(stage, "adnet", "advertising", "release_c.parquet", expect=3)
    for name, recipient in (("release_a", "vendor"), ("release_b", "collector")):
        _countersign(stage, name, recipient)


def _hand_out(stage: Stage, to: str, purpose: str, name: str, *, expect: int = 0) -> None:
    stage.habeas(
        "release",
        str(stage.file("loan_book.parquet")),
        "--activity",
        "loan-book",
        "--to",
        to,
        "--purpose",
        purpose,
        "-o",
        str(stage.file(name)),
        "--home",
        stage.home("platform"),
        expect=expect,
    )


def _countersign(stage: Stage, name: str, recipient: str) -> None:
    signed = str(stage.file(f"{name}.countersignature.json"))
    manifest = str(stage.file(f"{name}.parquet.manifest.json"))
    stage.habeas("countersign", manifest, "-o", signed, "--home", stage.home(recipient))
    stage.habeas("countersign", "--record", signed, "--home", stage.home("platform"))


def _leak(stage: Stage, rows: int) -> None:  # noqa: ARG001
    from habeas.demo.props import write_leaks, write_original_leak

    stage.tell(
        "5  three leaks turn up: 5 % of (a), shuffled, renamed, a fifth of the cells altered; "
        "200 rows of (b); 500 rows of the platform's own book",
        "5  出现三份泄露文件：（一）的5%，打乱、改名、改动五分之一；（二）的200行；"
        "以及平台自有台账的500行",
    )
    write_leaks(
        stage.folder,
        scoring=stage.file("release_a.parquet"),
        collection=stage.file("release_b.parquet"),
        seed=stage.seed,
    )
    write_original_leak(stage.folder, stage.file("loan_book.parquet"), seed=stage.seed)


def _trace(stage: Stage, rows: int) -> None:  # noqa: ARG001
    stage.tell("6  trace: who leaked it, and who did not?", "6  溯源：是谁泄露的，谁可以排除？")
    for leak, name in (("leak_a", "a"), ("leak_b", "b"), ("leak_own", "own")):
        stage.habeas(
            "trace",
            str(stage.file(f"{leak}.csv")),
            "--original",
            str(stage.file("loan_book.parquet")),
            "-o",
            str(stage.file(f"attribution_{name}.json")),
            "--home",
            stage.home("platform"),
        )


def _end(stage: Stage, seconds: float) -> None:
    stage.tell(
        f"Done in {seconds:.0f} s. All is in {stage.folder}/; open boundary.html first.",
        f"用时 {seconds:.0f} 秒。所有产物在 {stage.folder}/，先看 boundary.html。",
    )
