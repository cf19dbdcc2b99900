"""What a file is understood as before anything of it is taken: columns with samples, open questions, a mapping.

A look never refuses for doubt: doubt is a question with its candidates, and the answers go into the next look.
The file is read in a capped child process; nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.intake.question import Candidate, Open, Told, told_as_json, told_from_json
from valueviz.terms.finding import PersonalColumn

if TYPE_CHECKING:
    from valueviz.store import Client
    from valueviz.workers import Progress

SAMPLES = 3
"""Cells shown of each column, and rows shown as they are read."""


MOST_REMEMBERED = 50
"""Headers that are remembered, the last ones: a client has a dozen exports, and some change every month."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, and whether it is taken."""

    name: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is understood.

    `part` is date, end, value, metric, volume, dimension, instrument, definition_version, unit (of each row) or None
    where it plays no part; `metric` is the key of the metric whose values it holds. `fit` is the share 0-1 of its filled cells that
    read so, `why` one of told, remembered, name, synonym, only_one, period, cells, none. `decoded` are `samples`
    as they are read, "" where they cannot be. `stated` is the unit its header (or the mapping) states, `kept` the
    metric's, `factor` what the values are multiplied by. `candidates` are metrics its header is like.
    """

    name: str
    part: str | None
    metric: str | None
    fit: float
    why: str
    samples: tuple[str, ...]
    decoded: tuple[str, ...]
    stated: str | None = None
    kept: str | None = None
    factor: float | None = None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """A file as it is understood, and what is open.

    `mapping` is what an import would follow, None while `questions` are open; `draft` is the same with "?" where
    the answers belong. `personal` holds what the first rows show; an import looks at all of them. `rows` are
    decoded rows: line, metric, date, value, labels. `remembered` is the earlier file whose mapping is used,
    `like` the one of a like header whose parts were taken over.
    """

    file: str
    digest: str
    encoding: str | None
    delimiter: str | None
    sheets: tuple[Sheet, ...]
    header_row: int
    header_rows: int
    columns: tuple[Column, ...]
    questions: tuple[Open, ...]
    mapping: Mapping | None
    draft: Mapping
    notes: tuple[str, ...]
    personal: tuple[PersonalColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    fingerprint: str
    remembered: str | None = None
    like: str | None = None


def look(
    client: Client,
    path: Path,
    *,
    told: Told | None = None,
    name: str | None = None,
    progress: Progress | None = None,
) -> Understanding:
    """What a file of a client is understood as.

    Args:
        client: whose it is; its engagement names the industry, its imports are remembered.
        path: the file.
        told: what a person has answered so far.
        name: what its owner calls the file, where `path` is a name of ours.
        progress: told the stage and the share done (0-1).

    Raises:
        DataError: the file as a whole cannot be read.
        WorkerError: the child was stopped at its limits.
    """
    from valueviz.intake.reading import CPU_SECONDS, MEMORY_BYTES
    from valueviz.workers import Limits, run

    metrics = client.inline_metrics()
    args: dict[str, Any] = {
        "path": str(Path(path).absolute()),
        "name": name or Path(path).name,
        "industry": client.engagement().industry,
        "currency": client.engagement().currency,
        "inline": _carried(metrics),
        "told": told_as_json(told or Told()),
        "known": remembered_by(client),
    }
    limits = Limits(memory=MEMORY_BYTES, cpu=CPU_SECONDS)
    return _rebuilt(
        cast("dict[str, Any]", run("valueviz.intake.look:look_in_child", args=args, limits=limits, progress=progress))
    )


def remembered_by(client: Client) -> list[list[str]]:
    """What a client's imports teach about headers, the oldest first: fingerprint, file, TOML of the mapping."""
    files = {each.fingerprint: each.file for each in client.imports() if each.fingerprint and each.mapping}
    known = [(mark, file, client.remembered(mark)) for mark, file in list(files.items())[-MOST_REMEMBERED:]]
    return [[mark, file, text] for mark, file, text in known if text is not None]


def _carried(metrics: Sequence[Any]) -> str:
    """Metrics defined inline, in a mapping that is nothing else."""
    carrier = Mapping(date="date", value="value", metric="metric", metrics=tuple(metrics))
    return write_mapping(carrier) if metrics else ""


def look_in_child(
    *,
    progress: Progress,
    path: str,
    name: str,
    industry: str | None,
    currency: str,
    inline: str,
    told: dict[str, Any],
    known: list[list[str]],
) -> Any:
    """What `look` returns, as JSON for the parent process."""
    from valueviz.intake.log import is_log_file
    from valueviz.intake.log_look import look_at_log
    from valueviz.intake.memory import remembered_from_json
    from valueviz.intake.understand import understand

    progress("reading", 0.1)
    if is_log_file(Path(path)):
        seen = look_at_log(Path(path), told=told_from_json(told), name=name)
        return asdict(seen) | {"mapping": write_mapping(seen.draft), "draft": write_mapping(seen.draft)}
    metrics = read_mapping(inline, file="mapping").metrics if inline else ()
    found = understand(
        Path(path),
        name=name,
        industry=industry,
        currency=currency,
        inline=metrics,
        told=told_from_json(told),
        known=remembered_from_json(known),
    )
    mapping = None if found.mapping is None else write_mapping(found.mapping)
    return asdict(found) | {"mapping": mapping, "draft": write_mapping(found.draft)}


def _rebuilt(answer: dict[str, Any]) -> Understanding:
    columns = tuple(
        Column(**(each | _tuples(each, "samples", "decoded") | {"candidates": _candidates(each)}))
        for each in answer["columns"]
    )
    questions = tuple(Open(**(each | {"candidates": _candidates(each)})) for each in answer["questions"])
    mapping, draft = answer["mapping"], answer["draft"]
    return Understanding(
        **(
            answer
            | {
                "sheets": tuple(Sheet(**each) for each in answer["sheets"]),
                "columns": columns,
                "questions": questions,
                "mapping": None if mapping is None else read_mapping(mapping, file="mapping"),
                "draft": read_mapping(draft, file="mapping", unfinished=True),
                "notes": tuple(answer["notes"]),
                "personal": tuple(PersonalColumn(**each) for each in answer["personal"]),
                "rows": tuple(tuple(row) for row in answer["rows"]),
            }
        )
    )


def _tuples(told: dict[str, Any], *keys: str) -> dict[str, tuple[Any, ...]]:
    return {key: tuple(told[key]) for key in keys}


def _candidates(told: dict[str, Any]) -> tuple[Candidate, ...]:
    return tuple(Candidate(**each) for each in told["candidates"])
