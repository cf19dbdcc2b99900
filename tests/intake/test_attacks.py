"""Files made to exhaust, to mislead or to break a reader are refused with a reason, in time, before anything is built."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake.corpus import SHEET, TABLE, repacked, workbook
from tests.intake.test_containers import FLAT_ODS, XML_ROWS, by_odfpy, by_xlwt, compound, page, xml_2003
from valueviz.errors import DataError
from valueviz.intake.grid import fill_merged
from valueviz.intake.reading import MEMORY_BYTES, parse_text_table, read_text_table
from valueviz.intake.workbook import refusals
from valueviz.workers import Limits

LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with another sheet inside."""

    def apply(parts: dict[str, bytes]) -> None:
        parts[SHEET] = change(parts[SHEET])

    return repacked(workbook(TABLE), apply)


def with_part(name: str, content: bytes) -> bytes:
    """The good workbook with one part replaced."""
    return repacked(workbook(TABLE), lambda parts: parts.update({name: content}))


def with_cell(reference: str) -> bytes:
    """The good workbook with one more cell, its reference written so."""
    cell = f"<row><c {reference}><v>1</v></c></row></sheetData>".encode()
    return in_sheet(lambda sheet: sheet.replace(b"</sheetData>", cell))


def ods_with(rows: str) -> bytes:
    """A flat OpenDocument sheet with more rows."""
    return FLAT_ODS.replace(b"</table:table>", rows.encode() + b"</table:table>")


def with_parts(*names: str) -> bytes:
    """The good workbook with more parts, even of the same name."""
    stream = io.BytesIO(workbook(TABLE))
    with zipfile.ZipFile(stream, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            archive.writestr(name, b"<a/>")
    return stream.getvalue()


def endless() -> bytes:
    """A compound file whose directory is a chain that leads back to itself."""
    content = bytearray(compound("Workbook"))
    struct.pack_into("<I", content, 512 + 4, 1)
    return bytes(content)


def with_used_range(rows: int, columns: int) -> bytes:
    """A binary workbook whose sheet says that it reaches so far."""
    content = bytearray(by_xlwt(lambda book: book.add_sheet("s").write(0, 0, 1)))
    at = content.index(struct.pack("<HH", 0x0200, 14))
    struct.pack_into("<4xI2xH", content, at + 4, rows, columns)
    return bytes(content)


REPEATED = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell><text:p>x</text:p></table:table-cell>'
    "</table:table-row>"
)
FAR_OFF = (
    '<table:table-row table:number-rows-repeated="900000"/><table:table-row><table:table-cell'
    ' table:number-columns-repeated="16000"/><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>'
)

FAR = "used_range_too_large"
UNSAFE = "hostile_workbook"
ATTACKS: dict[str, tuple[str, Callable[[], bytes], str, object]] = {
    "cell at the end of the sheet": ("a.xlsx", lambda: with_cell('r="XFD1048576"'), FAR, 16384 * 1048576),
    "cell far down": ("a.xlsx", lambda: with_cell('r="Z1048576"'), FAR, 26 * 1048576),
    "far cell in quotes of another kind": ("a.xlsx", lambda: with_cell("r='XFD1048576'"), UNSAFE, "reference"),
    "far row of a cell without a reference": (
        "a.xlsx",
        lambda: in_sheet(
            lambda sheet: sheet.replace(b"</sheetData>", b'<row r="1048570"><c><v>3</v></c></row></sheetData>')
        ),
        FAR,
        3 * 1048570,
    ),
    "far cell behind a line break": ("a.xlsx", lambda: with_cell('\nr="XFD1048576"'), FAR, 16384 * 1048576),
    "laughs in a sheet": ("a.xlsx", lambda: in_sheet(lambda sheet: LAUGHS.encode() + sheet), UNSAFE, "DTD"),
    "laughs behind a long comment": (
        "a.xlsx",
        lambda: with_part(
            "xl/workbook.xml", b"<!--" + b"x" * 70_000 + b"-->" + LAUGHS.encode() + b"<workbook>&c;</workbook>"
        ),
        UNSAFE,
        "DTD",
    ),
    "laughs in an open document": (
        "a.ods",
        lambda: repacked(
            by_odfpy([["a", "b"]]), lambda parts: parts.update({"content.xml": LAUGHS.encode() + b"<l>&c;</l>"})
        ),
        UNSAFE,
        "DTD",
    ),
    "laughs in a flat open document": (
        "a.fods",
        lambda: FLAT_ODS.replace(b"?>", b"?>" + LAUGHS.encode(), 1),
        UNSAFE,
        "DTD",
    ),
    "laughs in xml of 2003": (
        "a.xls",
        lambda: xml_2003(XML_ROWS).replace(b"?>", b"?>" + LAUGHS.encode(), 1),
        UNSAFE,
        "DTD",
    ),
    "outside entity in utf-16": (
        "a.xls",
        lambda: xml_2003(XML_ROWS).decode().replace("?>", "?>" + OUTSIDE, 1).encode("utf-16"),
        UNSAFE,
        "DTD",
    ),
    "tags that never end": (
        "a.xlsx",
        lambda: in_sheet(lambda sheet: sheet.replace(b"</sheetData>", b"<c " * 330_000)),
        UNSAFE,
        "reference",
    ),
    "part that stands twice": ("a.xlsx", lambda: with_parts(SHEET), UNSAFE, "members"),
    "part outside": ("a.xlsx", lambda: with_parts("../../evil.xml"), UNSAFE, "path"),
    "part on a drive": ("a.xlsx", lambda: with_parts("C:/evil.xml"), UNSAFE, "path"),
    "ten thousand parts": ("a.xlsx", lambda: with_parts(*(f"x{at}" for at in range(10_001))), UNSAFE, "members"),
    "shared texts without end": (
        "a.xlsx",
        lambda: with_part("xl/sharedStrings.xml", b"<sst>" + b"<si><t/></si>" * 3_000_000 + b"</sst>"),
        UNSAFE,
        "ratio",
    ),
    "open document that repeats a row": ("a.fods", lambda: ods_with(REPEATED), FAR, 1_000_000),
    "open document that repeats more rows than there are": (
        "a.fods",
        lambda: ods_with('<table:table-row table:number-rows-repeated="9000000"/>'),
        UNSAFE,
        "number-rows-repeated=9000000",
    ),
    "open document with a far cell": ("a.fods", lambda: ods_with(FAR_OFF), FAR, 2_000_000),
    "xml of 2003 with a far row": (
        "a.xls",
        lambda: xml_2003('<Row ss:Index="999999999"><Cell/></Row>'),
        FAR,
        1_048_576,
    ),
    "xml of 2003 with a far column": (
        "a.xls",
        lambda: xml_2003('<Row><Cell ss:Index="99999999"><Data ss:Type="String">x</Data></Cell></Row>'),
        FAR,
        16_384,
    ),
    "xml of 2003 with a broken number": (
        "a.xls",
        lambda: xml_2003('<Row ss:Index="1e9"/>'),
        "damaged_workbook",
        "Index=1e9",
    ),
    "xml nested without end": ("a.xls", lambda: xml_2003("<b>" * 100_000), UNSAFE, "depth"),
    "xml that ends early": ("a.xls", lambda: xml_2003(XML_ROWS)[:-60], "damaged_workbook", None),
    "page with a billion columns in one cell": (
        "a.xls",
        lambda: b"<table><tr><td colspan=1000000000>x</td><td>y</td></tr></table>",
        FAR,
        16_384,
    ),
    "page with a million columns": ("a.xls", lambda: b"<table><tr>" + b"<td>1" * 1_000_000, FAR, 16_384),
    "page with tables without end": ("a.xls", lambda: b"<table><tr><td>" * 100_000, UNSAFE, "tables"),
    "page with wide spans in every row": (
        "a.xls",
        lambda: b"<table>" + b"<tr><td colspan=16000 rowspan=99999>x" * 1000 + b"</table>",
        FAR,
        None,
    ),
    "binary workbook that bites its tail": ("a.xls", endless, UNSAFE, "chain"),
    "binary workbook that says it is endless": ("a.xls", lambda: with_used_range(0xFFFFFFFF, 0xFFFF), FAR, None),
    "binary workbook that says it is large": ("a.xls", lambda: with_used_range(0xFFFF, 0xFFFF), FAR, None),
    "binary workbook without content": ("a.xls", lambda: compound("Workbook"), "empty_file", None),
}


@pytest.mark.parametrize("case", ATTACKS, ids=list(ATTACKS))
def test_an_attack_is_refused_before_it_is_built(case: str, tmp_path: Path) -> None:
    name, content, code, found = ATTACKS[case]
    path = tmp_path / name
    path.write_bytes(content())
    with pytest.raises(DataError) as refusal:
        parse_text_table(path)
    fields = refusal.value.fields
    assert refusal.value.code == code
    assert found is None or found in (fields.get("found"), fields.get("needed"))
    assert fields["file"] == name


START = b"<table><tr><td>a<td>b<tr><td>2025-01<td>1"
TRAPS = {
    "comment that never ends": START + b"</table><!--" + b"<!-" * 300_000,
    "quote that never ends": START + b'</table><p x="' + b"<a " * 300_000,
    "brackets without tags": START + b"</table>" + b"<" * 600_000,
    "closing tags alone": START + b"</table>" + b"</table></td>" * 60_000,
    "entities": START + b"&nbsp;" * 200_000 + b"</table>",
    "rowspan to the end of time": START.replace(b"<td>1", b"<td rowspan=99999999999999999999>1") + b"</table>",
    "script that is never closed": START + b"</table><script>" + b"</scrip" * 90_000,
}


@pytest.mark.parametrize("case", TRAPS, ids=list(TRAPS))
def test_a_page_full_of_traps_costs_no_more_than_its_length(case: str, tmp_path: Path) -> None:
    path = tmp_path / "page.xls"
    path.write_bytes(TRAPS[case])
    table = parse_text_table(path)
    assert (table.header, table.rows) == (("a", "b"), (("2025-01", "1"),))


def test_a_page_with_scripts_is_text(tmp_path: Path) -> None:
    path = tmp_path / "page.xls"
    path.write_bytes(page([["a", "b"], ["2025-01", "<script>alert(1)</script>=1+1<img src=x onerror=alert(2)>"]]))
    assert parse_text_table(path).rows == (("2025-01", "=1+1"),)


def test_a_damaged_binary_workbook_is_refused_and_never_crashes(tmp_path: Path) -> None:
    def fill(book: object) -> None:
        sheet = book.add_sheet("s")  # type: ignore[attr-defined]
        for row, cells in enumerate(TABLE):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)

    content = by_xlwt(fill)
    path = tmp_path / "book.xls"
    outcomes: set[int | str] = set()
    for at in range(0, len(content), 131):
        for damaged in (content[:at], content[:at] + b"\xff" + content[at + 1 :]):
            path.write_bytes(damaged)
            try:
                outcomes.add(len(parse_text_table(path).rows))
            except DataError as refusal:
                outcomes.add(refusal.code)
                assert refusal.fields["file"] == path.name  # noqa: PT017
    assert {len(TABLE) - 1, "truncated_file", "damaged_workbook"} <= outcomes


def test_merged_ranges_that_cover_a_sheet_many_times_are_refused() -> None:
    columns = [["x", *[""] * 1999]]
    with pytest.raises(DataError, match="merged"):
        fill_merged(columns, [((0, 0), (1999, 0))] * 1000, file="a.xlsx", sheet="s")
    assert fill_merged(columns, [((0, 0), (10**9, 0))], file="a.xlsx", sheet="s")
    assert columns == [["x"] * 2000]


def test_a_panic_of_the_parser_is_a_damaged_workbook_and_an_interrupt_stays_one() -> None:
    class PanicException(BaseException):
        pass

    with pytest.raises(DataError, match="damaged_workbook"), refusals("a.xlsx"):
        raise PanicException("range end index 120 out of range")
    with pytest.raises(KeyboardInterrupt), refusals("a.xlsx"):
        raise KeyboardInterrupt


def test_the_parent_outlives_what_its_child_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valueviz.intake.reading.MEMORY_BYTES", 256 << 20)
    path = tmp_path / "far.xlsx"
    path.write_bytes(with_cell('r="XFD1048576"'))
    with pytest.raises(DataError, match=FAR):
        read_text_table(path)
    assert Limits().memory == MEMORY_BYTES


FAR_OFF_BUT_EMPTY = {
    "last row of the sheet without a cell": b'<row r="1048576" hidden="false"/>',
    "cell with a style alone": b'<row r="9"><c r="XFD9" s="0"/></row>',
    "cell closed by a tag of its own": b'<row r="1048576"><c r="XFD1048576" s="0"></c></row>',
}


@pytest.mark.parametrize("case", FAR_OFF_BUT_EMPTY, ids=list(FAR_OFF_BUT_EMPTY))
def test_what_is_far_off_and_empty_is_no_far_cell(case: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(in_sheet(lambda sheet: sheet.replace(b"</sheetData>", FAR_OFF_BUT_EMPTY[case] + b"</sheetData>")))
    assert len(parse_text_table(path).rows) == len(TABLE) - 1


def test_the_refusal_of_a_far_cell_names_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    path.write_bytes(with_cell('r="XFD1048576"'))
    with pytest.raises(DataError) as refusal:
        parse_text_table(path)
    assert (refusal.value.fields["row"], refusal.value.fields["column"]) == (1_048_576, "XFD")
