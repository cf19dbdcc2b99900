"""From a study and a view to a document: the only door through which numbers become pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import assert_never

from valueviz import catalog
from valueviz.catalog import Template
from valueviz.errors import DefinitionError, EvidenceError, UsageError
from valueviz.language import language
from valueviz.story import outcomes
from valueviz.story.blocks import (
    Block,
    Bullets,
    Callout,
    Card,
    Cards,
    ChartBlock,
    Cover,
    Curve,
    Document,
    Dumbbell,
    Furniture,
    Ladder,
    MapPanel,
    ProcessMap,
    Prose,
    Run,
    RunChart,
    SceneBlock,
    Section,
    Spectrum,
    Table,
    Text,
    Variants,
    Waterfall,
)
from valueviz.story.figures import Figures, counted, lineage_json, measured_leaves
from valueviz.story.process.cover import process_cover
from valueviz.story.sections import evidence, quality, registered
from valueviz.story.sections.education import cover_answer
from valueviz.story.sections.summary import headline, promise_card, way
from valueviz.story.voice import Voice, plain
from valueviz.study import Study
from valueviz.terms import Derived, Fact, Measured, Request, View

PROCESS = "process"
"""The template that needs no metric."""

ID_DIGITS = 8
"""Hexadecimal digits of a report's id: enough to tell the reports of a firm apart, short enough to read out."""


def view(template: str, *, locale: str, brand: str = "valueviz") -> View:
    """The view of a template in a language under a brand, with the digests of both.

    Raises:
        UsageError: unknown template or brand, with the nearest.
    """
    return View(
        template=template,
        template_digest=catalog.template(template).digest,
        locale="zh_CN" if locale == "zh_CN" else "en",
        brand=brand,
        brand_digest=catalog.brand(brand).digest,
    )


def compose(study: Study, view: View) -> Document:
    """The document of a study under a view, complete and in order.

    Raises:
        EvidenceError: "fact_without_lineage" where a number cannot be traced to rows.
        DefinitionError: "unknown_section" where the template names a section nobody writes.
        UsageError: "nothing_measured" where a report about metrics has none, "no_process" for one about processes.
    """
    template = catalog.template(view.template)
    if study.engagement is not None and not study.outcomes and template.key != PROCESS:
        raise UsageError("nothing_measured", client=study.question.client or "")
    voice = Voice(language(view.locale))
    request = Request(study.question, view)
    sections = _numbered(_sections(study, template, voice))
    cover = _cover(study, template, voice)
    brand = catalog.brand(view.brand)
    title = voice.language.names(template.title)
    bare = Document(
        request=request,
        id="VV-" + _request_digest(request)[:ID_DIGITS].upper(),
        digest="",
        title=title,
        question=voice.language.names(template.question),
        subject=plain(cover.subtitle),
        author=voice.language.names(brand.name),
        keywords=voice.word("document.keywords"),
        language_tag=voice.language.tag,
        brand=brand,
        cover=cover,
        furniture=Furniture("", "", "", "", "", ""),
        sections=sections,
        synthetic=_synthetic(study),
    )
    for _, fact, _ in facts(bare):
        _refuse_untraced(fact)
    digest = sha256(facts_json(bare)).hexdigest()
    return _dressed(replace(bare, digest=digest), study, voice)


def facts(document: Document) -> tuple[tuple[str, Fact, str], ...]:
    """Every fact a document states, in the order in which it is read: section, fact, its text."""
    found: list[tuple[str, Fact, str]] = []
    for key, text in _texts(document):
        found.extend((key, run.fact, run.text) for run in text if run.fact is not None)
    return tuple(found)


def runs(document: Document) -> Iterator[tuple[str, Run]]:
    """Every run of a document with the key of its section, in reading order."""
    for key, text in _texts(document):
        for run in text:
            yield key, run


def facts_json(document: Document) -> bytes:
    """The facts as the command line prints them and the PDF embeds them: UTF-8 JSON, one array."""
    rows = [
        {
            "key": fact.key,
            "section": section,
            "value": fact.value,
            "unit": fact.unit,
            "low": fact.interval.low if fact.interval else None,
            "high": fact.interval.high if fact.interval else None,
            "level": fact.interval.level if fact.interval else None,
            "grade": fact.grade,
            "verdict": fact.verdict,
            "lineage": lineage_json(fact.lineage),
        }
        for section, fact, _ in facts(document)
    ]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False).encode()


# Inside ──────────────────────────────────────────────────────────────────────


def _sections(study: Study, template: Template, voice: Voice) -> Iterator[Section]:
    writers = registered()
    for entry in template.sections:
        if entry.key not in writers:
            raise DefinitionError(
                "unknown_section",
                file=f"{template.key}.toml",
                key=entry.key,
                nearest=catalog.nearest(entry.key, tuple(writers)),
            )
        if all(_holds(condition, study) for condition in entry.when):
            yield from writers[entry.key](study, voice)


def _holds(condition: str, study: Study) -> bool:
    """Whether a template's condition holds; the catalog knows which there are."""
    engagement = study.engagement
    holds = {
        "has_client": engagement is not None,
        "has_effects": any(outcome.effect.estimate is not None for outcome in study.outcomes),
        "has_promises": bool(engagement and engagement.promises),
        "has_contract": bool(engagement and engagement.contract),
        "has_phases": bool(study.pack.phases),
        "has_steps": bool(engagement and engagement.steps),
        "has_cases": bool(catalog.cases()),
        "has_process": bool(study.processes),
        "has_gaps": bool(outcomes.open_questions(study) or study.unmeasured),
    }
    return holds[condition]


def _numbered(sections: Iterator[Section]) -> tuple[Section, ...]:
    return tuple(replace(section, number=f"{position:02d}") for position, section in enumerate(sections, start=1))


def _synthetic(study: Study) -> bool:
    """Whether anything in a study is invented."""
    agreed = study.engagement is not None and study.engagement.synthetic
    return agreed or any(process.synthetic for process in study.processes)


def _request_digest(request: Request) -> str:
    return sha256(repr(request).encode()).hexdigest()


def _cover(study: Study, template: Template, voice: Voice) -> Cover:
    engagement = study.engagement
    if template.key == PROCESS and study.processes:
        return process_cover(study, template, voice)
    if engagement is None:
        return Cover(
            kind=voice.language.names(template.title),
            client=(voice.name(study.pack.name),),
            subtitle=voice.say("education.subtitle"),
            status=voice.word("cover.status.open"),
            answer=cover_answer(voice),
            cards=(),
            meta=(),
            code="",
        )
    about_data = template.sections[0].key == "quality"
    said = evidence.answer(study, voice) if template.key == "evidence" else _answer(study, voice)
    return Cover(
        kind=voice.language.names(template.title),
        client=(voice.name(engagement.name),),
        subtitle=voice.say("cover.subtitle", system=voice.quote(engagement.system)),
        status=voice.word("cover.status.synthetic" if engagement.synthetic else "cover.status.draft"),
        answer=quality.answer(study, voice, place="cover") if about_data else said,
        cards=quality.cards(study, voice) if about_data else _cover_cards(study, voice),
        meta=(),
        code="",
    )


def _answer(study: Study, voice: Voice) -> Text:
    promises = study.engagement.promises if study.engagement else ()
    lead = headline(study, voice, place="cover")
    if not promises:
        return lead
    counts = {
        "sure": len(outcomes.sure(study)),
        "likely": len(outcomes.kept(study)) - len(outcomes.sure(study)),
        "indicated": len(outcomes.kept_by_indication(study)),
        "promised": len(promises),
    }
    hinted, none = counts["indicated"] > 0, counts["sure"] + counts["likely"] == 0
    said = ["promised", *(() if none else ("sure", "likely")), *(("indicated",) if hinted else ())]
    told = {
        what: counted(voice, place="cover", what=what, count=counts[what], outcomes=outcomes.promised(study))
        for what in said
    }
    alone = not (none or hinted or counts["likely"])
    if alone:
        told.pop("likely")
    key = "cover.answer" + ("_none" if none else "") + ("_indicated" if hinted else "") + ("_sure" if alone else "")
    return voice.say(key, finding=lead, total=told.pop("promised"), **told)


def _cover_cards(study: Study, voice: Voice) -> tuple[Card, ...]:
    best = outcomes.best(study)
    cards = []
    if best is not None:
        figures = Figures(voice, "cover.card", best)
        cards.append(
            Card(
                label=voice.say(f"summary.card.{way(best)}", metric=voice.name(best.metric.name)),
                number=voice.say("summary.card.at_least", change=figures.conservative()),
                detail=voice.say("summary.card.interval", interval=figures.change()),
                grade=best.grade,
                verdict=best.effect.verdict,
            )
        )
    if study.engagement is not None and study.engagement.promises:
        cards.append(promise_card(study, voice, place="cover.card"))
    improved = outcomes.firm(study, "improved")
    cards.append(
        Card(
            label=voice.say("cover.card.improved"),
            number=voice.say(
                "cover.card.improved_of",
                improved=counted(
                    voice, place="cover.card", what="improved", count=len(improved), outcomes=study.outcomes
                ),
                measured=counted(
                    voice,
                    place="cover.card",
                    what="measured",
                    count=len(outcomes.judged(study)),
                    outcomes=study.outcomes,
                ),
            ),
            detail=voice.say("cover.card.improved_detail"),
        )
    )
    return tuple(cards)


def _dressed(document: Document, study: Study, voice: Voice) -> Document:
    """The document with everything that names its own id and digest."""
    as_of = voice.language.date(study.as_of) if study.as_of is not None else ""
    confidential = voice.language.names(document.brand.confidentiality) if study.engagement is not None else ""
    meta = [(voice.word("cover.meta.id"), document.id)]
    if study.engagement is not None and study.outcomes and document.request.view.template != PROCESS:
        meta.append((voice.word("cover.meta.period"), _period(study, voice)))
    if as_of:
        meta.append((voice.word("cover.meta.as_of"), as_of))
    meta.append((voice.word("cover.meta.digest"), document.digest[:16]))
    parts = [
        document.id,
        voice.word("furniture.as_of", date=as_of) if as_of else "",
        document.digest[:12],
        confidential,
    ]
    mark = voice.word("furniture.synthetic") if document.synthetic else ""
    client = plain(document.cover.client)
    return replace(
        document,
        cover=replace(document.cover, meta=tuple(meta), code=f"{document.id} {document.digest}"),
        furniture=Furniture(
            header_left=voice.language.names(document.brand.name),
            header_right=voice.word("separator.dot").join(part for part in (document.title, client, mark) if part),
            footer=voice.word("separator.dot").join(part for part in parts if part),
            page=voice.word("furniture.page", page="{page}", pages="{pages}"),
            contents=voice.word("furniture.contents"),
            continued=voice.word("furniture.continued"),
        ),
    )


def _period(study: Study, voice: Voice) -> str:
    from valueviz.terms import period_start

    first = min(period_start(o.series.ordinals[0], o.series.grain) for o in study.outcomes)
    last = study.as_of or first
    return f"{voice.language.month(first)} – {voice.language.month(last)}"


def _refuse_untraced(fact: Fact) -> None:
    """A measured number needs a query, digests and rows all the way down."""
    lineage = fact.lineage
    leaves = measured_leaves(lineage)
    traced = all(leaf.query and leaf.digests and leaf.rows > 0 for leaf in leaves)
    if (
        not traced
        or (isinstance(lineage, Derived) and not lineage.formula)
        or (isinstance(lineage, Measured) and not leaves)
    ):
        raise EvidenceError("fact_without_lineage", key=fact.key)


def _texts(document: Document) -> Iterator[tuple[str, Text]]:
    cover = document.cover
    for text in (cover.client, cover.subtitle, cover.answer):
        yield "cover", text
    for card in cover.cards:
        for text in _card_texts(card):
            yield "cover", text
    for section in document.sections:
        yield section.key, section.title
        yield section.key, section.lead
        for block in section.blocks:
            for text in block_texts(block):
                yield section.key, text


def _card_texts(card: Card) -> tuple[Text, ...]:
    return (card.label, card.number, card.detail, card.verdict_word)


def block_texts(block: Block) -> Iterator[Text]:
    """The texts of a block in the order in which they are read."""
    match block:
        case Prose(text=text):
            yield text
        case Bullets(items=items):
            yield from items
        case Callout(title=title, text=text):
            yield title
            yield text
        case Cards(items=items):
            for card in items:
                yield from _card_texts(card)
        case Table():
            yield from _table_texts(block)
        case RunChart() | Curve() | Dumbbell() | Waterfall():
            yield block.title
            yield from _chart_texts(block)
            yield block.source
        case ProcessMap() | Spectrum() | Variants() | Ladder():
            yield block.title
            yield from scene_texts(block)
            yield block.source
        case _:
            assert_never(block)


def _chart_texts(block: ChartBlock) -> Iterator[Text]:
    """The texts drawn inside a chart in the order in which they are read."""
    match block:
        case RunChart() | Curve():
            yield from ((label.run,) for label in block.labels)
        case Dumbbell():
            yield from (row.values for row in block.rows)
        case Waterfall():
            yield from (text for row in block.rows for text in (row.label, *row.members, *row.values))
        case _:
            assert_never(block)


def scene_texts(block: SceneBlock) -> Iterator[Text]:
    """The texts drawn inside a scene in the order in which they are read."""
    match block:
        case ProcessMap():
            for panel in block.panels:
                yield from _panel_texts(panel, block)
        case Spectrum():
            for band in block.bands:
                yield band.top
                yield band.bottom
        case Variants():
            for row in block.rows:
                yield from (row.label, row.before_text, row.after_text)
        case Ladder():
            for ladder in block.rows:
                yield ladder.title
                for step in ladder.steps:
                    yield from (step.label, step.wait_text, step.work_text)
                yield from (ladder.total, ladder.efficiency)
        case _:
            assert_never(block)


def _panel_texts(panel: MapPanel, block: ProcessMap) -> Iterator[Text]:
    """A panel's heads, lanes, steps, and the labels that have a place."""
    yield panel.title
    yield panel.subtitle
    yield from (line for lane in block.lanes for line in lane.name)
    for node in panel.nodes:
        yield from node.name
        yield node.details
        yield node.badge
    yield from (edge.label for edge in panel.edges if edge.label_at is not None)


def _table_texts(table: Table) -> Iterator[Text]:
    yield table.title
    yield from (column.title for column in table.columns)
    for row in table.rows:
        yield from (cell.text for cell in row.cells)
    yield table.source
