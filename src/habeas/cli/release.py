"""habeas release: hand data out: lawful, minimised, marked, logged; or say by which rule not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    say,
    steps,
    the_home,
    words,
)
from habeas.cli.show import err, show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.release_data import Released
    from habeas.protection.plan import ReleasePlan

app = typer.Typer(add_completion=False)


class Asked(TypedDict):
    """Which use: the words of the command line that both halves of a release take."""

    activity: str
    recipient: str
    purpose: str


STEPS = {
    "scan": words("scanning", "扫描"),
    "decide": words("deciding", "法律判定"),
    "plan": words("planning", "制定交付方案"),
    "rows": words("reading choices", "读取本人选择"),
    "prepare": words("transforming and marking", "去标识与加标记"),
    "log": words("committing to the log", "写入存证日志"),
    "hand out": words("handing out", "交付"),
}


@app.command()
def release(
    *,
    source: Annotated[Path, typer.Argument(help="The table.")],
    activity: Annotated[str, typer.Option("--activity", help="The id of a declared activity.")],
    to: Annotated[str, typer.Option("--to", help="A recipient the activity declares.")],
    purpose: Annotated[str, typer.Option("--purpose", help="A purpose the activity declares.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where the copy goes.")] = None,
    plan: Annotated[Path | None, typer.Option("--plan", help="A plan you have edited.")] = None,
    population: Annotated[
        Path | None,
        typer.Option(
            "--population",
            help="Everybody the table's persons are part of; the plan's k-map needs it.",
        ),
    ] = None,
    plan_only: Annotated[
        bool,
        typer.Option("--plan-only", help="Write the plan to -o (or show it); release nothing."),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Release SOURCE to one recipient for one purpose; the manifest is in the log first."""
    asked = Asked(activity=activity, recipient=to, purpose=purpose)
    if plan_only:
        _plan(source, asked, out, home, lang, json=json)
        return
    if out is None:
        raise BadInput("where the copy goes is missing", remedy="give -o FILE")
    from habeas.law.book import load_book
    from habeas.procedures.release_data import Beside, release_data
    from habeas.protection.plan_file import load_plan
    from habeas.tables.source import open_source

    edited = None if plan is None else load_plan(plan)
    beside = Beside(
        # Hierarchies are named from where the plan lies.
        folder=None if plan is None else plan.parent,
        population=None if population is None else open_source(population),
    )
    with the_home(home) as opened, steps(STEPS, lang, quiet=json) as tell:
        released = release_data(
            opened,
            open_source(source),
            out,
            **asked,
            book=load_book("cn"),
            now=clock(),
            plan=edited,
            beside=beside,
            tell=tell,
        )
    _show(released, out, lang, json=json)


def _plan(
    source: Path,
    asked: Asked,
    out: Path | None,
    home: Path | None,
    lang: Lang,
    *,
    json: bool,
) -> None:
    from habeas.law.book import load_book
    from habeas.ledger.files import write_file
    from habeas.procedures.propose_release import propose_release
    from habeas.protection.plan_file import plan_text
    from habeas.tables.source import open_source

    table = open_source(source)
    with the_home(home) as opened, steps(STEPS, lang, quiet=json) as tell:
        proposal = propose_release(
            opened, table, **asked, book=load_book("cn"), now=clock(), tell=tell
        )
    text = plan_text(proposal.plan)
    if out is not None:
        write_file(out, text.encode())
    if json:
        show_json(proposal.plan.to_mapping())
    elif out is None:
        print(text, end="")
    else:
        _say_plan(proposal.plan, out, lang)


def _say_plan(plan: ReleasePlan, out: Path, lang: Lang) -> None:
    leaving, all_ = len(plan.leaving), len(plan.columns)
    en = f"plan in {out}: {leaving} of {all_} columns leave; edit it, then release with --plan"
    say(words(en, f"交付方案：{out}，{all_} 列中 {leaving} 列交付；可编辑后用 --plan 交付"), lang)


def _show(released: Released, out: Path, lang: Lang, *, json: bool) -> None:
    about = _about(released, out)
    for warning in released.prepared.warnings:
        err.print(f"habeas: {warning.in_language(lang.value)}", markup=False, soft_wrap=True)
    if json:
        show_json(about)
        return
    rows, columns = released.prepared.table.num_rows, released.prepared.table.num_columns
    en = f"released {rows} rows × {columns} columns to {out}"
    say(words(en, f"已交付 {rows} 行 × {columns} 列：{out}"), lang)
    left = about["left_out"]
    en = (
        f"left out: {left['objected']} rows of persons who refused or withdrew, "
        f"{left['silent']} without the consent that is the ground, {left['nameless']} without an id"
    )
    zh = (
        f"未交付：拒绝或撤回同意 {left['objected']} 行，未取得同意 {left['silent']} 行，"
        f"无标识 {left['nameless']} 行"
    )
    say(words(en, zh), lang)
    _say_protection(about, lang)
    en = f"manifest {released.manifest_file}, in the log as entry {about['entry']}"
    say(words(en, f"交付清单 {released.manifest_file}，存证日志第 {about['entry']} 条"), lang)


def _say_protection(about: dict[str, Any], lang: Lang) -> None:
    """What the protection took out: rows in too small groups, columns the purpose had asked for."""
    rows = about["left_out"]["suppressed"]
    if rows:
        en = f"left out besides: {rows} rows whose group was too small"
        say(words(en, f"另未交付：所在分组人数不足的 {rows} 行"), lang)
    for column in about["dropped"]:
        name, because = column["column"], column["because"]
        say(words(f"asked for and not handed out: {name}: {because['en']}",
                  f"申请而未交付：{name}：{because['zh']}"), lang)  # fmt: skip


def _dropped(released: Released) -> list[dict[str, Any]]:
    """Columns the use names that don't leave, with the plan's reason."""
    use = released.release.manifest["activity"]["use"]
    wanted = set(released.release.activity.document["uses"][use]["columns"])
    return [
        {"column": each.column, "because": {"en": each.reason.en, "zh": each.reason.zh}}
        for each in released.prepared.plan.columns
        if each.column in wanted and not each.leaves
    ]


def _suppressed(released: Released) -> int:
    """Rows that were to leave and fell into groups too small; canary rows are none of them."""
    kept = released.prepared.source_rows
    if kept is None:
        return 0
    return int(released.prepared.manifest["source"]["rows"]) - len(kept)


def _about(released: Released, out: Path) -> dict[str, Any]:
    """For the controller's eyes: how many left is not in the manifest, which leaves the home."""
    chosen = released.chosen
    return {
        "release": released.release.release_id,
        "out": str(out),
        "rows": released.prepared.table.num_rows,
        "columns": released.prepared.table.column_names,
        "left_out": {
            "objected": chosen.objected,
            "silent": chosen.silent,
            "nameless": chosen.nameless,
            "suppressed": _suppressed(released),
        },
        "dropped": _dropped(released),
        "manifest": str(released.manifest_file),
        "manifest_digest": released.release.manifest_digest,
        "entry": released.entry,
        "usable_positions": released.prepared.usable_positions,
        "smallest_traceable_rows": released.prepared.smallest_traceable_rows,
        "risk": released.release.manifest["copy"].get("risk"),
        "utility": released.release.manifest["copy"].get("utility"),
        "warnings": [{"en": w.en, "zh": w.zh} for w in released.prepared.warnings],
    }
