"""What people hand in that is no table, or a strange one; and what cells say."""

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest

from cxorders.kit.sheets import guarding
from cxorders.kit.sheets.reading import read_table
from cxorders.kit.sheets.refusing import REFUSALS, SheetRefused
from cxorders.kit.sheets.writing import Workbook, csv_lines, harmless
from cxorders.transfer import cells
from cxorders.transfer.cells import CellWrong
from tests.factories.transfer import a_csv, an_xlsx

pytestmark = pytest.mark.embedded
HEAD = ("姓名", "电话")
ROWS = [("周敏", "13900000001"), ("李琳", "13900000002")]


def known(row: list[str]) -> int:
    return sum(cell in HEAD for cell in row)


def read(stream: BytesIO) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    table = read_table(stream, known)
    return table.headers, list(table.rows)


def refusal(stream: BytesIO) -> str:
    with pytest.raises(SheetRefused) as refused:
        read(stream)
    assert refused.value.in_language("zh-hans")
    assert refused.value.in_language("en").isascii() or "“" not in refused.value.in_language("en")
    return str(refused.value.code)


def a_zip(members: dict[str, bytes]) -> BytesIO:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def with_sheet(xml: bytes) -> BytesIO:
    """A workbook whose first sheet is `xml`."""
    stream, source = BytesIO(), zipfile.ZipFile(an_xlsx(HEAD, ROWS))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.infolist():
            content = xml if member.filename == "xl/worksheets/sheet1.xml" else source.read(member)
            archive.writestr(member.filename, content)
    stream.seek(0)
    return stream


def test_an_xlsx_is_read_under_the_row_numbers_of_excel() -> None:
    assert read(an_xlsx(HEAD, ROWS)) == (list(HEAD), [(2, list(ROWS[0])), (3, list(ROWS[1]))])


def test_a_title_above_the_heading_is_passed_over() -> None:
    assert read(an_xlsx(HEAD, ROWS, title="2026 年客户名单")) == (list(HEAD), [(3, list(ROWS[0])), (4, list(ROWS[1]))])


def test_empty_rows_keep_the_numbers_of_the_others() -> None:
    assert [number for number, _cells in read(an_xlsx(HEAD, [ROWS[0], ("", ""), ROWS[1]]))[1]] == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_in_any_encoding(encoding: str, separator: str) -> None:
    stream = a_csv(HEAD, ROWS, encoding=encoding, separator=separator)

    assert read(stream) == (list(HEAD), [(2, list(ROWS[0])), (3, list(ROWS[1]))])


def test_a_quoted_line_break_is_part_of_a_cell() -> None:
    stream = BytesIO('姓名,电话\r\n"周\n敏",13900000001\r\n李琳,13900000002\r\n'.encode())

    assert read(stream)[1] == [(2, ["周\n敏", "13900000001"]), (3, ["李琳", "13900000002"])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_xls"),
        (b"PK\x03\x04 and then nothing of a zip", "damaged"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, "not_a_table"),
            (b"\xff\xff\xff\xff" * 9, "encoding_unknown"),
        ("姓名,电话\n周\0敏,1".encode(), "not_a_table"),
        ("姓名,电话\n".encode(), "no_rows"),
        (b"\n\n\n", "file_empty"),
        ("周敏1,13900000001\n李琳2,13900000002\n".encode(), "no_header"),
        ("姓名,电话,姓名\n周敏,13900000001,x\n".encode(), "header_twice"),
        ((",".join(f"列{n}" for n in range(300)) + "\n1\n").encode(), "too_many_columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(content: bytes, code: str) -> None:
    assert refusal(BytesIO(content)) == code


def test_a_zip_that_is_no_workbook() -> None:
    assert refusal(a_zip({"word/document.xml": b"<w/>"})) == "not_a_table"


def test_an_empty_sheet() -> None:
    assert refusal(an_xlsx((), [])) == "file_empty"


def test_a_heading_without_rows() -> None:
    assert refusal(an_xlsx(HEAD, [])) == "no_rows"


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = a_zip({"xl/workbook.xml": b"<w/>", "xl/media/a.bin": b"\0" * (guarding.MOST_UNPACKED + 1)})
    assert len(bomb.getbuffer()) < 1_000_000

    assert refusal(bomb) == "swells"


def test_a_member_larger_than_it_says_is_found_by_its_check_sum() -> None:
    stream = a_zip({"xl/workbook.xml": b"<w/>" * 1000})
    content = bytearray(stream.getvalue())
    for place in (content.find(b"PK\x03\x04") + 22, content.find(b"PK\x01\x02") + 24):
        content[place : place + 4] = (40).to_bytes(4, "little")

    assert refusal(BytesIO(bytes(content))) == "damaged"


@pytest.mark.parametrize(
    ("cell", "code"),
    [("XFD1", "too_many_columns"), ("A1048576", "too_many_rows"), ("CV200000", "too_many_cells")],
)
def test_two_cells_far_apart_are_refused_before_the_space_between_is_laid_out(cell: str, code: str) -> None:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
        f'<row r="9"><c r="{cell}"><v>1</v></c></row></sheetData></worksheet>'
    )

    assert refusal(with_sheet(xml.encode())) == code


def test_control_characters_do_not_get_into_the_heading() -> None:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓_x0000_名</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>周敏</t></is></c></row></sheetData></worksheet>'
    )

    assert all(sign.isprintable() for name in read(with_sheet(xml.encode()))[0] for sign in name)


def test_formatted_empty_cells_far_away_do_no_harm() -> None:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="XFD1" s="0"/></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>周敏</t></is></c></row></sheetData></worksheet>'
    )

    assert read(with_sheet(xml.encode())) == (["姓名"], [(2, ["周敏"])])


def test_three_hundred_columns_of_excel() -> None:
    assert refusal(an_xlsx([f"列{n}" for n in range(300)], [["x"] * 300])) == "too_many_columns"


def test_merged_cells_among_the_data_are_named() -> None:
    with pytest.raises(SheetRefused, match="A3:A4"):
        read(an_xlsx(HEAD, ROWS, merge="A3:A4"))


def test_a_csv_with_too_many_rows_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxorders.kit.sheets.reading.MOST_ROWS", 5)

    assert refusal(a_csv(HEAD, [("周敏", "13900000001")] * 30)) == "too_many_rows"


def test_a_stream_that_is_not_read_to_its_end_stays_open() -> None:
    stream = a_csv(HEAD, ROWS * 50)
    table = read_table(stream, known)
    next(table.rows)
    del table

    assert stream.seek(0) == 0


def test_every_refusal_speaks_both_languages() -> None:
    assert all(zh and en and en.isascii() for zh, en in REFUSALS.values())


# ---- cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("13812345678", "13812345678"), (13812345678.0, "13812345678"), (13812345678, "13812345678"),
        ("138 1234-5678", "13812345678"), ("+86 13812345678", "13812345678"), ("'13812345678", None),
        ("1.3812345678E+10", "13812345678"), ("1.381234567E+10", "13812345670"), ("1.38E+10", None),
        ("1381234567", None), ("138123456789", None), ("０532-85551234", "053285551234"), ("85551234", None),
        ("4008001234", "4008001234"), ("电话", None), ("1３812345678", "13812345678"), (True, None),
    ],
)  # fmt: skip
def test_telephone_numbers(cell: Any, digits: str | None) -> None:
    if digits is None:
        with pytest.raises(CellWrong):
            cells.phone(cell)
    else:
        assert cells.phone(cell) == digits


def test_a_number_excel_has_cut_is_told_apart() -> None:
    with pytest.raises(CellWrong, match="phone_scientific"):
        cells.phone("1.38E+10")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-05", (2026, 3, 5)), ("2026/3/5", (2026, 3, 5)), ("2026.3.5", (2026, 3, 5)),
        ("2026年3月5日", (2026, 3, 5)), ("20260305", (2026, 3, 5)), (46086, (2026, 3, 5)), (46086.0, (2026, 3, 5)),
        ("46086", (2026, 3, 5)), (date(2026, 3, 5), (2026, 3, 5)), (datetime(2026, 3, 5, 9, 30), (2026, 3, 5)),  # noqa: DTZ001
        (20260305.0, (2026, 3, 5)),
        ("2026-13-05", None), ("昨天", None), (3.5, None), (True, None), ("2026-02-30", None), ("1800-01-01", None),
    ],
)  # fmt: skip
def test_days(cell: Any, day: tuple[int, int, int] | None) -> None:
    if day is None:
        with pytest.raises(CellWrong, match="no_date"):
            cells.day(cell)
    else:
        assert cells.day(cell) == date(*day)


@pytest.mark.parametrize("cell", ["2026-03-05 09:30", "2026/3/5 9:30:00", "2026年3月5日 9时30分", 46086.3958333333])
def test_moments_are_local(cell: Any) -> None:
    assert cells.moment(cell) == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("cell", "value"), [("是", True), ("否", False), (1.0, True), (False, False), ("Y", True)])
def test_yes_and_no(cell: Any, value: bool) -> None:
    assert cells.yes_no(cell) is value


def test_text_is_one_tidy_line() -> None:
    assert cells.text(" 周\u3000敏\n\x07女士 ") == "周 敏 女士"
    assert cells.text(5.0) == "5"
    assert cells.text("'=1+1") == "=1+1"
    with pytest.raises(CellWrong, match="too_long"):
        cells.short(3)("四个字啊")


# ---- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_becomes_a_formula(begin: str) -> None:
    bad = f"{begin}HYPERLINK(1)"

    assert harmless(bad) == f"'{bad}"
    assert "".join(csv_lines(["备注"], [[bad]])).count(f"'{bad}") == 1
    book = Workbook()
    book.sheet("数据", ["备注"], [[bad]])
    with book.finish() as file:
        content = zipfile.ZipFile(file)
        assert b"<f>" not in content.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("number", ["-3.5", "+12", "0"])
def test_signed_numbers_stay_numbers(number: str) -> None:
    assert harmless(number) == number


def test_more_rows_than_excel_has_go_on_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxorders.kit.sheets.writing.MOST_ROWS", 3)
    book = Workbook()
    assert book.sheet("数据", ["n"], ([n] for n in range(7))) == 7
    with book.finish() as file:
        sheets = [name for name in zipfile.ZipFile(file).namelist() if name.startswith("xl/worksheets/sheet")]

    assert len(sheets) == 3
