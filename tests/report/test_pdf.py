"""A report reads in both languages, whatever a stranger wrote into it."""

from __future__ import annotations

import io

from pypdf import PdfReader

from dlp.report.pdf import Report, Table, pdf

HOSTILE = "<b>паспорт</b> & <font size=99>x</font> ⟦0:RU_INN:●⟧ " + "длинноеслово" * 30


def _text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_russian_words_can_be_read_out_of_it_and_markup_is_text() -> None:
    table = Table("Инциденты", ("Номер", "Фрагмент"), [("INC-1", HOSTILE), ("INC-2", None)], (1, 4), "нет")
    told = _text(pdf(Report("Отчёт", ("Период: март",), (table,), "стр.")))
    assert "Отчёт" in told
    assert "<b>паспорт</b>" in told
    assert "стр. 1" in told


def test_a_table_of_many_rows_goes_on_over_pages_with_its_head() -> None:
    table = Table("T", ("n",), [(n,) for n in range(300)], (1,), "")
    pages = PdfReader(io.BytesIO(pdf(Report("R", (), (table,), "page")))).pages
    assert len(pages) > 3
    assert all(page.extract_text().split("\n").count("n") == 1 for page in pages[1:3])


def test_an_empty_table_says_so() -> None:
    assert "Записей нет" in _text(pdf(Report("R", (), (Table("T", ("a",), (), (1,), "Записей нет."),), "стр.")))


def test_the_same_report_gives_the_same_bytes() -> None:
    report = Report("R", ("x",), (Table("T", ("a",), [("b",)], (1,), ""),), "page")
    assert pdf(report) == pdf(report)
