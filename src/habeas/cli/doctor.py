"""habeas doctor: what is missing on this machine and in this home, and how to get it."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli.home import (
    HomeOption,
    JsonOption,
    Lang,
    LangOption,
    clock,
    home_folder,
    say,
    the_home,
    words,
)
from habeas.cli.show import show_json
from habeas.terms import Text

if TYPE_CHECKING:
    from habeas.procedures.check_home import Check

app = typer.Typer(add_completion=False)
BASE = (
    *("cbor2", "cryptography", "django", "jinja2", "numba", "numpy", "polars", "pyarrow"),
    *("pyyaml", "rich", "scipy", "typer"),
)
EXTRAS = {
    "prove": ("z3-solver",),
    "print": ("openpyxl", "python-docx", "segno"),
    "sources": ("adbc-driver-postgresql", "fsspec", "python-calamine"),
}


@app.command()
def doctor(
    clean: Annotated[
        bool,
        typer.Option("--clean", help="Remove what a crash left and is older than an hour, first."),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    lang: LangOption = Lang.en,
) -> int:
    """Check Python, packages, the kernels' cache and the home: exit 3 if something is wrong."""
    checks = [_python(), *map(_package, BASE), *_extras(), _cache()]
    folder = home_folder(home)
    from habeas.procedures.check_home import check_home

    if clean:
        checks.append(_clean(folder))
    if home is not None or (folder / "home.json").exists():
        checks += check_home(folder, now=clock())
    if json:
        show_json({"sound": _sound(checks), "checks": [check.to_json() for check in checks]})
    else:
        for check in checks:
            mark = {True: "ok   ", False: "WRONG", None: "note "}[check.ok]
            said = check.says
            line = Text(
                en=f"{mark}  {check.name}: {said.en}", zh=f"{mark}  {check.name}：{said.zh}"
            )
            say(line, lang)
    return 0 if _sound(checks) else 3


def _clean(folder: Path) -> Check:
    from habeas.procedures.clean_home import clean_home

    with the_home(folder) as opened:
        done = clean_home(opened, now=clock())
    en = f"removed {done.encrypted} encrypted files, {done.keys} keys, {done.partial} half-built"
    en += f"; {done.young} younger than an hour were left"
    zh = f"已清除加密文件 {done.encrypted} 个、密钥 {done.keys} 个、半成品 {done.partial} 个"
    return _check("clean", True, en, zh + f"；未满一小时而保留 {done.young} 个")


def _sound(checks: list[Check]) -> bool:
    return all(check.ok is not False for check in checks)


def _check(name: str, ok: bool | None, en: str, zh: str) -> Check:
    from habeas.procedures.check_home import Check

    return Check(name=name, ok=ok, says=words(en, zh))


def _python() -> Check:
    found = platform.python_version()
    if sys.version_info < (3, 11):  # noqa: UP036 - the point of the check
        return _check("python", False, f"{found}; Habeas needs 3.11", f"{found}，需要 3.11 以上")
    return _check("python", True, found, found)


def _package(name: str) -> Check:
    try:
        found = version(name)
    except PackageNotFoundError:
        return _check(name, False, "missing; run pip install habeas", "缺少，请重新安装 habeas")
    return _check(name, True, found, found)


def _extras() -> list[Check]:
    return [_extra(extra, package) for extra, packages in EXTRAS.items() for package in packages]


def _extra(extra: str, package: str) -> Check:
    try:
        found = version(package)
    except PackageNotFoundError:
        en = f"not installed; it comes with pip install 'habeas[{extra}]'"
        return _check(package, None, en, f"未安装，可用 pip install 'habeas[{extra}]'")
    return _check(package, True, f"{found} (extra {extra})", f"{found}（扩展 {extra}）")


def _cache() -> Check:
    """Where numba keeps compiled kernels: without a writable place each process compiles anew."""
    spec = find_spec("habeas")
    assert spec is not None
    assert spec.origin is not None
    named = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(named)] if named else [Path(spec.origin).parent, Path.home()]
    if any(os.access(place, os.W_OK) for place in places):
        return _check("kernel cache", True, "writable", "可写")
    en = "not writable; kernels are compiled in every process: set NUMBA_CACHE_DIR"
    return _check("kernel cache", None, en, "不可写，每次运行都要重新编译：请设置 NUMBA_CACHE_DIR")
