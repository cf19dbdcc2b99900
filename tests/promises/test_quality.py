"""What the gate finds reaches grades and pages, and finds nothing in the sample that was not planted there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from valueviz import story, study
from valueviz.catalog import read_engagement, read_mapping
from valueviz.intake import import_file
from valueviz.store import Workspace
from valueviz.story.voice import plain
from valueviz.study import Study
from valueviz.terms import weakest

SETTLED = {
    "document_corrections",
    "on_time_delivery_rate",
    "order_lead_time_days",
    "scheduling_response_hours",
    "shortage_downtime_hours",
}
"""Planning was recorded anew from December 2024 on: half of the agreed baseline is missing, as planted."""


def test_the_sample_holds_the_findings_that_were_planted_and_no_others(answered: Study) -> None:
    found = {(each.code, each.metric) for each in answered.findings if each.code != "gaps"}
    assert found == {
        ("instrument_changed", "batch_trace_minutes"),
        ("instrument_indicative", "batch_trace_minutes"),
        ("instrument_indicative", "inventory_variance_rate"),
        ("instrument_indicative", "report_preparation_hours"),
        ("too_few_before", "engineering_change_days"),
        ("baseline_partly", "engineering_change_days"),
        *(("baseline_partly", key) for key in SETTLED),
    }


def test_gaps_are_the_weeks_in_which_nothing_was_delivered(answered: Study) -> None:
    for outcome in answered.outcomes:
        missing = tuple(ordinal for ordinal, reason in outcome.effect.excluded if reason == "missing")
        assert tuple(o for each in outcome.findings if each.code == "gaps" for o in each.periods) == missing


def test_a_grade_is_the_weakest_of_effect_and_findings(answered: Study) -> None:
    for outcome in answered.outcomes:
        caps = [each.cap for each in outcome.findings if each.cap]
        assert outcome.effect.grade is None or outcome.grade == weakest(outcome.effect.grade, *caps)


def test_a_finding_blocks_exactly_where_a_verdict_is_silent(answered: Study) -> None:
    for outcome in answered.outcomes:
        blocked = any(each.consequence == "blocks" for each in outcome.findings)
        assert blocked is (outcome.effect.verdict in ("not_comparable", "refused"))


def test_findings_are_reached_by_repair_those_first_that_lift_a_silence(answered: Study) -> None:
    repairs = answered.repairs()
    assert [repair for repair, _ in repairs] == ["same_instrument", "measure_more", "record_daily", "complete_export"]
    assert sorted(each.code for _, found in repairs for each in found) == sorted(
        each.code for each in answered.findings
    )


def test_another_unit_at_one_site_never_leads_a_report(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    lines = ["date,site,value"]
    for month in range(36):
        day = date(2023 + month // 12, month % 12 + 1, 1)
        for site, factor in (("P100", 1.0), ("P200", 0.1 if month >= 24 else 1.0)):
            lines.append(f"{day},{site},{factor * (50 + 2 * rng.normal()):.2f}")
    path = tmp_path / "export.csv"
    path.write_text("\n".join([*lines, ""]))
    engagement = 'name = "Sample"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "CNY"\ngo_live = 2025-01-01\n'
    mapping = '[columns]\ndate = "date"\nvalue = "value"\nmetric = "month_close_days"\ndimensions = ["site"]\n'
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("sample", engagement.encode(), read_engagement(engagement, file="e.toml"), file="e.toml")
    client = workspace.client("sample")
    import_file(client, path, mapping=read_mapping(f'layout = "long"\n{mapping}', file="m.toml"))
    (outcome,) = study.run(workspace, study.ask(client)).outcomes
    assert (outcome.effect.verdict, outcome.grade) == ("improved", "D")
    assert [(each.code, each.site) for each in outcome.findings] == [("unit_changed", "P200")]
    document = story.compose(study.run(workspace, study.ask(client)), story.view("renewal", locale="en"))
    assert "month" not in plain(document.cover.answer).lower()
    said = "".join(run.text for section, run in story.runs(document) if section == "quality")
    assert "(P200): the level changes about 10-fold at go-live" in said
