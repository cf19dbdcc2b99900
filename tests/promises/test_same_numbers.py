"""One number, one place: page, PDF, languages and command line state the same facts in the same order."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from valueviz import story
from valueviz.render import pdf
from valueviz.story import Document
from valueviz.story.blocks import Prose, Run
from valueviz.terms import Fact, Locale

Key = tuple[str, Locale]
KEYS: tuple[Key, ...] = (("renewal", "zh_CN"), ("renewal", "en"), ("education", "zh_CN"), ("education", "en"))
IDS = [f"{template}-{locale}" for template, locale in KEYS]


def bare(text: str) -> str:
    """Text without any white space, as two renderings of it are compared."""
    return re.sub(r"\s+", "", text)


def printed(content: bytes, folder: Path) -> str:
    """The text of a PDF in the order of its content stream, without white space."""
    path = folder / "document.pdf"
    path.write_bytes(content)
    raw = subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True)
    return bare(raw.stdout.decode())


def stated(document: Document) -> list[tuple[str, str]]:
    """The facts in the order in which they are read."""
    return [(section, repr(fact)) for section, fact, _ in story.facts(document)]


def first_missing(facts: list[str], text: str) -> str | None:
    """The first of some facts that does not follow its predecessor in a text."""
    at = 0
    for fact in facts:
        found = text.find(bare(fact), at)
        if found < 0:
            return fact
        at = found + len(bare(fact))
    return None


@pytest.fixture(scope="module")
def pdfs(documents: dict[Key, Document]) -> dict[Key, bytes]:
    return {key: pdf.render(document) for key, document in documents.items()}


@pytest.mark.browser
@pytest.mark.parametrize("key", KEYS, ids=IDS)
def test_every_fact_stands_in_the_pdf_in_order(
    key: Key, documents: dict[Key, Document], pdfs: dict[Key, bytes], tmp_path: Path
) -> None:
    texts = [text for _, _, text in story.facts(documents[key])]
    assert texts
    assert first_missing(texts, printed(pdfs[key], tmp_path)) is None


@pytest.mark.browser
def test_a_renderer_that_alters_one_digit_is_caught(documents: dict[Key, Document], tmp_path: Path) -> None:
    document = documents["renewal", "en"]
    altered = replace(document, sections=tuple(map(_altered, document.sections)))
    texts = [text for _, _, text in story.facts(document)]
    assert first_missing(texts, printed(pdf.render(altered), tmp_path)) is not None


def _altered(section: story.blocks.Section) -> story.blocks.Section:
    """The section with the last digit of the first fact of its title changed."""
    for position, run in enumerate(section.title):
        if run.fact is not None and any(char.isdigit() for char in run.text):
            digit = max(at for at, char in enumerate(run.text) if char.isdigit())
            wrong = run.text[:digit] + str((int(run.text[digit]) + 1) % 10) + run.text[digit + 1 :]
            title = (*section.title[:position], replace(run, text=wrong), *section.title[position + 1 :])
            return replace(section, title=title)
    return section


@pytest.mark.parametrize("template", ["renewal", "education"])
def test_both_languages_state_equal_facts(template: str, documents: dict[Key, Document]) -> None:
    chinese, english = (stated(documents[template, locale]) for locale in ("zh_CN", "en"))
    assert chinese == english
    assert len(chinese) > 3


@pytest.mark.parametrize("key", KEYS, ids=IDS)
def test_no_digit_stands_in_prose(key: Key, documents: dict[Key, Document]) -> None:
    stray = [
        (section, run.text)
        for section, run in story.runs(documents[key])
        if run.kind == "prose" and any(char.isdigit() for char in run.text)
    ]
    assert stray == []


def test_a_stray_number_in_prose_is_seen(documents: dict[Key, Document]) -> None:
    document = documents["renewal", "en"]
    first = document.sections[0]
    spoilt = replace(document, sections=(replace(first, blocks=(Prose((Run("about 12 days"),)), *first.blocks)),))
    assert any(run.kind == "prose" and any(char.isdigit() for char in run.text) for _, run in story.runs(spoilt))


@pytest.mark.parametrize("key", KEYS, ids=IDS)
def test_equal_requests_give_equal_bytes(key: Key, documents: dict[Key, Document], pdfs: dict[Key, bytes]) -> None:
    assert sha256(pdf.render(documents[key])).hexdigest() == sha256(pdfs[key]).hexdigest()


@pytest.mark.parametrize("key", KEYS, ids=IDS)
def test_the_pdf_embeds_its_facts_and_the_printed_digest_is_theirs(
    key: Key, documents: dict[Key, Document], pdfs: dict[Key, bytes]
) -> None:
    document = documents[key]
    embedded = PdfReader(BytesIO(pdfs[key])).attachments["facts.json"][0]
    assert embedded == story.facts_json(document)
    assert sha256(embedded).hexdigest() == document.digest
    assert any(value == document.digest[: len(value)] for _, value in document.cover.meta)


def test_every_measured_fact_leads_to_files_and_rows(documents: dict[Key, Document]) -> None:
    stated = json.loads(story.facts_json(documents["renewal", "en"]))
    judged = [entry for entry in stated if entry["verdict"] is not None]
    assert judged
    for entry in judged:
        assert entry["lineage"]["digests"], entry["key"]
        assert entry["lineage"]["rows"] > 0, entry["key"]
        assert entry["lineage"]["query"], entry["key"]


def test_the_json_of_facts_has_the_keys_of_the_contract_in_order(documents: dict[Key, Document]) -> None:
    entries = json.loads(story.facts_json(documents["renewal", "en"]))
    keys = ["key", "section", "value", "unit", "low", "high", "level", "grade", "verdict", "lineage"]
    assert all(list(entry) == keys for entry in entries)
    assert all(list(entry["lineage"]) == ["kind", "query", "digests", "rows"] for entry in entries)


def test_a_fact_without_lineage_is_refused(answered: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from valueviz.errors import EvidenceError
    from valueviz.story.compose import _refuse_untraced
    from valueviz.terms import Measured

    with pytest.raises(EvidenceError) as refusal:
        _refuse_untraced(Fact("summary.x", 1.0, "day", Measured("mean", (), 0)))
    assert refusal.value.code == "fact_without_lineage"
    assert refusal.value.fields == {"key": "summary.x"}
