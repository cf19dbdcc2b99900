"""The reference pages name everything there is, and their examples are read by the real readers."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import DOCS, blocks, codes, rows, section, text
from valueviz import catalog
from valueviz.analysis.effect import Design, estimate
from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect.design import season_columns
from valueviz.catalog import metric as metric_reader
from valueviz.catalog import read_brand, read_engagement, read_mapping
from valueviz.catalog.brand import _KEYS as BRAND_KEYS
from valueviz.catalog.engagement import _KEYS as ENGAGEMENT_KEYS
from valueviz.catalog.mapping import _COLUMNS, Format
from valueviz.catalog.template import read_template
from valueviz.cli import COMMANDS, _parser
from valueviz.language import language
from valueviz.terms import Locale, Series

COMMANDS_PAGE, FILES_PAGE, METHODS_PAGE = DOCS / "commands.md", DOCS / "files.md", DOCS / "methods.md"

# Commands ────────────────────────────────────────────────────────────────────


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of every command."""
    for action in _parser(language("en"))._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("no commands")


def options(parser: argparse.ArgumentParser, *, hidden: bool) -> set[str]:
    """The long options of a command, those kept out of its help or the others."""
    return {
        name
        for action in parser._actions
        for name in action.option_strings
        if name.startswith("--") and (action.help is argparse.SUPPRESS) is hidden
    } - {"--help"}


def test_there_is_a_section_for_each_command_in_the_order_of_the_help() -> None:
    titles = re.findall(r"^## valueviz (\S+)$", text(COMMANDS_PAGE), re.MULTILINE)
    assert titles == list(parsers())
    assert len(titles) == len(COMMANDS)


@pytest.mark.parametrize("command", sorted(parsers()))
def test_a_section_names_every_option_and_no_other(command: str) -> None:
    parser = parsers()[command]
    words = section(COMMANDS_PAGE, f"valueviz {command}")
    named = set(re.findall(r"--[a-z][a-z-]+", words))
    shared = {"--lang"} if command == "demo" else {"--lang", "--workspace"}
    assert options(parser, hidden=False) - named - shared == set()
    assert options(parser, hidden=True) - named == set()
    assert named <= options(parser, hidden=False) | options(parser, hidden=True) | mentioned(command)


def mentioned(command: str) -> set[str]:
    """Options of other commands that a section speaks of."""
    return {"facts": {"--out"}}.get(command, set())


@pytest.mark.parametrize("command", sorted(parsers()))
def test_a_section_names_every_choice(command: str) -> None:
    words = section(COMMANDS_PAGE, f"valueviz {command}")
    choices = {
        choice for action in parsers()[command]._actions if action.option_strings for choice in action.choices or ()
    }
    named = {word for code in codes(words) for word in re.split(r"[\s|]", code)}
    assert choices - named == set()


def test_the_json_objects_have_the_keys_that_the_page_lists() -> None:
    from valueviz.cli.effect import record

    series = Series("s", "month", tuple(range(24_000, 24_030)), tuple(100.0 + i % 3 for i in range(30)))
    listed = re.search(r"An object holds (.+)\.", section(COMMANDS_PAGE, "valueviz effect"))
    assert listed
    assert codes(listed[1]) == list(record(estimate(series, Design(24_020))))


# Files ───────────────────────────────────────────────────────────────────────


def examples(kind: str) -> list[str]:
    """The examples of a kind of file, which its first line names."""
    return [block for block in blocks(FILES_PAGE, "toml") if block.startswith(f"# {kind}\n")]


def test_every_example_is_of_a_kind_that_is_read_here() -> None:
    kinds = {block.partition("\n")[0].removeprefix("# ") for block in blocks(FILES_PAGE, "toml")}
    assert kinds == {"engagement", "mapping", "template", "brand"}


def test_the_example_of_an_engagement_is_read_and_uses_every_key() -> None:
    (example,) = examples("engagement")
    engagement = read_engagement(example, file="files.md")
    catalog.check_promises(
        engagement, [metric.key for metric in catalog.pack(engagement.industry).metrics], file="files.md"
    )
    values = tomllib.loads(example)
    assert set(values) == set(ENGAGEMENT_KEYS)
    for name, entry in tables(values):
        assert set(entry) == keys_known(name), name


def tables(values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables of an engagement by name."""
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield name, value[0]
        elif isinstance(value, dict) and name != "name":
            yield name, value


def keys_known(name: str) -> set[str]:
    """The keys a table of an engagement may have: the fields of the noun it becomes."""
    from valueviz import terms

    noun: Any = getattr(terms, name.capitalize())
    return {field.name for field in fields(noun)}


def test_the_page_names_every_key_of_an_engagement() -> None:
    words = section(FILES_PAGE, "Engagement")
    (example,) = examples("engagement")
    wanted = set(ENGAGEMENT_KEYS) | {key for _, entry in tables(tomllib.loads(example)) for key in entry}
    named = {word for code in codes(words) for word in re.findall(r"[a-z_]+", code)}
    assert wanted - named == set()


def test_the_examples_of_mappings_are_read_and_the_page_names_every_key() -> None:
    for example in examples("mapping"):
        read_mapping(example, file="files.md")
    columns = {key for keys in _COLUMNS.values() for key in keys}
    form = {field.name for field in fields(Format)}
    named = {word for code in codes(section(FILES_PAGE, "Mapping")) for word in re.findall(r"[A-Za-z_]+", code)}
    assert columns | form | {"layout", "columns", "format", "allowed", "metric"} <= named
    used = [tomllib.loads(example) for example in examples("mapping")]
    assert {key for each in used for key in each.get("format", {})} == form
    assert {key for each in used for key in each["columns"]} >= set(_COLUMNS["wide"])


def test_the_example_of_a_metric_uses_every_key_and_the_page_names_them() -> None:
    words = section(FILES_PAGE, "Metric")
    named = {word for code in codes(words) for word in re.findall(r"[a-z_]+", code)}
    assert {*metric_reader.KEYS, "expression"} <= named
    example = next(block for block in examples("mapping") if "handover_minutes" in block)
    assert set(tomllib.loads(example)["metric"]["handover_minutes"]) == set(metric_reader.KEYS)


def test_the_page_names_every_choice_of_a_metric() -> None:
    named = set(codes(section(FILES_PAGE, "Metric")))
    for known in (metric_reader._GRAINS, metric_reader._BETTER, metric_reader._AGGREGATIONS):
        assert set(known) <= named
    assert set(metric_reader._CLASSES) | set(metric_reader._INSTRUMENTS) <= named


def test_the_page_names_everything_a_pack_holds() -> None:
    words = section(FILES_PAGE, "Metric")
    values = tomllib.loads((catalog.shipped("valueviz", "catalog", "packs", "general.toml")).read_text("utf-8"))
    named = {word for code in codes(words) for word in re.findall(r"[a-z_]+", code)}
    parts = {part for kind in ("phase", "readiness", "recording") for entry in values[kind].values() for part in entry}
    assert {*values, *parts} <= named


def test_the_example_of_a_template_is_read_and_the_page_names_every_condition() -> None:
    (example,) = examples("template")
    template = read_template(example, key="renewal", file="files.md")
    words = section(FILES_PAGE, "Template")
    assert [entry.key for entry in template.sections] == ["summary", "change"]
    assert {*catalog.CONDITIONS, "title", "question", "needs_client", "when"} <= {
        word for code in codes(words) for word in code.split(", ")
    }


def test_the_example_of_a_brand_is_read_and_uses_every_key() -> None:
    (example,) = examples("brand")
    read_brand(example, key="harbour", folder=catalog.shipped("report_templates", "brands"), file="files.md")
    assert set(tomllib.loads(example)) == set(BRAND_KEYS)
    assert set(BRAND_KEYS) <= set(codes(section(FILES_PAGE, "Brand")))


# Methods ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("season", "grain", "scale", "weighted"),
    [(12.0, "month", "identity", False), (1.0, "week", "log", False), (7.0, "day", "identity", True)],
)
def test_the_method_as_written_gives_the_numbers_of_the_product(
    season: float, grain: Any, scale: Any, weighted: bool
) -> None:
    (code,) = blocks(METHODS_PAGE, "python")
    written: dict[str, Any] = {}
    exec(compile(code, "methods.md", "exec"), written)
    rng = np.random.default_rng(11)
    count, before, first = 40, 26, 24_000
    at = np.arange(float(count))
    values = 90 + 0.3 * at + 4 * np.sin(at / 2) + np.cumsum(rng.normal(size=count)) - 6 * (at >= before)
    volumes = tuple(float(volume) for volume in rng.integers(20, 200, size=count)) if weighted else None
    ordinals = tuple(range(first, first + count))
    series = Series("s", grain, ordinals, tuple(float(value) for value in values), volumes=volumes)
    effect = estimate(series, Design(first + before, season=season, scale=scale), thorough=False)
    y = np.log(values) if scale == "log" else values
    columns = [np.ones(count), at, *season_columns(at + first, season)]
    found = written["primary"](at, y, columns, n_before=before, volumes=None if volumes is None else np.array(volumes))
    mean_after = float(values[before:].mean())
    back = [mean_after * (1 - np.exp(-theta)) if scale == "log" else theta for theta in found]
    assert back == pytest.approx([effect.estimate, effect.low, effect.high], rel=1e-6)


def test_the_page_names_every_diagnostic_in_order_and_every_threshold() -> None:
    listed = [codes(row[0])[0] for row in rows(section(METHODS_PAGE, "Diagnostics"))]
    assert listed == list(checks.NAMES)


def test_the_page_names_every_reason_in_the_order_of_precedence() -> None:
    from valueviz.analysis.effect import verdict

    listed = [codes(row[1])[0] for row in rows(section(METHODS_PAGE, "Refusals"))]
    docstring = verdict.__doc__ or ""
    stated = re.findall(
        r"[a-z_]+_changed|too_few_periods|constant|season_too_short|missing|other_event|scale|other_date", docstring
    )
    assert listed == stated


def test_the_constants_on_the_page_are_those_of_the_code() -> None:
    from valueviz.analysis.effect import noise, verdict
    from valueviz.engine import cohort

    words = text(METHODS_PAGE)
    weights = {rho: float(np.exp(noise.GRID.log_prior[noise.GRID.rho == rho]).sum()) for rho in noise.RHO}
    (code,) = blocks(METHODS_PAGE, "python")
    written: dict[str, Any] = {}
    exec(compile(code, "methods.md", "exec"), written)
    assert written["PRIOR"] == pytest.approx(weights)
    assert checks.DECLARED == 0.5  # as likely as all others together
    for said in (
        f"fewer than {verdict.MIN_BEFORE} usable points before or {verdict.MIN_AFTER} after",
        f"over {verdict.MAX_MISSING:.0%} of the periods".replace("%", " %"),
        f"differs by over {verdict.MAX_MISSING_GAP * 100:.0f} points",
        f"fewer than {verdict.EVENT_DISTANCE} usable points",
        f"within {verdict.DATE_WINDOW} periods of go-live below {verdict.DATE_NEAR}, of one other date above {verdict.DATE_ELSEWHERE}",
        f"the **{verdict.CLAIM_LEVEL:.0%}** interval".replace("%", " %"),
        f"above {checks.WANDERING_MASS};",
        f"below {checks.LJUNG_BOX_LEVEL}",
        f"above {checks.PLACEBO_SHARE:.2f}",
        f"beyond {checks.OUTLIER_SPREADS} robust",
        "Beforehand the declared go-live is as likely as all other dates together",
        f"more than {checks.MOST_SPIKES:.0%} of the points".replace("%", " %"),
        f"at least {cohort.MEMBER_SHARE * 10:.0f} in 10 periods".replace(" in ", " of "),
        f"fewer than {cohort.COMPLETE_SHARE * 20:.0f} of 20 periods",
        f"{len(noise.GRID)} kinds",
    ):
        assert said in words, said


# Glossary ────────────────────────────────────────────────────────────────────


def words_of(locale: Locale) -> dict[str, Any]:
    """The language file as it lies there."""
    return tomllib.loads((REPOSITORY / "valueviz" / "language" / f"{locale}.toml").read_text(encoding="utf-8"))


def test_the_glossary_has_the_words_of_the_language_files() -> None:
    entries = rows(text(DOCS / "glossary.md"))
    files = {"en": words_of("en"), "zh_CN": words_of("zh_CN")}
    for code, english, chinese, _ in entries:
        if "." in code:
            table, key = code.strip("`").split(".")
            assert (english, chinese) == (files["en"][table][key], files["zh_CN"][table][key]), code


@pytest.mark.parametrize(
    "table", ["verdict", "phase", "instrument", "benefit_class", "rival_state", "assumption_status"]
)
def test_the_glossary_has_every_word_of_a_closed_list(table: str) -> None:
    codes_there = {row[0].strip("`") for row in rows(text(DOCS / "glossary.md"))}
    assert {f"{table}.{key}" for key in words_of("en")[table]} <= codes_there


# The house ───────────────────────────────────────────────────────────────────


def project() -> dict[str, Any]:
    tools: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return tools


def test_the_rooms_on_the_page_are_the_modules_of_the_package() -> None:
    table = rows(section(DOCS / "architecture.md", "The rooms"))
    named = [code for row in table for code in codes(row[0])]
    package = REPOSITORY / "valueviz"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert sorted(named) == sorted(folders | modules)


def test_the_rooms_stand_in_the_order_of_the_import_contract() -> None:
    contracts = project()["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    table = rows(section(DOCS / "architecture.md", "The rooms"))
    assert [codes(row[0]) for row in table] == [layer.split(" | ") for layer in layers]


def test_the_owners_of_libraries_are_those_of_the_import_contracts() -> None:
    owners: dict[str, set[str]] = {}
    for contract in project()["importlinter"]["contracts"]:
        for library in contract.get("protected_modules", ()):
            owners[library] = {importer.removeprefix("valueviz.") for importer in contract["allowed_importers"]}
    told: dict[str, set[str]] = {}
    for room, _, libraries in rows(section(DOCS / "architecture.md", "The rooms")):
        for names, owner in re.findall(r"((?:[a-z_]+(?:, )?)+)(?: \(`([a-z.]+)`\))?", libraries):
            for library in names.strip(", ").split(", "):
                told.setdefault(library, set()).add(owner or codes(room)[0])
    assert told == owners


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_a_page_is_reached_from_the_index(page: Path) -> None:
    from tests.docs.pages import links

    assert page.name == "index.md" or page.name in links(DOCS / "index.md")
