"""Plan beside actual, a month beside its running total: which rows count is asked, and the others are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from valueviz.catalog import read_engagement, read_mapping
from valueviz.errors import DataError, DefinitionError
from valueviz.intake import Told, import_file
from valueviz.intake.look import look
from valueviz.intake.skeleton import draft
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import Locale

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""

PLAN = "月份,类型,OEE%\n" + "".join(
    f"2024-{month:02d},计划,80\n2024-{month:02d},实际,6{month % 7}\n" for month in range(1, 7)
)

FILES = {
    "plan and actual as a dimension": (PLAN, "类型", ["计划", "实际"]),
    "month and year to date as a version": (
        PLAN.replace("类型", "口径").replace("计划", "累计").replace("实际", "当月"),
        "口径",
        ["累计", "当月"],
    ),
    "month and year to date under a header of their own": (
        PLAN.replace("类型", "指标类别").replace("计划", "本年累计").replace("实际", "当月"),
        "指标类别",
        ["本年累计", "当月"],
    ),
    "in english": (
        PLAN.replace("类型", "Scenario").replace("计划", "Budget").replace("实际", "Actual"),
        "Scenario",
        ["Budget", "Actual"],
    ),
    "a forecast in months of its own": (
        "月份,类型,OEE%\n2024-01,实际,60\n2024-02,实际,61\n2024-03,预测值,70\n",
        "类型",
        ["实际", "预测值"],
    ),
}


@pytest.fixture
def client(tmp_path: Path, without_child: None) -> Client:
    """A client without data."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("works", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    return workspace.client("works")


def _file(tmp_path: Path, content: str, name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", FILES)
def test_rows_of_several_scenarios_are_a_question(case: str, client: Client, tmp_path: Path) -> None:
    content, column, words = FILES[case]
    path = _file(tmp_path, content)
    (question,) = look(client, path).questions
    assert (question.code, question.column) == ("which_scenario", column)
    assert [each.value for each in question.candidates] == words
    with pytest.raises(DataError, match="which_scenario") as refusal:
        import_file(client, path, propose=True)
    assert refusal.value.fields["candidates"] == " | ".join(words)


@pytest.mark.parametrize("case", FILES)
def test_the_scenario_that_was_told_counts_and_the_others_are_rejected(
    case: str, client: Client, tmp_path: Path
) -> None:
    content, column, words = FILES[case]
    path = _file(tmp_path, content)
    looked = look(client, path, told=Told(scenarios=((column, words[1]),)))
    assert looked.questions == ()
    result = import_file(client, path, looked=looked)
    others = content.count(f",{words[0]},")
    assert (result.accepted, result.rejected) == (content.count(f",{words[1]},"), others)
    assert {(each.column, each.value, each.reason) for each in result.rejects} == {(column, words[0], "other_scenario")}
    assert result.mapping.dimensions == ()


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
def test_the_draft_asks_for_the_scenario_and_is_refused_until_it_is_answered(
    tongue: Locale, client: Client, tmp_path: Path
) -> None:
    path = _file(tmp_path, PLAN)
    text = draft(look(client, path), language(tongue))
    with pytest.raises(DefinitionError, match="mapping_unanswered") as refusal:
        read_mapping(text, file="m.toml")
    assert refusal.value.fields["choices"] == '"计划" | "实际"'
    result = import_file(client, path, mapping=read_mapping(text.replace('"?"', '"实际"'), file="m.toml"))
    assert (result.accepted, result.rejected) == (6, 6)


def test_the_next_file_follows_the_scenario_that_was_chosen(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, PLAN)
    import_file(client, path, looked=look(client, path, told=Told(scenarios=(("类型", "实际"),))))
    later = import_file(client, _file(tmp_path, PLAN.replace("2024", "2025"), "later.csv"))
    assert (later.remembered, later.accepted, later.rejected) == ("rows.csv", 6, 6)


def test_a_remembered_mapping_does_not_pool_scenarios_that_come_later(client: Client, tmp_path: Path) -> None:
    only = "".join(line for line in PLAN.splitlines(keepends=True) if "计划" not in line)
    import_file(client, _file(tmp_path, only), propose=True)
    with pytest.raises(DataError, match="which_scenario"):
        import_file(client, _file(tmp_path, PLAN.replace("2024", "2025"), "later.csv"))


def test_scenarios_may_be_kept_as_groups_of_their_own(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, FILES["month and year to date as a version"][0])
    looked = look(client, path, told=Told(parts=(("口径", "dimension"),)))
    result = import_file(client, path, looked=looked)
    assert (result.accepted, result.mapping.dimensions) == (12, ("口径",))


def test_kinds_of_downtime_are_no_scenarios(client: Client, tmp_path: Path) -> None:
    content = PLAN.replace("计划", "计划停机").replace("实际", "非计划停机")
    assert look(client, _file(tmp_path, content)).questions == ()
