"""The PDF as bytes: what any reader of the file finds in it, whoever wrote it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from tests.render import specimen
from valueviz.catalog.brand import Brand
from valueviz.errors import DataError, DefinitionError
from valueviz.render.pdf import render
from valueviz.story import facts
from valueviz.story.blocks import Cell, Column, Document, Prose, Row, Run, Section, Table
from valueviz.terms import LOCALES, Fact, Illustration, Locale

FACTS = b'[{"key": "specimen"}]'


@pytest.fixture(scope="module", params=LOCALES)
def document(request: pytest.FixtureRequest) -> Document:
    locale: Locale = request.param
    return specimen.document(locale)


@pytest.fixture(scope="module")
def issued(document: Document) -> bytes:
    return render(document, attachments={"facts.json": FACTS})


@pytest.fixture(scope="module")
def reader(issued: bytes) -> PdfReader:
    return PdfReader(BytesIO(issued))


def raw_text(pdf: bytes, folder: Path) -> str:
    """The text in the order of the content stream, without any white space."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here (Debian: poppler-utils)")
    file = folder / "issued.pdf"
    file.write_bytes(pdf)
    out = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    return "".join(out.stdout.decode().split())


def one_section(document: Document, *blocks: object, **fields: object) -> Document:
    """The document with a single section of the given blocks."""
    section = Section("only", "1", "X", (Run("X"),), (), blocks)  # type: ignore[arg-type]
    return replace(document, sections=(section,), **fields)  # type: ignore[arg-type]


def fact(text: str) -> Run:
    return Run(text, kind="fact", fact=Fact("test", 1.0, "count", Illustration("test")))


# The file ────────────────────────────────────────────────────────────────────


def test_a_document_gives_the_same_bytes_twice(document: Document, issued: bytes) -> None:
    assert render(document, attachments={"facts.json": FACTS}) == issued


def test_a_document_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib; from tests.render import specimen; from valueviz.render.pdf import render;"
        "print(hashlib.sha256(render(specimen.document('zh_CN'))).hexdigest())"
    )
    root = Path(__file__).parents[2]
    there = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(root)},
    ).stdout.strip()
    assert there == sha256(render(specimen.document("zh_CN"))).hexdigest()


def test_the_structure_of_the_file_is_sound(issued: bytes, tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(issued)) as pdf:
        assert pdf.check_pdf_syntax() == []
    if shutil.which("qpdf"):
        file = tmp_path / "issued.pdf"
        file.write_bytes(issued)
        assert subprocess.run(["qpdf", "--check", str(file)], capture_output=True, check=False).returncode == 0


def test_every_font_is_embedded_and_none_is_a_stand_in(reader: PdfReader) -> None:
    used = set()
    for page in reader.pages:
        for font in page["/Resources"].get_object()["/Font"].get_object().values():  # type: ignore[index]
            description = font.get_object()
            assert isinstance(description, DictionaryObject)
            assert "/FontFile2" in description["/FontDescriptor"].get_object()  # type: ignore[operator]
            assert "/ToUnicode" in description
            used.add(str(description["/BaseFont"]).split("+")[1])
    assert used == {"NotoSansSC-Regular", "NotoSansSC-Bold"}


def test_no_object_of_the_file_names_helvetica(issued: bytes) -> None:
    with pikepdf.open(BytesIO(issued)) as pdf:
        assert not any("Helvetica" in repr(item) for item in pdf.objects if isinstance(item, pikepdf.Dictionary))


def test_metadata_say_title_language_and_the_day_of_the_data(document: Document, reader: PdfReader) -> None:
    information, packet = reader.metadata, reader.xmp_metadata
    assert information is not None
    assert packet is not None
    assert str(reader.root_object["/Lang"]) == document.language_tag
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert (information.title, information.author, information.subject) == (
        document.title,
        document.author,
        document.subject,
    )
    assert str(information["/CreationDate"]) == "D:20260630000000Z"
    assert packet.dc_title == {"x-default": document.title, document.language_tag: document.title}
    assert packet.dc_language == [document.language_tag]


def test_a_document_without_data_carries_no_date(document: Document) -> None:
    undated = replace(
        document, request=replace(document.request, question=replace(document.request.question, as_of=None))
    )
    information = PdfReader(BytesIO(render(undated))).metadata
    assert information is not None
    assert "/CreationDate" not in information


def test_attachments_come_back_as_they_were(reader: PdfReader) -> None:
    assert reader.attachments == {"facts.json": [FACTS]}


def test_nothing_in_the_file_leads_outside(issued: bytes) -> None:
    with pikepdf.open(BytesIO(issued)) as pdf:
        names = {str(key) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) for key in item}
    assert not names & {"/URI", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/GoToR"}


# What it says ────────────────────────────────────────────────────────────────


def test_every_fact_stands_whole_and_in_order(document: Document, issued: bytes, tmp_path: Path) -> None:
    text, at = raw_text(issued, tmp_path), 0
    for section, _, words in facts(document):
        stated = "".join(words.split())
        found = text.find(stated, at)
        assert found >= 0, f"{section}: {words!r} is not in the file after its predecessor"
        at = found + len(stated)


def test_contents_and_outline_name_every_section_and_lead_to_it(document: Document, reader: PdfReader) -> None:
    outline = [(str(item.title), reader.get_destination_page_number(item)) for item in reader.outline]  # type: ignore[union-attr,arg-type]
    assert [title for title, _ in outline] == [f"{each.number}  {each.name}" for each in document.sections]
    assert [page for _, page in outline] == sorted(page for _, page in outline)  # type: ignore[type-var]
    links = reader.pages[1]["/Annots"]
    assert isinstance(links, ArrayObject)
    places = {page.indirect_reference: number for number, page in enumerate(reader.pages)}
    assert [places[link.get_object()["/Dest"].get_object()[0]] for link in links] == [page for _, page in outline]
    listed = "".join(reader.pages[1].extract_text().split())
    for section, (_, page) in zip(document.sections, outline, strict=True):
        assert page is not None
        assert re.search(f"{section.number}{re.escape(''.join(section.name.split()))}.*?{page + 1}", listed)


def test_the_stated_number_of_pages_is_the_real_one(document: Document, reader: PdfReader) -> None:
    count = len(reader.pages)
    for number, page in enumerate(reader.pages[1:], start=2):
        stated = document.furniture.page.format(page=number, pages=count)
        assert "".join(stated.split()) in "".join(page.extract_text().split())


def test_a_synthetic_document_says_so_on_every_page(document: Document) -> None:
    marked = replace(document, cover=replace(document.cover, status="synthetic-label"))
    pages = PdfReader(BytesIO(render(marked))).pages
    assert all("synthetic-label" in page.extract_text() for page in pages)


def test_both_covers_say_the_same(document: Document) -> None:
    full, light = (
        PdfReader(BytesIO(render(replace(document, brand=brand)))).pages[0].extract_text()
        for brand in (replace(document.brand, cover="full"), replace(document.brand, cover="light"))
    )
    assert full == light


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>bold</b> & <font color='red'>x",
        "R&D <5",
        "<a href='javascript:x'>y</a>",
        "(\\) Tj ET",
        "]]>--%s{0}",
        "a<br>b",
    ],
)
def test_markup_in_user_text_is_text(document: Document, hostile: str, tmp_path: Path) -> None:
    pdf = render(one_section(document, Prose((Run(hostile, kind="quotation"),))))
    assert "".join(hostile.split()) in raw_text(pdf, tmp_path)


def test_control_and_direction_characters_are_not_drawn(document: Document, tmp_path: Path) -> None:
    pdf = render(one_section(document, Prose((Run("ab\u202ecd\u200b\x07ef\ngh", kind="quotation"),))))
    assert "abcdefgh" in raw_text(pdf, tmp_path)


def test_a_rare_name_is_drawn_with_the_rest_of_the_family(document: Document, tmp_path: Path) -> None:
    pdf = render(one_section(document, Prose((Run("客户龑先生", kind="quotation", strong=True),))))
    assert "客户龑先生" in raw_text(pdf, tmp_path)


def test_a_character_in_no_face_is_refused_by_name(document: Document) -> None:
    with pytest.raises(DataError) as refusal:
        render(one_section(document, Prose((Run("weather \U0001f327", kind="quotation"),))))
    assert refusal.value.code == "missing_glyph"
    assert refusal.value.fields["point"] == "U+1F327"


# Tables and logos ────────────────────────────────────────────────────────────


def long_table(rows: int) -> Table:
    return Table(
        key="long",
        title=(Run("Long table"),),
        columns=(Column((Run("Name"),)), Column((Run("Value"),), align="right")),
        rows=tuple(Row((Cell((Run(f"row-{i}-name"),)), Cell((fact(f"v{i}x"),)))) for i in range(rows)),
    )


def test_a_long_table_keeps_every_row_and_repeats_its_head(document: Document, tmp_path: Path) -> None:
    pdf = render(one_section(document, long_table(700)))
    text = raw_text(pdf, tmp_path)
    at = 0
    for i in range(700):
        at = text.index(f"row-{i}-namev{i}x", at)
    pages = len(PdfReader(BytesIO(pdf)).pages) - 1
    assert text.count("NameValue") == pages
    assert text.count("".join(document.furniture.continued.split())) >= pages - 1


def test_a_cell_longer_than_a_page_is_cut_and_kept_whole(document: Document, tmp_path: Path) -> None:
    words = [f"word{i}" for i in range(4000)]
    table = replace(long_table(3), rows=(Row((Cell((Run(" ".join(words)),)), Cell((fact("42"),)))),))
    text = raw_text(render(one_section(document, table)), tmp_path)
    at = 0
    for word in words:
        at = text.index(word, at)


def test_a_word_wider_than_its_cell_does_not_leave_it(document: Document, tmp_path: Path) -> None:
    table = replace(long_table(1), rows=(Row((Cell((Run("W" * 600),)), Cell((fact("42"),)))),))
    assert raw_text(render(one_section(document, table)), tmp_path).count("W") >= 600


def with_logo(document: Document, path: Path) -> Document:
    brand: Brand = replace(document.brand, logo=path, digest=path.name)
    return replace(document, brand=brand)


def test_a_logo_is_decoded_and_written_anew(document: Document, tmp_path: Path) -> None:
    Image.new("RGBA", (400, 100), (200, 20, 20, 128)).save(tmp_path / "logo.png")
    pdf = render(with_logo(document, tmp_path / "logo.png"))
    assert pdf == render(with_logo(document, tmp_path / "logo.png"))
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\n broken"], ids=["empty", "svg", "cut"]
)
def test_a_logo_that_is_no_picture_is_refused(document: Document, tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{len(content)}.png").write_bytes(content)
    with pytest.raises(DefinitionError, match="brand_logo"):
        render(with_logo(document, tmp_path / f"{len(content)}.png"))


def test_a_logo_with_too_many_pixels_is_refused_before_it_is_decoded(document: Document, tmp_path: Path) -> None:
    Image.new("1", (6000, 6000)).save(tmp_path / "bomb.png")
    with pytest.raises(DefinitionError, match="brand_logo"):
        render(with_logo(document, tmp_path / "bomb.png"))
