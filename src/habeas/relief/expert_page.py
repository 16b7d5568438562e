"""The expert report as a web page and as a Word document, in either language.

Both hold the same words in the same order; the figures come from the machine-readable document
(relief.expert), and nothing of the leak's cells is in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from habeas.boundary.pages import template
from habeas.errors import ExtraMissing
from habeas.terms import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, paragraphs, and a table whose first row is its head; each may be empty."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def to_html(document: Mapping[str, Any], *, language: Language) -> str:
    """One self-contained page: no script, no outside resource."""
    return template("habeas.relief", "expert.html").render(
        language="zh-Hans" if language == "zh" else "en",
        title=_TITLE.in_language(language),
        sections=sections(document, language),
    )


def to_docx(document: Mapping[str, Any], *, language: Language) -> bytes:
    """An editable Word document. Raises ExtraMissing without the extra `print`."""
    try:
        import docx
        from docx.oxml.ns import qn
    except ImportError as error:
        raise ExtraMissing(
            "Word documents need python-docx", remedy="install habeas[print]"
        ) from error
    page: Any = docx.Document()
    style = page.styles["Normal"]
    style.font.name = "Times New Roman"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    page.add_heading(_TITLE.in_language(language), level=0)
    for section in sections(document, language):
        page.add_heading(section.heading, level=2)
        for paragraph in section.paragraphs:
            page.add_paragraph(paragraph)
        if section.rows:
            _add_table(page, section.rows)
    out = BytesIO()
    page.save(out)
    return out.getvalue()


def _add_table(page: Any, rows: Sequence[Sequence[str]]) -> None:
    table = page.add_table(rows=len(rows), cols=len(rows[0]))
    table.style = "Table Grid"
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            table.cell(at, place).text = cell


def sections(document: Mapping[str, Any], language: Language) -> tuple[Section, ...]:
    """The report: outcome, comparison, accusations, who is cleared, method, how to recompute it,
    and what it does not show.
    """
    found = document["attribution"]

    def words(text: Text) -> str:
        return text.in_language(language)

    def said(part: Mapping[str, str]) -> str:
        return part[language]

    return (
        Section(
            heading=words(_OUTCOME),
            paragraphs=(
                said(found["summary"]),
                words(_LEAK).format(leak=document["leak"], at=document["at"]),
            ),
        ),
        Section(heading=words(_COMPARED), rows=_compared(found, words)),
        Section(
            heading=words(_ACCUSED),
            paragraphs=() if found["bound"] else (words(_NOBODY),),
            rows=_accused(document, words),
        ),
        Section(heading=words(_CLEARED), paragraphs=_cleared(found, words)),
        Section(heading=words(_METHOD), paragraphs=tuple(words(text) for text in _HOW)),
        Section(heading=words(_AGAIN), paragraphs=tuple(words(text) for text in _STEPS)),
        Section(
            heading=words(_NOT_SHOWN),
            paragraphs=(said(found["does_not_show"]), words(_NOT_SHOWN_EITHER)),
        ),
    )


def _compared(found: Mapping[str, Any], words: Any) -> tuple[tuple[str, ...], ...]:
    head = tuple(words(text) for text in _COMPARED_HEAD)
    return (
        head,
        *(
            (
                str(one["table"])[:16],
                f"{one['rows_matched']:,} / {one['rows_compared']:,}",
                f"{one['columns_matched']} / {one['columns']}",
                "–" if one["readable_positions"] is None else f"{one['readable_positions']:,}",
            )
            for one in found["matching"]
        ),
    )


def _accused(document: Mapping[str, Any], words: Any) -> tuple[tuple[str, ...], ...]:
    found = document["attribution"]
    if not found["bound"]:
        return ()
    beside = {one["release_id"]: one["beside"] for one in document["accusations"]}
    marks = {one["release_id"]: one["marks"]["figures"] for one in found["copies"]}
    rows = []
    for one in found["bound"]:
        by_marks = one["line"] == "marks"
        figures = marks[one["release_id"]] if by_marks else {}
        rows.append(
            (
                one["recipient"],
                one["release_id"],
                words(_BY_MARKS if by_marks else _BY_CANARIES),
                f"{figures['agree']:,} / {figures['positions']:,}" if by_marks else "–",
                f"10^{one['log10_bound']}",
                f"{one['tests']:,}",
                f"10^{one['log10_product']}",
                str(len(beside.get(one["release_id"], []))),
            )
        )
    return (tuple(words(text) for text in _ACCUSED_HEAD), *rows)


def _cleared(found: Mapping[str, Any], words: Any) -> tuple[str, ...]:
    listed = len({one["recipient"] for one in found["copies"]})
    needed = found["needed"]
    return (
        words(_CLEARED_SAYS).format(cleared=len(found["excluded"]), listed=listed),
        words(_NEEDED).format(
            read=needed["readable_positions"],
            one=needed["to_name_one"],
            clear=needed["to_clear_one"],
        ),
    )


_TITLE = Text(en="Expert report on the source of a leak", zh="泄露数据来源鉴别报告")
_OUTCOME = Text(en="Outcome", zh="结论")
_LEAK = Text(
    en="Leak {leak} (a keyed digest; it names the file in the log), traced at {at}.",
    zh="泄露文件 {leak}（加密摘要，与存证日志中的名称一致），溯源时间 {at}。",
)
_COMPARED = Text(en="What was compared", zh="比对范围")
_COMPARED_HEAD = (
    Text(en="table", zh="数据表"),
    Text(en="rows matched / compared", zh="匹配行数／比对行数"),
    Text(en="columns matched / in the leak", zh="匹配列数／泄露文件列数"),
    Text(en="code positions read", zh="读出的编码位置"),
)
_ACCUSED = Text(en="Copies pointed to", zh="指向的副本")
_NOBODY = Text(en="No copy is pointed to.", zh="未指向任何副本。")
_BY_MARKS = Text(en="marks", zh="标记")
_BY_CANARIES = Text(en="canary rows", zh="金丝雀记录")
_ACCUSED_HEAD = (
    Text(en="recipient", zh="接收方"),
    Text(en="release", zh="交付编号"),
    Text(en="by", zh="依据"),
    Text(en="positions that agree / read", zh="一致位置／读出位置"),
    Text(en="chance for an innocent copy, one test, at most", zh="无关副本单次检验的概率上限"),
    Text(en="tests", zh="检验次数"),
    Text(en="over all tests, at most", zh="全部检验的概率上限"),
    Text(en="weighed beside", zh="并列衡量的副本数"),
)
_CLEARED = Text(en="Who is cleared", zh="排除情况")
_CLEARED_SAYS = Text(
    en="{cleared} of {listed} recipients listed are excluded as the only source.",
    zh="所列{listed}个接收方中，有{cleared}个已被排除为唯一来源。",
)
_NEEDED = Text(
    en="{read} code positions were read; naming one source takes about {one}, clearing one about"
    " {clear}.",
    zh="读出{read}个编码位置；指向一个来源约需{one}个，排除一个约需{clear}个。",
)
_METHOD = Text(en="Method", zh="方法")
_HOW = (
    Text(
        en="A code position is a pair of cells of one column. In each recipient's copy the two are"
        " swapped or not by a secret bit of that copy, which is 1 with a chance fixed for the"
        " position, independently of every other copy. Columns and rows of the leak were matched"
        " with the controller's table without looking at any bit; then each position was read: the"
        " first order says 0, the swapped one 1, anything else nothing.",
        zh="每个编码位置是同一列中的两个单元格。各接收方的副本中，这两个单元格是否互换取决于该副本的"
        "一个秘密比特；该比特取1的概率由位置确定，且与其他副本相互独立。先在不看任何比特的情况下"
        "将泄露文件的行列与个人信息处理者的数据表对应，再逐一读出各位置：原序为0，互换为1，其余不计。",
    ),
    Text(
        en="A score adds up, over the positions read, a number that depends on the leak and on the"
        " copy's bit. For a copy that had no part in the leak the bits are random draws with known"
        " chances, so the chance of as high a score is bounded exactly for this leak: by Markov's"
        " inequality on the exponential moment, sharpened by Berry and Esseen's theorem. No model"
        " of how the leak was altered enters.",
        zh="得分是对所读位置逐一累加的数值，每个数值取决于泄露文件和该副本的比特。对与泄露无关的副本，"
        "其比特是概率已知的随机取值，故可就本次泄露严格给出达到同等得分的概率上限：对指数矩用马尔可夫"
        "不等式，并以贝里—埃森定理加以收紧。该上限不依赖泄露文件如何被改动的任何假设。",
    ),
    Text(
        en="Where several copies were mixed, a copy is also weighed beside others: their bits are"
        " then held known. They are chosen without looking at the bits of the copy under test.",
        zh="多份副本混合时，还会将一份副本与其他副本并列衡量，此时其他副本的比特视为已知；"
        "选取它们时不看受检副本的比特。",
    ),
)
_AGAIN = Text(en="Recomputing it", zh="复核方法")
_STEPS = (
    Text(
        en="The machine-readable form of this report holds, for each copy pointed to by marks, the"
        " reading at each position and the entry of the copy's code word with its path to the"
        " commitment made before hand-out. `habeas trace REPORT.json --recheck` works every bound"
        " out again from them; it needs neither the key nor this home.",
        zh="本报告的机读版本载有依标记指向的每份副本在各位置的读数，以及其编码条目和通往发出前承诺的"
        "路径。运行 `habeas trace REPORT.json --recheck` 即可据此重新计算每个上限，无需密钥，"
        "也无需访问本系统。",
    ),
    Text(
        en="Compare each commitment with the one in the log entry of the release. Read some"
        " positions yourself: an entry names the column and the two rows of the base; ask to be"
        " shown those rows and their proofs.",
        zh="请将每个承诺与该次交付的日志条目核对，并自行抽读若干位置：条目列明所在列及基准数据中的"
        "两行，可要求出示该两行及其证明。",
    ),
)
_NOT_SHOWN = Text(en="What this does not show", zh="本报告不能说明的事项")
_NOT_SHOWN_EITHER = Text(
    en="From the disclosed positions alone it can't be seen that rows were matched without looking"
    " at bits, that all tests made were counted, or how copies weighed beside were chosen: the log"
    " counts the tests, and the recheck also gives the bound for any choice of them. Canary rows"
    " and exclusions are not recomputed by it.",
    zh="仅凭所披露的位置，不能看出匹配行时是否未看比特、是否计入全部检验，以及并列衡量的副本如何选取："
    "检验次数以日志为准，复核结果同时给出任意选取之下的上限。金丝雀记录与排除结论不在复核之列。",
)
