"""Reports as PDF, in Russian and English, with letters of their own inside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

_PLAIN: Final = "OpenSans"
_BOLD: Final = "OpenSans-Bold"
_LONGEST_CELL: Final = 400
_GREY: Final = colors.HexColor("#5f6b7a")
_RULE: Final = colors.HexColor("#d5dae1")
_HEAD: Final = colors.HexColor("#eef1f5")


class Table(NamedTuple):
    """A titled table; `widths` are shares of the page's width."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float]
    nothing: str


class Report(NamedTuple):
    """A title, lines that say what it is about, tables, and the words "page" and "of" of its language."""

    title: str
    about: Sequence[str]
    tables: Sequence[Table]
    page: str


def pdf(report: Report) -> bytes:
    """The report as PDF 1.4; the same report gives the same bytes."""
    _load_letters()
    content = io.BytesIO()
    document = SimpleDocTemplate(
        content, pagesize=landscape(A4), leftMargin=14 * mm, rightMargin=14 * mm, topMargin=14 * mm, bottomMargin=16 * mm,
        title=report.title, author="dlp", invariant=1,
    )  # fmt: skip
    story: list[Flowable] = [Paragraph(escape(report.title), _style(16, bold=True, after=6))]
    story += [Paragraph(escape(line), _style(9, grey=True)) for line in report.about]
    for table in report.tables:
        title = Paragraph(escape(table.title), _style(11, bold=True, after=3))
        story += [Spacer(1, 5 * mm), title, _table(table, document.width)]

    def foot(canvas: Any, _document: Any) -> None:
        canvas.setFont(_PLAIN, 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(14 * mm, 9 * mm, report.title)
        canvas.drawRightString(landscape(A4)[0] - 14 * mm, 9 * mm, f"{report.page} {canvas.getPageNumber()}")

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return content.getvalue()


def _table(table: Table, width: float) -> Flowable:
    if not table.rows:
        return Paragraph(escape(table.nothing), _style(9, grey=True))
    head, cell = _style(8, bold=True), _style(8)
    rows = [[Paragraph(escape(str(title)), head) for title in table.head]]
    rows += [[Paragraph(_cell(value), cell) for value in row] for row in table.rows]
    whole = sum(table.widths)
    drawn = LongTable(rows, [width * share / whole for share in table.widths], repeatRows=1)
    drawn.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return drawn


def _cell(value: Any) -> str:
    told = "—" if value is None or value == "" else str(value)
    return escape(told if len(told) <= _LONGEST_CELL else f"{told[: _LONGEST_CELL - 1]}…")


def _style(size: int, *, bold: bool = False, grey: bool = False, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{grey}", fontName=_BOLD if bold else _PLAIN, fontSize=size, leading=size * 1.3, spaceAfter=after,
        textColor=_GREY if grey else colors.black, splitLongWords=True, wordWrap="LTR",
    )  # fmt: skip


def _load_letters() -> None:
    if _PLAIN in pdfmetrics.getRegisteredFontNames():
        return
    import ttf_opensans

    folder = Path(ttf_opensans.__file__).parent / "ttf"
    pdfmetrics.registerFont(TTFont(_PLAIN, folder / "OpenSans-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(_BOLD, folder / "OpenSans-Bold.ttf"))
