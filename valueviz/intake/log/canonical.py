"""A canonical Parquet file of ours, taken as it is once its columns are what they have to be."""

from __future__ import annotations

import hashlib
from pathlib import Path

from valueviz.catalog import Mapping
from valueviz.engine.log.canonical import canonical_facts
from valueviz.errors import DataError
from valueviz.intake.log.result import LogColumns, LogRead
from valueviz.workers import Progress

MAGIC = b"PAR1"


def is_canonical(path: Path) -> bool:
    """Whether a file is Parquet at all; what it holds is seen when it is taken."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) == MAGIC
    except OSError:
        return False


def take_canonical(path: Path, *, out: Path, progress: Progress) -> LogRead:
    """The account of a canonical file, copied to `out`.

    Raises:
        DataError: parquet_foreign, log_no_event.
    """
    progress("reading", 0.1)
    facts = canonical_facts(path, out)
    if facts is None:
        raise DataError("parquet_foreign", file=path.name)
    if not facts.counted.events:
        raise DataError("log_no_event", file=path.name)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    columns = LogColumns(
        case="case",
        activity="activity",
        start="start",
        complete="complete",
        resource="resource",
        role="role",
        cost="cost",
        site="site",
        attributes=tuple(f"@{name}" for name in facts.attributes),
    )
    mapping = Mapping(
        layout="events",
        case="case",
        activity="activity",
        start="start",
        complete="complete",
        resource="resource",
        role="role",
        cost="cost",
        dimensions=columns.attributes or (),
    )
    return LogRead(
        file=path.name,
        digest=digest,
        rows=facts.counted.events,
        accepted=facts.counted.events,
        rejected=0,
        rejects=(),
        notes=(),
        cases=facts.counted.cases,
        events=facts.counted.events,
        activities=facts.activities,
        first=facts.counted.first,
        last=facts.counted.last,
        months=facts.months,
        mapping=mapping,
        columns=columns,
        attributes=facts.attributes,
    )
