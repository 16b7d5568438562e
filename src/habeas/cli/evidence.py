"""habeas evidence: a person's own folder of proof, hashed at once, sealed, checkable offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    say,
    subject_from,
    the_home,
    words,
)
from habeas.cli.show import progress, show_json
from habeas.errors import BadInput

if TYPE_CHECKING:
    from habeas.procedures.collect_evidence import Custody, Piece
    from habeas.procedures.seal_evidence import Checked

app = typer.Typer(add_completion=False, no_args_is_help=True)
FolderOption = Annotated[str, typer.Option("--folder", help="The folder of evidence.")]
ProvesOption = Annotated[str | None, typer.Option("--proves", help="What it is to prove.")]
ContentOption = Annotated[str | None, typer.Option("--content", help="What it shows, in short.")]


@app.command()
def collect(  # noqa: PLR0913 - each is an option of the command line
    *,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files, or folders whose files are taken.")
    ] = None,
    folder: FolderOption,
    source: Annotated[str, typer.Option("--source", help="Where they come from.")],
    device: Annotated[str | None, typer.Option("--device", help="On which device.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="Who had them since, and how.")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Whom they concern.")] = None,
    known_as: Annotated[
        str | None,
        typer.Option("--known-as", help="Your id, number or address there; - reads stdin."),
    ] = None,
    proves: ProvesOption = None,
    content: ContentOption = None,
    join: Annotated[
        Path | None, typer.Option("--join", help="A platform's bundle: examined and kept.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="With --join: the platform's known key.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Hash files at once, keep an encrypted copy, log each; what is there already stays.

    Exit 3 if a bundle that was joined does not hold: it is kept all the same.
    """
    from habeas.procedures.collect_evidence import Custody

    custody = Custody(
        source=source,
        device=device,
        note=note,
        platform=platform,
        known_as=None if known_as is None else subject_from(known_as),
        proves=proves,
        content=content,
    )
    paths = _files(files or [])
    if not paths and join is None:
        raise BadInput("no file is named", remedy="name files, a folder, or --join BUNDLE")
    new, outcome = _collect(paths, folder, custody, join=join, keys=key or [], home=home, json=json)
    skipped = len(paths) + (join is not None) - len(new)
    _show_new(folder, new, skipped, outcome, lang=lang, json=json)
    return 3 if outcome == "not_verified" else 0


def _files(given: list[Path]) -> list[Path]:
    """Files as they are named; of a folder, the files in it that are not hidden."""
    found: list[Path] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
        if not inside:
            raise BadInput("is a folder without files", file=path.name)
        found += inside
    return found


def _collect(
    paths: list[Path],
    folder: str,
    custody: Custody,
    *,
    join: Path | None,
    keys: list[str],
    home: Path | None,
    json: bool,
) -> tuple[tuple[Piece, ...], str | None]:
    """The new pieces, and what a joined bundle is worth."""
    from habeas.cli.verify import vkeys
    from habeas.procedures.collect_evidence import collect_evidence, join_bundle

    trusted = vkeys(keys)
    with the_home(home) as opened, progress(quiet=json) as bar:
        task = bar.add_task("SHA-256", total=len(paths))
        new = collect_evidence(
            opened,
            paths,
            folder=folder,
            custody=custody,
            now=clock(),
            tell=lambda done: bar.update(task, completed=done),
        )
        if join is None:
            return new, None
        piece, outcome = join_bundle(
            opened, join, folder=folder, custody=custody, trusted=trusted, now=clock()
        )
    return ((*new, piece) if piece else new), outcome


def _show_new(
    folder: str,
    new: tuple[Piece, ...],
    skipped: int,
    outcome: str | None,
    *,
    lang: Lang,
    json: bool,
) -> None:
    if json:
        pieces = [_piece_json(piece) for piece in new]
        show_json({"folder": folder, "new": pieces, "there_already": skipped, "bundle": outcome})
        return
    for piece in new:
        print(f"  {piece.number}  sha256:{piece.sha256}  {piece.size}  #{piece.entry.index}")
    en = f"{len(new)} new in folder {folder}, {skipped} there already"
    say(words(en, f"文件夹 {folder}：新增 {len(new)} 份，已有 {skipped} 份"), lang)
    if outcome is not None:
        zh = f"并入的证据包：{_OUTCOME[outcome]}"
        say(words(f"the bundle that was joined: {outcome}", zh), lang)


_OUTCOME = {
    "verified": "验证通过",
    "not_verified": "验证未通过",
    "undetermined": "未能证明（没有可信密钥）",
}


def _piece_json(piece: Piece) -> dict[str, Any]:
    return {
        "number": piece.number,
        "sha256": piece.sha256,
        "size": piece.size,
        "collected_at": piece.collected_at,
        "index": piece.entry.index,
        "lacks": [word for word in ("proves", "content") if not piece.about.get(word)],
    }


@app.command()
def describe(
    *,
    number: Annotated[int, typer.Argument(help="The piece's number in the folder.")],
    folder: FolderOption,
    proves: ProvesOption = None,
    content: ContentOption = None,
    home: HomeOption = None,
    lang: LangOption = Lang.en,
) -> None:
    """Say what a piece is to prove, or what it shows; both are logged beside the first entry."""
    from habeas.procedures.collect_evidence import describe_piece

    says = {name: text for name, text in (("proves", proves), ("content", content)) if text}
    if not says:
        raise BadInput("nothing is said of the piece", remedy="use --proves or --content")
    with the_home(home) as opened:
        describe_piece(opened, folder=folder, number=number, says=says, now=clock())
    say(words(f"piece {number} of {folder} is described", f"{folder} 第{number}份已说明"), lang)


@app.command("list")
def list_command(
    folder: Annotated[str | None, typer.Argument(help="One folder; else all.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """The folders of this home, or the pieces of one: numbers, digests, places in the log."""
    from habeas.procedures.collect_evidence import folders, must_have, unnamed_copies

    with the_home(home) as opened:
        counts, stray = folders(opened), unnamed_copies(opened)
        pieces = () if folder is None else must_have(opened, folder)
    if json:
        show_json(
            {
                "folders": counts,
                "pieces": [_piece_json(piece) for piece in pieces],
                "copies_no_entry_names": stray,
            }
        )
        return
    for piece in pieces:
        about = _piece_json(piece)
        lacks = f"  – {', '.join(about['lacks'])}" if about["lacks"] else ""
        place = f"{piece.size}  #{about['index']}{lacks}"
        print(f"  {piece.number}  sha256:{piece.sha256[:16]}…  {place}")
    for name, count in {} if folder else counts.items():
        say(words(f"{name}: {count} pieces", f"{name}：{count} 份"), lang)
    if stray:
        en = f"{stray} encrypted copies that no entry names"
        say(words(en, f"{stray} 份加密副本无记录"), lang)


@app.command()
def seal(
    *,
    folder: Annotated[str, typer.Argument(help="The folder of evidence.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A new folder for all of it.")],
    submitter: Annotated[
        str | None, typer.Option("--submitter", help="Who submits; else the home's name.")
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Write the list with 【缺】 where words are missing.")
    ] = False,
    tsa: Annotated[
        str | None, typer.Option("--tsa", help="A time-stamp authority's address (RFC 3161).")
    ] = None,
    tsa_root: Annotated[
        Path | None, typer.Option("--tsa-root", help="PEM: refuse a stamp of anybody else.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> None:
    """Write originals, a bundle and the evidence list (.docx, .html, .xlsx) in both languages."""
    from habeas.ledger.timestamp import Roots
    from habeas.procedures.seal_evidence import seal_evidence

    with the_home(home) as opened:
        sealed = seal_evidence(
            opened,
            folder,
            out,
            submitter=submitter or opened.name,
            now=clock(),
            draft=draft,
            tsa=tsa,
            roots=None if tsa_root is None else Roots.read(tsa_root),
        )
    if json:
        lacking = {item: list(numbers) for item, numbers in sealed.lacking.items()}
        digest = sealed.bundle_sha256
        show_json({"pieces": sealed.pieces, "bundle_sha256": digest, "lacking": lacking})
        return
    en = f"{sealed.pieces} pieces are sealed in {out}; bundle sha256:{sealed.bundle_sha256}"
    say(words(en, f"{sealed.pieces} 份已封存于 {out}；证据包 sha256:{sealed.bundle_sha256}"), lang)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A sealed folder.")],
    key: Annotated[
        list[str] | None, typer.Option("--key", help="The person's key, got another way.")
    ] = None,
    tsa: Annotated[
        Path | None, typer.Option("--tsa", help="PEM: the time-stamp authorities you believe.")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Compare every original with the bundle, offline: 0 all as logged · 3 not · 4 no known key."""
    from habeas.cli.verify import vkeys
    from habeas.ledger.timestamp import Roots
    from habeas.procedures.seal_evidence import check_folder_of_evidence

    roots = None if tsa is None else Roots.read(tsa)
    found = check_folder_of_evidence(folder, trusted=tuple(vkeys(key or [])), roots=roots)
    if json:
        numbered = {name.partition("-")[0]: state for name, state in found.files.items()}
        show_json({"bundle": found.bundle.outcome, "files": numbered, "wrong": len(found.wrong)})
    else:
        _show_check(found, lang)
    if found.wrong or found.bundle.outcome == "not_verified":
        return 3
    return 0 if found.bundle.outcome == "verified" else 4


def _show_check(found: Checked, lang: Lang) -> None:
    for name, state in found.files.items():
        if state != "as_logged":
            number = name.partition("-")[0]
            say(words(f"  {number}: {STATES[state].en}", f"  {number}：{STATES[state].zh}"), lang)
    good = len(found.files) - len(found.wrong)
    say(words(f"{good} of {len(found.files)} files are as logged",
              f"{len(found.files)} 份中 {good} 份与记录一致"), lang)  # fmt: skip
    said = found.bundle.outcome
    say(words(f"the bundle: {said}", f"证据包：{_OUTCOME[said]}"), lang)
    if found.bundle.wrong is not None:
        say(found.bundle.wrong, lang)


STATES = {
    "changed": words("changed since it was sealed", "封存后被改动"),
    "missing": words("missing", "缺失"),
    "not_in_the_bundle": words("not in the bundle", "不在证据包内"),
}
