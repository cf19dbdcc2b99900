"""What a workspace knows of what a form asks for: the form filled again, so that a client corrects instead of typing.

Monthly figures are those that forms brought in: what came from a system's export stays with that export, or it
would count twice when the form comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from valueviz.catalog import pack_or_general
from valueviz.catalog.filling import Filled, MonthlyLine
from valueviz.catalog.form import FormPlan, months_around, months_from, plan
from valueviz.store import Client
from valueviz.terms import Locale


def known(client: Client) -> Filled:
    """Engagement, monthly figures and process of a client, as far as a form asks for them."""
    return Filled(engagement=client.engagement(), monthly=_monthly(client), process=client.hand_steps())


def plan_of(client: Client, locale: Locale, *, filled: Filled) -> FormPlan:
    """The plan of a client's form: its metrics, the months from its baseline on and all that hold figures."""
    agreed = client.engagement()
    months = months_around(agreed.go_live, baseline=agreed.baseline.start if agreed.baseline else None)
    numbers = [_number(month) for line in filled.monthly for month, _ in line.values]
    first, last = min([_number(months[0]), *numbers]), max([_number(months[-1]), *numbers])
    return plan(
        pack_or_general(agreed.industry),
        locale,
        industry=agreed.industry,
        currency=agreed.currency,
        metrics=client.inline_metrics(),
        named=(*(promise.metric for promise in agreed.promises), *agreed.negative_controls),
        months=months_from(first, last),
    )


def _number(day: date) -> int:
    return 12 * day.year + day.month - 1


@dataclass(slots=True)
class _Line:
    """A row in the making: which series it is, the line it stood on in the last form, its figures."""

    series: tuple[str, str | None, str | None, str | None]
    row: int | None
    values: dict[date, float]

    def finished(self) -> MonthlyLine:
        metric, site, instrument, version = self.series
        return MonthlyLine(metric, site, instrument, version, tuple(sorted(self.values.items())), self.row)


def _monthly(client: Client) -> tuple[MonthlyLine, ...]:
    """The lines of forms whose figures count; those of the last form on the rows they stood on, older ones added."""
    from valueviz import engine

    digests = [record.snapshot for record in client.imports() if record.source == "workbook"]
    if not digests:
        return ()
    values = engine.entered(client.cache(), snapshots=digests)
    newest = max((each.snapshot for each in values), default=0)
    lines: list[_Line] = []
    for each in sorted(values, key=lambda value: (-value.snapshot, value.row, value.day)):
        series = (each.metric, each.site, each.instrument, each.definition_version)
        row = each.row if each.snapshot == newest else None
        same = next((line for line in lines if line.series == series and row in (None, line.row)), None)
        if same is None:
            lines.append(same := _Line(series, row, {}))
        same.values.setdefault(each.day.replace(day=1), each.value)
    return tuple(line.finished() for line in lines)
