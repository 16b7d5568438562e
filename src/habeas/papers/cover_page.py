"""The cover of a bundle: what is in it and how to check it, to print and keep beside the file.

Both languages on one page, no script, nothing fetched. It shows kinds and hours of entries and no
content, and it proves nothing: the file does.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from habeas.boundary.pages import template
from habeas.errors import ExtraMissing
from habeas.ledger.bundle import Verification
from habeas.ledger.commitment import Leaf
from habeas.terms import Language, Text

KINDS: Mapping[str, Text] = {
    "choice": Text(en="a choice of yours", zh="您的选择"),
    "released": Text(en="your data went to a recipient", zh="您的信息被提供给接收方"),
    "contact": Text(en="somebody you deal with", zh="与您往来的一方"),
}
MARKS: Mapping[bool | None, Text] = {
    True: Text(en="✓ yes", zh="✓ 是"),
    False: Text(en="✗ no", zh="✗ 否"),
    None: Text(en="? not known", zh="？未知"),
}
WORDS: Mapping[str, Text] = {
    "title": Text(en="Cover of an evidence bundle", zh="证据包封面"),
    "lead": Text(
        en="This page says what the file is and how to check it. It proves nothing itself; the "
        "file does. The file holds personal data in the clear: give it to whom you would give "
        "its content.",
        zh="本页说明该文件是什么、如何核验。本页本身不证明任何事项，能证明的是文件。"
        "文件内含未加密的个人信息：只交给您愿意让其看到内容的人。",
    ),
    "file": Text(en="The file", zh="文件"),
    "digest": Text(en="SHA-256 of the file", zh="文件的 SHA-256"),
    "size": Text(en="Size", zh="大小"),
    "made": Text(en="Made", zh="制作时间"),
    "key": Text(en="Key of the log", zh="日志密钥"),
    "finger": Text(en="Fingerprint of the key", zh="密钥指纹"),
    "qr": Text(en="The same digest, to scan", zh="同一摘要，可扫码读取"),
    "entries": Text(en="What is in it", zh="内含条目"),
    "place": Text(en="Place in the log", zh="日志位置"),
    "kind": Text(en="Kind", zh="种类"),
    "hour": Text(en="Logged (hour, UTC)", zh="存证时间（小时，UTC）"),
    "answers": Text(en="Five questions", zh="五个问题"),
    "asked": Text(
        en="As answered when this page was made, with the key above taken as trusted and the "
        "witnesses that the controller names. Ask them again yourself.",
        zh="此为制作本页时的回答，以上述密钥为可信密钥，以个人信息处理者所列见证方为见证方。请自行再行核验。",
    ),
    "how": Text(en="How to check it yourself", zh="如何自行核验"),
    "step1": Text(
        en="Compare the digest: sha256sum FILE (Windows: certutil -hashfile FILE SHA256).",
        zh="核对摘要：sha256sum 文件（Windows：certutil -hashfile 文件 SHA256）。",
    ),
    "step2": Text(
        en="Get the log's key from the controller's own website or letter, not from this page, "
        "and compare the fingerprint.",
        zh="从个人信息处理者的网站或信函取得日志密钥（不要取自本页），并核对指纹。",
    ),
    "step3": Text(
        en="Open verify.html in a browser, or run one of these. None of the three needs the "
        "internet or the controller.",
        zh="用浏览器打开 verify.html，或运行以下任一命令。"
        "三种方式都不需要联网，也不需要个人信息处理者配合。",
    ),
}


def require_qr() -> Any:
    """The library that draws the digest. Raises ExtraMissing without the extra `print`."""
    try:
        import segno
    except ImportError as error:
        raise ExtraMissing("a cover needs segno", remedy="install habeas[print]") from error
    return segno


def cover_page(data: bytes, found: Verification) -> str:
    """The cover of the bundle whose bytes these are. found: its verification, whatever it says."""
    digest = sha256(data).hexdigest()
    code = require_qr().make(f"sha256:{digest}", error="m")
    vkey = found.bundle.vkey
    return template("habeas.papers", "cover.html").render(
        parts=[_part(found, language) for language in ("en", "zh")],
        digest=_grouped(digest),
        size=f"{len(data):,} B",
        made=found.bundle.about.created,
        vkey=vkey,
        fingerprint=_grouped(sha256(vkey.encode()).hexdigest()),
        code=Markup(code.svg_inline(scale=3, border=4, omitsize=True)),  # noqa: S704 (drawn here)
    )


def _part(found: Verification, language: Language) -> dict[str, Any]:
    def said(text: Text) -> str:
        return text.in_language(language)

    answers = [(said(MARKS[a.ok]), said(a.question), said(a.says)) for a in found.answers]
    return {
        "language": "zh-Hans" if language == "zh" else "en",
        "words": {name: said(text) for name, text in WORDS.items()},
        "entries": [_entry(item.index, item.leaf, language) for item in found.bundle.items],
        "answers": answers,
    }


def _entry(index: int, leaf: bytes, language: Language) -> tuple[int, str, str]:
    opened = Leaf.parse(leaf)
    word = KINDS.get(opened.kind)
    kind = opened.kind if word is None else f"{word.in_language(language)} ({opened.kind})"
    return index, kind, f"{opened.time:%Y-%m-%d %H:%M}"


def _grouped(digest: str) -> str:
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
