"""The last pass over the bytes: metadata in both forms, language, attachments, one reproducible file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

import pikepdf

from valueviz.story.blocks import Document

TYPES: Final = {".json": "application/json", ".csv": "text/csv"}


def finished(raw: bytes, document: Document, *, attachments: Mapping[str, bytes]) -> bytes:
    """`raw` with language, metadata and attachments; equal input gives equal bytes.

    Args:
        raw: a PDF as ReportLab wrote it.
        document: names title, author, subject, keywords, language and the day its data end.
        attachments: content by file name, embedded in this order.
    """
    with pikepdf.open(BytesIO(raw)) as pdf:
        root = pdf.Root
        root.Lang = pikepdf.String(document.language_tag)
        root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        root.PageMode = pikepdf.Name.UseNone
        packet = pdf.make_stream(_packet(document).encode())
        packet.Type, packet.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        root.Metadata = packet
        _date(pdf, document.request.question.as_of)
        for name, content in attachments.items():
            _attach(pdf, name, content, stamp=_stamp(document.request.question.as_of))
        target = BytesIO()
        pdf.save(
            target,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            min_version="1.7",
        )
    return target.getvalue()


def _date(pdf: pikepdf.Pdf, as_of: date | None) -> None:
    """Date the file by its data, never by a clock; a document without data has no date."""
    for key in ("/CreationDate", "/ModDate"):
        if as_of is not None:
            pdf.docinfo[key] = _stamp(as_of)
        elif key in pdf.docinfo:
            del pdf.docinfo[key]


def _stamp(as_of: date | None) -> str:
    return f"D:{as_of:%Y%m%d}000000Z" if as_of else ""


def _attach(pdf: pikepdf.Pdf, name: str, content: bytes, *, stamp: str) -> None:
    kind = next((kind for ending, kind in TYPES.items() if name.endswith(ending)), "application/octet-stream")
    spec = pikepdf.AttachedFileSpec(
        pdf,
        content,
        filename=name,
        mime_type=kind,
        creation_date=stamp,
        mod_date=stamp,
        relationship=pikepdf.Name.Data,
    )
    pdf.attachments[name] = spec
    pdf.Root.AF = pikepdf.Array([*pdf.Root.get("/AF", []), pdf.attachments[name].obj])


def _packet(document: Document) -> str:
    """The XMP packet: what the document information says, as Dublin Core."""
    as_of = document.request.question.as_of
    tag = escape(document.language_tag)
    moment = f"{as_of.isoformat()}T00:00:00Z" if as_of else ""
    dates = f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>" if as_of else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f"<dc:title>{_alternatives(document.title, tag)}</dc:title>"
        f"<dc:creator><rdf:Seq><rdf:li>{escape(document.author)}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:description>{_alternatives(document.subject, tag)}</dc:description>"
        f"<dc:language><rdf:Bag><rdf:li>{tag}</rdf:li></rdf:Bag></dc:language>"
        f"<pdf:Keywords>{escape(document.keywords)}</pdf:Keywords>"
        f"<xmp:CreatorTool>valueviz</xmp:CreatorTool>{dates}"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )


def _alternatives(text: str, tag: str) -> str:
    """A text with its language, and as the default."""
    kept = escape(text)
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{kept}</rdf:li><rdf:li xml:lang="{tag}">{kept}</rdf:li></rdf:Alt>'
