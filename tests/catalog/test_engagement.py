"""An engagement file becomes an Engagement, whole and typed."""

from __future__ import annotations

from datetime import date

import pytest

from valueviz.catalog import check_promises, read_engagement, write_engagement
from valueviz.errors import DefinitionError
from valueviz.terms import (
    Assumption,
    Baseline,
    Contract,
    Engagement,
    Event,
    Names,
    Phase,
    Promise,
    Rival,
    Site,
    Step,
)

SHORT = """
name = "雪松泵业"
system = "ERP"
industry = "pumps"
currency = "CNY"
go_live = 2025-03-01
"""

FULL = """
name = "雪松泵业"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = "2025-03-01"
language = "zh-CN"
transition_periods = 2
synthetic = true
negative_controls = ["canteen_visits"]

[baseline]
start = 2024-01-01
end = 2025-02-28
chosen_by = "项目组"
chosen_on = 2024-12-01
signed_by = "王厂长"
signed_on = 2024-12-20

[[site]]
key = "苏州"
[[site]]
key = "宁波"
go_live = 2025-05-01

[[phase]]
key = "migration"
start = 2025-01-01
end = 2025-02-20

[[step]]
key = "codes"
name = "物料编码清理"
phase = "migration"
date = 2025-01-15
by = "client"
mode = "assisted"

[contract]
start = 2024-10-01
end = 2026-09-30
price = 880_000

[[promise]]
metric = "month_close_days"
target = "change"
value = -3
signed_on = 2024-12-20

[[assumption]]
key = "hourly_rate"
value = 62
low = 55
high = 70
unit = "CNY"
source = "人力资源部"
owner = "财务总监"
status = "client_confirmed"

[[event]]
date = 2025-06-01
name = "电价上调"

[[rival]]
name = "订单减少"
kind = "volume"
state = "judged"
note = "下降不到百分之二"
"""


def test_an_engagement_of_five_keys_is_enough() -> None:
    assert read_engagement(SHORT, file="e.toml") == Engagement(
        name=Names.same("雪松泵业"), system="ERP", industry="pumps", currency="CNY", go_live=date(2025, 3, 1)
    )


def test_every_table_of_an_engagement_is_read() -> None:
    assert read_engagement(FULL, file="e.toml") == Engagement(
        name=Names.same("雪松泵业"),
        system="ERP",
        industry="manufacturing",
        currency="CNY",
        go_live=date(2025, 3, 1),
        language="zh_CN",
        transition_periods=2,
        synthetic=True,
        baseline=Baseline(
            date(2024, 1, 1),
            date(2025, 2, 28),
            Names.same("项目组"),
            date(2024, 12, 1),
            Names.same("王厂长"),
            date(2024, 12, 20),
        ),
        sites=(Site("苏州"), Site("宁波", date(2025, 5, 1))),
        phases=(Phase("migration", date(2025, 1, 1), date(2025, 2, 20)),),
        steps=(Step("codes", Names.same("物料编码清理"), "migration", date(2025, 1, 15), "client", "assisted"),),
        contract=Contract(date(2024, 10, 1), date(2026, 9, 30), 880_000.0),
        promises=(Promise("month_close_days", "change", -3.0, date(2024, 12, 20)),),
        assumptions=(
            Assumption(
                "hourly_rate",
                Names.same("hourly_rate"),
                62.0,
                55.0,
                70.0,
                "CNY",
                Names.same("人力资源部"),
                Names.same("财务总监"),
                "client_confirmed",
            ),
        ),
        events=(Event(date(2025, 6, 1), Names.same("电价上调")),),
        rivals=(Rival(Names.same("订单减少"), "volume", "judged", Names.same("下降不到百分之二")),),
        negative_controls=("canteen_visits",),
    )


def test_each_site_goes_live_on_its_own_day_on_that_of_all_or_never() -> None:
    sites = '[[site]]\nkey = "a"\n[[site]]\nkey = "b"\ngo_live = 2025-05-01\n[[site]]\nkey = "c"\ngo_live = "never"'
    engagement = read_engagement(SHORT + sites, file="e.toml")
    assert engagement.sites == (Site("a"), Site("b", date(2025, 5, 1)), Site("c", "never"))
    days = {site: engagement.went_live(site) for site in ("a", "b", "c", "not listed")}
    assert days == {"a": date(2025, 3, 1), "b": date(2025, 5, 1), "c": None, "not listed": date(2025, 3, 1)}
    assert read_engagement(write_engagement(engagement), file="e.toml") == engagement


@pytest.mark.parametrize(
    ("lines", "promise"),
    [
        ("value = 3", Promise("oee", "level", 3.0)),
        ('target = "level"\nvalue = 3', Promise("oee", "level", 3.0)),
        ('target = "relative"\nvalue = -0.25', Promise("oee", "relative", -0.25)),
        ("target = 80.5", Promise("oee", "level", 80.5)),
        ("target = 80.5\nvalue = 120_000", Promise("oee", "level", 80.5)),
    ],
    ids=["no target", "level", "relative", "a number is a level", "a number and what it is worth"],
)
def test_the_target_says_what_the_value_of_a_promise_means(lines: str, promise: Promise) -> None:
    engagement = read_engagement(f'{SHORT}[[promise]]\nmetric = "oee"\n{lines}', file="e.toml")
    assert engagement.promises == (promise,)


def test_a_promise_about_a_metric_nobody_defines_names_the_nearest() -> None:
    engagement = read_engagement(f'{SHORT}[[promise]]\nmetric = "month_close_day"\nvalue = 3', file="e.toml")
    with pytest.raises(DefinitionError) as caught:
        check_promises(engagement, ("oee", "month_close_days"), file="e.toml")
    assert caught.value.code == "metric_undefined"
    assert caught.value.fields == {
        "file": "e.toml",
        "key": "promise[1].metric",
        "found": "month_close_day",
        "nearest": "month_close_days",
    }


def test_a_negative_control_nobody_defines_is_refused_too() -> None:
    engagement = read_engagement(FULL, file="e.toml")
    with pytest.raises(DefinitionError) as caught:
        check_promises(engagement, ("month_close_days",), file="e.toml")
    assert (caught.value.fields["key"], caught.value.fields["found"]) == ("negative_controls", "canteen_visits")


def test_promises_about_known_metrics_pass() -> None:
    check_promises(read_engagement(FULL, file="e.toml"), ("month_close_days", "canteen_visits"), file="e.toml")
