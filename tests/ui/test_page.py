"""Pages say what their Document says, word for word, in both languages; controls change the address alone."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from tests.ui.conftest import CLIENT, Visit, Words, bodies, parsed, specs, text_of, visited
from valueviz import story, study
from valueviz.catalog import brand
from valueviz.language import language
from valueviz.render.palette import palette
from valueviz.store import Workspace
from valueviz.story.blocks import (
    Cell,
    ChartBlock,
    Curve,
    Document,
    Dumbbell,
    Ladder,
    ProcessMap,
    Row,
    RunChart,
    SceneBlock,
    Spectrum,
    Table,
    Text,
    Variants,
    Waterfall,
)
from valueviz.story.voice import plain
from valueviz.terms import LOCALES, Locale
from valueviz.ui import controls
from valueviz.ui.link import CODES
from valueviz.ui.style import variables

TEMPLATES = ("renewal", "evidence", "quality", "education")


def _document(workspace: Path, template: str, locale: Locale) -> Document:
    """The document as the command line composes it."""
    opened = Workspace.open(workspace)
    client = opened.client(CLIENT)
    if template == "education":
        answered = study.run(None, study.ask(None, industry=client.engagement().industry))
    else:
        answered = study.run(opened, study.ask(client))
    return story.compose(answered, story.view(template, locale=locale))


@pytest.fixture(scope="module")
def documents(workspace: Path) -> dict[tuple[str, Locale], Document]:
    """Every document of the demo."""
    return {(name, locale): _document(workspace, name, locale) for name in TEMPLATES for locale in LOCALES}


def _read(markup: list[str]) -> Words:
    found = Words()
    for body in markup:
        found.feed(body)
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_page_states_the_facts_of_its_document_in_order(
    template: str, locale: Locale, documents: dict[tuple[str, Locale], Document], visit: Visit
) -> None:
    document = documents[template, locale]
    page = visit(template, lang=CODES[locale])

    assert not page.exception
    drawn = {
        run.fact.key
        for section in document.sections
        for block in section.blocks
        if isinstance(block, DRAWN)
        for run in _drawn(block)
        if run.fact
    }
    stated = [
        (fact.key, text)
        for _, fact, text in story.facts(document)
        # the cards of the cover are shown where the first section has none
        if (template == "evidence" or not fact.key.startswith("cover.card.")) and fact.key not in drawn
    ]
    assert [fact for fact in _read(bodies(page)).facts if fact[0] not in drawn] == stated


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_tables_of_a_page_equal_the_cells_of_the_document(
    template: str, locale: Locale, documents: dict[tuple[str, Locale], Document], visit: Visit
) -> None:
    page = visit(template, lang=CODES[locale])
    tables = {
        block.key: [[plain(column.title) for column in block.columns]]
        + [[(cell.grade or "") + plain(cell.text) for cell in _shown(row)] for row in block.rows]
        for section in documents[template, locale].sections
        for block in section.blocks
        if isinstance(block, Table)
    }

    assert tables
    assert {key: [row for row in rows if row] for key, rows in _read(bodies(page)).tables.items()} == tables


@pytest.mark.parametrize("locale", LOCALES)
def test_charts_hold_the_numbers_the_document_labels_them_with_in_both_layouts(
    locale: Locale, documents: dict[tuple[str, Locale], Document], visit: Visit
) -> None:
    page = visit("renewal", lang=CODES[locale])
    blocks = [
        block
        for section in documents["renewal", locale].sections
        for block in section.blocks
        if isinstance(block, RunChart | Dumbbell | Waterfall | Curve)
    ]
    drawn = specs(page)

    assert len(drawn) == 2 * len(blocks)
    for number, block in enumerate(blocks):
        for spec in drawn[2 * number : 2 * number + 2]:
            words = "".join(_texts(json.loads(spec))).replace(" ", "")
            for run in _drawn(block):
                if run.fact is not None:
                    assert run.text.replace(" ", "") in words


@pytest.mark.parametrize("locale", LOCALES)
def test_the_start_page_names_the_client_says_synthetic_and_leads_on(locale: Locale, visit: Visit) -> None:
    page = visit(lang=CODES[locale])
    words = text_of(page)
    speaking = language(locale)

    assert not page.exception
    for expected in ({"zh_CN": "华东示例精工", "en": "Sample Precision Works"}[locale], "ERP + MES + SCM"):
        assert expected in words
    assert speaking.words("ui.start.synthetic") in words
    links = [element.proto for element in page.get("page_link")]
    ways = ("open", "process", "import", "agreed", "new", "read")
    assert [link.label for link in links] == [speaking.words(f"ui.start.{way}") for way in ways]
    assert f"client={CLIENT}" in links[0].query_string


def test_pages_of_one_language_hold_no_word_of_the_other_controls(visit: Visit) -> None:
    page = visit("renewal", lang="zh")

    labels = [widget.label for widget in (*page.selectbox, *page.multiselect, *page.button)]
    assert labels
    assert not [label for label in labels if label.isascii()]


# Controls ────────────────────────────────────────────────────────────────────


def test_a_change_of_language_keeps_client_and_filters_in_the_address(visit: Visit) -> None:
    page = visit("renewal", lang="zh", client=CLIENT, sites="P100,P200", from_="2024-06")

    page.button_group(key=controls.LANGUAGE).set_value("en").run()

    assert not page.exception
    assert {key: _one(page.query_params[key]) for key in page.query_params} == {
        "lang": "en",
        "client": CLIENT,
        "sites": "P100,P200",
        "from": "2024-06",
    }
    assert "Were the promises kept?" in text_of(page)


def test_sites_chosen_make_another_request_of_the_same_client(visit: Visit, workspace: Path) -> None:
    page = visit("renewal", lang="en")
    whole = text_of(page)

    page.multiselect(key=controls.SITES).set_value(["P200"]).run()

    assert _one(page.query_params["sites"]) == "P200"
    opened = Workspace.open(workspace)
    asked = study.ask(opened.client(CLIENT), sites=["P200"])
    document = story.compose(study.run(opened, asked), story.view("renewal", locale="en"))
    assert document.id in text_of(page)
    assert document.id not in whole


def test_all_sites_chosen_is_no_filter(visit: Visit) -> None:
    page = visit("renewal", lang="en", sites="P200")

    page.multiselect(key=controls.SITES).set_value(["P100", "P200", "P300"]).run()

    assert "sites" not in page.query_params


def test_months_without_a_baseline_are_refused_and_the_page_says_so(visit: Visit) -> None:
    page = visit("renewal", lang="en", from_="2025-10")

    words = text_of(page)
    assert not page.exception
    assert language("en").words("ui.hint.no_baseline", go_live="1 Sep 2025") in words
    assert "refused" in words


def test_the_whole_range_of_months_leaves_the_address_open(visit: Visit) -> None:
    page = visit("renewal", lang="en", from_="2025-01")

    page.selectbox(key=controls.FROM).set_value(date(2024, 3, 1)).run()

    assert "from" not in page.query_params
    assert "to" not in page.query_params


def test_months_chosen_go_into_the_address_and_never_run_backwards(visit: Visit) -> None:
    page = visit("renewal", lang="en", from_="2024-06")

    page.selectbox(key=controls.TO).set_value(date(2026, 7, 1)).run()

    assert _one(page.query_params["from"]) == "2024-06"
    assert _one(page.query_params["to"]) == "2026-07"
    assert page.selectbox(key=controls.TO).options[0] == "Jun 2024"
    assert page.selectbox(key=controls.FROM).options[-1] == "Jul 2026"


def test_a_brand_dresses_the_page_and_its_document(visit: Visit) -> None:
    page = visit("education", lang="en", brand="harbour")

    assert not page.exception
    assert page.selectbox(key=controls.BRAND).value == "harbour"
    asked = study.ask(None, industry="manufacturing")
    document = story.compose(study.run(None, asked), story.view("education", locale="en", brand="harbour"))
    assert document.id in text_of(page)
    house, other = (variables(palette(brand(key)), palette(brand(key), "dark")) for key in ("valueviz", "harbour"))
    assert "--vv-brand:light-dark(#1F5FA8," in other
    assert {line for line in other.split(";") if line not in house.split(";")} == {
        line
        for line in other.split(";")
        if re.match(r"(:root\{)?--vv-(brand|on-brand|grade|cover)", line) and line not in house
    }


def test_the_address_survives_a_change_of_page(visit: Visit) -> None:
    page = visit("renewal", lang="en", sites="P100")
    page.query_params.clear()

    page.run()

    assert _one(page.query_params["sites"]) == "P100"


# Refusals ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ({"client": "sample-precison"}, "sample-precision"),
        ({"brand": "harbor"}, "harbour"),
        ({"sites": "P10O"}, "P100"),
        ({"from_": "2025-13"}, "2025-13"),
        ({"lang": "fr"}, "fr"),
        ({"client": "../../etc"}, "../../etc"),
        ({"client": "<img src=x onerror=alert(1)>"}, "<img src=x onerror=alert(1)>"),
    ],
)
def test_an_unknown_code_in_the_address_is_a_card_that_names_the_nearest(
    address: dict[str, str], named: str, visit: Visit
) -> None:
    page = visit("renewal", **({"lang": "en"} | address))

    assert not page.exception
    cards = [body for body in bodies(page) if 'role="alert"' in body]
    assert cards
    assert named in "".join(parsed(cards[0]).words)
    assert "img" not in parsed(cards[0]).tags
    assert not specs(page)


def test_a_refusal_offers_the_page_without_what_is_unknown(visit: Visit) -> None:
    page = visit("renewal", lang="en", client="nobody")

    page.button(key="vv-reset").click().run()

    assert "client" not in page.query_params
    assert specs(page)


def test_without_a_workspace_the_page_says_what_is_missing_and_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(tmp_path / "nothing"))

    for name in ("", "renewal"):
        page = visited(name, lang="en")
        assert not page.exception
        assert language("en").words("ui.empty.no_workspace.title") in text_of(page)
        assert page.code[0].value == "valueviz demo"
    education = visited("education", lang="en")
    assert not education.exception
    assert "Why is installing not enough?" in text_of(education)


def test_a_client_without_data_leads_to_its_import(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Workspace.open(workspace).client(CLIENT)
    empty = Workspace.open(tmp_path / "empty", create=True)
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(empty.path))
    assert language("en").words("ui.empty.no_client.title") in text_of(visited("", lang="en"))
    folder_text = b'name = "Acme"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "CNY"\ngo_live = 2025-09-01\n'
    empty.put_engagement("acme", folder_text, known.engagement(), file="acme.toml")

    page = visited("renewal", lang="en")

    assert not page.exception
    (way,) = [element.proto for element in page.get("page_link")]
    assert way.label == language("en").words("ui.start.import")
    assert "client=acme" in way.query_string
    assert not specs(page)


def _shown(row: Row) -> tuple[Cell, ...]:
    """The cells of a row as markup has them: a group's heading spans the table."""
    return row.cells[:1] if row.kind == "group" else row.cells


def _one(value: str | list[str]) -> str:
    """The one value of a key of an address: a text where the page wrote it, a list where the visitor did."""
    return value if isinstance(value, str) else value[0]


DRAWN = (RunChart, Dumbbell, Waterfall, Curve, ProcessMap, Spectrum, Variants, Ladder)


def _drawn(block: ChartBlock | SceneBlock) -> Text:
    """The runs a chart draws itself; title and source stand around it."""
    match block:
        case Dumbbell():
            return tuple(run for row in block.rows for run in row.values)
        case Waterfall():
            return tuple(run for row in block.rows for text in (row.label, *row.members, *row.values) for run in text)
        case RunChart() | Curve():
            return tuple(label.run for label in block.labels)
        case ProcessMap() | Spectrum() | Variants() | Ladder():
            return tuple(run for text in list(story.block_texts(block))[1:-1] for run in text)


def _texts(spec: object) -> list[str]:
    """The text marks of a spec in order."""
    assert isinstance(spec, dict)
    return [
        str(value["c2"])
        for layer in spec["layer"]
        if layer["mark"]["type"] == "text"
        for value in layer["data"]["values"]
    ]
