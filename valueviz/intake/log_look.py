"""What a file only a reader of logs can take (XES, canonical Parquet) is understood as: nothing in it is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from valueviz.catalog import Mapping
from valueviz.engine import log_export
from valueviz.intake.log import LogRead, take_log
from valueviz.intake.log_proposal import LOG_PARTS, log_parts
from valueviz.intake.look import SAMPLES, Column, Understanding
from valueviz.intake.personal import personal_columns, without
from valueviz.intake.question import Told
from valueviz.intake.withholding import left_out
from valueviz.terms.finding import PersonalColumn

MOST_TEXTS = 2000
"""Different texts of one attribute that are looked at."""

FOUND_OUT = Mapping(layout="events")
"""The mapping of a log that says itself what everything in it is."""


def look_at_log(path: Path, *, told: Told, name: str | None) -> Understanding:
    """The understanding of such a file (see `look`)."""
    with TemporaryDirectory() as made:
        out = Path(made) / "log.parquet"
        read = take_log(
            path, mapping=FOUND_OUT, out=out, folder=Path(made), strict=False, progress=lambda stage, share: None
        )
        texts = log_export.texts(out, most=MOST_TEXTS)
        rows = log_export.first_rows(out, SAMPLES)
    personal = _personal(read, texts, keep=told.personal == "keep")
    mapping = without(read.mapping, left_out(personal))
    shown = {part: [str(row[at]) for row in rows] for part, at in (("case", 1), ("activity", 2), ("complete", 3))}
    return Understanding(
        file=name or path.name,
        digest=read.digest,
        encoding=None,
        delimiter=None,
        sheets=(),
        header_row=1,
        header_rows=0,
        columns=tuple(_columns(mapping, shown, texts)),
        questions=(),
        mapping=mapping,
        draft=mapping,
        notes=read.warnings,
        personal=personal,
        rows=tuple((str(line), activity, str(at), "", case) for line, case, activity, at, _ in rows),
        fingerprint=read.fingerprint or "",
    )


def _personal(read: LogRead, texts: dict[str, list[str]], *, keep: bool) -> tuple[PersonalColumn, ...]:
    mapping = read.mapping
    names = [mapping.resource or name if name == "resource" else name.removeprefix("@") for name in texts]
    parts = log_parts(mapping, read.attributes)
    return tuple(
        replace(each, part=parts.get(each.column), left_out=not keep and parts.get(each.column) == "dimension")
        for each in personal_columns(names, list(texts.values()))
    )


def _columns(mapping: Mapping, shown: dict[str, list[str]], texts: dict[str, list[str]]) -> Iterator[Column]:
    """The parts of the log with samples; what it says itself is taken as it stands."""
    for part in LOG_PARTS:
        name = getattr(mapping, part)
        samples = tuple(shown.get(part, ())) or tuple(texts.get(part, ())[:SAMPLES])
        if name is not None:
            yield Column(name, part, None, 1.0, "name", samples, samples)
    for name in mapping.dimensions:
        samples = tuple(texts.get(f"@{name}", ())[:SAMPLES])
        yield Column(name, "dimension", None, 1.0, "name", samples, samples)
