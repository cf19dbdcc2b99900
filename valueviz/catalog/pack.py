"""Packs: metrics, phases, readiness checks, first recordings and starter flows of one industry; cases beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from valueviz.catalog.definition import Table, parse
from valueviz.catalog.flow import Flow, read_flows
from valueviz.catalog.metric import read_metrics
from valueviz.catalog.nearest import suggestion
from valueviz.catalog.shipped import CATALOG, digest_of, keys_in, read_shipped
from valueviz.errors import UsageError
from valueviz.terms import PHASES, Metric, Names, PhaseKey

GENERAL = "general"
"""The pack of every industry: its phases, checks, recordings and flows stand where a pack has none of its own."""


@dataclass(frozen=True, slots=True)
class PhaseGuide:
    """What a phase delivers, what each side owes it, and what breaks where it is skipped."""

    key: PhaseKey
    name: Names
    deliverable: Names
    client_duty: Names
    vendor_duty: Names
    breaks_if_skipped: Names


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """A question of the self-check, and the sentence that names the gap where the answer is no."""

    key: str
    topic: Names
    question: Names
    gap: Names


@dataclass(frozen=True, slots=True)
class Recording:
    """What to start recording before the work begins, how, how often and by whom; `metrics` it feeds."""

    key: str
    what: Names
    how: Names
    how_often: Names
    who: Names
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything defined for one industry."""

    key: str
    name: Names
    metrics: tuple[Metric, ...]
    phases: tuple[PhaseGuide, ...]
    readiness: tuple[ReadinessCheck, ...]
    recordings: tuple[Recording, ...]
    digest: str
    flows: tuple[Flow, ...] = ()

    def metric(self, key: str) -> Metric:
        """The metric of a key.

        Raises:
            UsageError: `metric_not_in_pack` with the nearest key.
        """
        for metric in self.metrics:
            if metric.key == key:
                return metric
        known = tuple(metric.key for metric in self.metrics)
        raise UsageError("metric_not_in_pack", metric=key, pack=self.key, nearest=suggestion(key, known))

    def phase(self, key: PhaseKey) -> PhaseGuide:
        """The guide of a phase; every pack has all five."""
        return next(guide for guide in self.phases if guide.key == key)


def packs() -> tuple[str, ...]:
    """The keys of all packs."""
    return keys_in(CATALOG / "packs")


@cache
def pack(industry: str) -> Pack:
    """The pack of an industry.

    Args:
        industry: its key, one of `packs()`.

    Raises:
        UsageError: `industry_unknown` with the nearest key.
    """
    if industry not in packs():
        raise UsageError("industry_unknown", found=industry, nearest=suggestion(industry, packs()))
    file = f"{industry}.toml"
    return read_pack(
        read_shipped(CATALOG / "packs" / file),
        key=industry,
        file=file,
        general=None if industry == GENERAL else pack(GENERAL),
    )


def pack_or_general(industry: str | None) -> Pack:
    """The pack of an industry, and the general one where there is none: an industry needs no pack."""
    return pack(industry if industry in packs() and industry is not None else GENERAL)


SHIPPED_CURRENCY = "CNY"
"""The unit by which a shipped metric says that it is money: that of the engagement, whichever it is."""


def priced(metrics: Iterable[Metric], currency: str) -> tuple[Metric, ...]:
    """The metrics of a pack with their money in the currency of an engagement.

    >>> [each.unit for each in priced(pack("manufacturing").metrics, "EUR") if each.key == "incident_loss_amount"]
    ['EUR']
    """
    found = ((each, *each.unit.partition("/")) for each in metrics)
    return tuple(
        replace(each, unit=f"{currency}{joint}{per}") if money == SHIPPED_CURRENCY else each
        for each, money, joint, per in found
    )


def read_pack(text: str, *, key: str, file: str, general: Pack | None) -> Pack:
    """The pack a file describes.

    Args:
        text: the content of the file, TOML.
        key: key of the industry.
        file: its name, for errors.
        general: the pack whose phases, checks, recordings and flows stand where this one has none.

    Raises:
        DefinitionError: a key is unknown, missing or wrong, or two metrics share a header.
    """
    top = Table(parse(text, file=file), file=file, keys=("name", "metric", "phase", "readiness", "recording", "flow"))
    metrics = read_metrics(top.open_table("metric"), shipped=True) if "metric" in top.values else ()
    _refuse_shared_headers(top, metrics)
    recordings = _recordings(top, tuple(metric.key for metric in metrics))
    return Pack(
        key=key,
        name=top.names("name"),
        metrics=metrics,
        phases=_phases(top) if general is None or "phase" in top.values else general.phases,
        readiness=_readiness(top) or (general.readiness if general else ()),
        recordings=recordings or (general.recordings if general else ()),
        digest=digest_of(text, general.digest if general else ""),
        flows=read_flows(top) or (general.flows if general else ()),
    )


def plain_header(header: str) -> str:
    """A header as it is compared: no case, no white space, no bracket, no joint.

    >>> plain_header("Lead time（小时）") == plain_header("lead_time(小时)")
    True
    """
    return "".join(letter for letter in header.casefold() if letter.isalnum() or letter in "%‰")


def headers_of(metric: Metric) -> tuple[str, ...]:
    """Every header under which a metric is known: its key, its names, its synonyms."""
    return metric.key, *(text for _, text in metric.name.texts), *metric.synonyms


def _refuse_shared_headers(top: Table, metrics: tuple[Metric, ...]) -> None:
    owners: dict[str, str] = {}
    for metric in metrics:
        for header in headers_of(metric):
            owner = owners.setdefault(plain_header(header), metric.key)
            if owner != metric.key:
                raise top.refuse("header_shared", f"metric.{metric.key}.synonyms", found=header, nearest=owner)


def _phases(top: Table) -> tuple[PhaseGuide, ...]:
    parent = top.table("phase", keys=PHASES)
    texts = ("name", "deliverable", "client_duty", "vendor_duty", "breaks_if_skipped")
    tables = {key: parent.table(key, keys=texts) for key in PHASES if key in parent.values}
    for key in PHASES:
        if key not in tables:
            raise parent.refuse("key_missing", key)
    return tuple(PhaseGuide(key, *(tables[key].names(text) for text in texts)) for key in PHASES)


def _entries(top: Table, kind: str, keys: tuple[str, ...]) -> tuple[tuple[str, Table], ...]:
    if kind not in top.values:
        return ()
    parent = top.open_table(kind)
    return tuple((key, parent.table(key, keys=keys)) for key in parent.values)


def _readiness(top: Table) -> tuple[ReadinessCheck, ...]:
    return tuple(
        ReadinessCheck(key, entry.names("topic"), entry.names("question"), entry.names("gap"))
        for key, entry in _entries(top, "readiness", ("topic", "question", "gap"))
    )


def _recordings(top: Table, known: tuple[str, ...]) -> tuple[Recording, ...]:
    return tuple(
        _recording(key, entry, known)
        for key, entry in _entries(top, "recording", ("what", "how", "how_often", "who", "metrics"))
    )


def _recording(key: str, entry: Table, known: tuple[str, ...]) -> Recording:
    metrics = entry.maybe(entry.texts, "metrics") or ()
    for metric in metrics:
        if metric not in known:
            raise entry.refuse("key_not_one_of", "metrics", found=metric, nearest=suggestion(metric, known) or None)
    return Recording(
        key=key,
        what=entry.names("what"),
        how=entry.names("how"),
        how_often=entry.names("how_often"),
        who=entry.names("who"),
        metrics=metrics,
    )
