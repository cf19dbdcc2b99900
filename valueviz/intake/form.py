"""The workbook a client filled in: recognised, read in a capped child, imported without a mapping.

Monthly figures go through the gate every file goes through, under the line of the sheet they stand on; the
engagement becomes TOML, the process its steps. Whatever is wrong is named by sheet, row and column.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from valueviz.catalog import read_engagement, write_engagement
from valueviz.catalog.form import HIDDEN_SHEET
from valueviz.errors import DataError
from valueviz.terms import Engagement, HandStep, Locale
from valueviz.workers import Limits, Progress, run

if TYPE_CHECKING:
    from datetime import date

    from valueviz.store import Client

LARGEST = 32 << 20
"""Bytes of a form: one of fifteen years and a thousand rows has a tenth of this."""

LIMITS = Limits(memory=2 << 30, cpu=120.0, wall=240.0)
"""What the child may use: far above any form a person can fill in."""

PACKED = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

HEAD = 1 << 20
"""Bytes looked at of the part that lists the sheets."""

Part = Literal["all", "engagement", "data"]
"""What is read of a form: everything, what was agreed, or figures and process."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as read.

    `engagement` is None where `faults` says what is wrong with it. `lines` are rows of monthly figures that hold
    anything, `months` the months they reach over. `notes` are codes of what was passed over.
    """

    industry: str
    locale: Locale
    engagement: Engagement | None
    engagement_toml: str
    process: tuple[HandStep, ...]
    lines: int
    months: tuple[str, ...]
    faults: tuple[DataError, ...]
    notes: tuple[str, ...]


def is_form(path: Path) -> bool:
    """Whether a file is a form of ours, by its hidden sheet; a file that cannot be read is none."""
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
            if path.stat().st_size > LARGEST:
                return False
            if head == COMPOUND:
                return HIDDEN_SHEET.encode() in (whole := stream.read()) or HIDDEN_SHEET.encode("utf-16-le") in whole
        return head.startswith(PACKED) and _lists_hidden_sheet(path)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError):
        return False


def _lists_hidden_sheet(path: Path) -> bool:
    """Whether the part that lists the sheets names ours; only its beginning is unpacked, whatever it claims to hold."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        part = next((name for name in ("xl/workbook.xml", "content.xml") if name in names), None)
        if part is None:
            return False
        with archive.open(part) as stream:
            # an OpenDocument holds all sheets in one part, the hidden one last
            size = HEAD if part == "xl/workbook.xml" else LARGEST
            return f'name="{HIDDEN_SHEET}"'.encode() in stream.read(size)


def read_form(path: Path, *, part: Part = "all", strict: bool = True, progress: Progress | None = None) -> Form:
    """What a form says.

    Args:
        path: the workbook.
        part: what to read of it.
        strict: raise the first fault; its field `more` counts the others.
        progress: told the stage and the share done (0–1).

    Raises:
        DataError: the file cannot be read, is no form, or with `strict` something in it is wrong.
        WorkerError: the child was stopped at its limits.
    """
    path = Path(path)
    args = {"path": str(path.absolute()), "part": part}
    told = cast(
        "dict[str, Any]", run("valueviz.intake.form:read_in_child", args=args, limits=LIMITS, progress=progress)
    )
    faults = tuple(DataError(code, **fields) for code, fields in told["faults"])
    if strict:
        refuse(faults)
    toml = str(told["engagement"])
    return Form(
        industry=told["industry"],
        locale=told["locale"],
        engagement=read_engagement(toml, file=path.name) if toml else None,
        engagement_toml=toml,
        process=steps_of(told["process"]),
        lines=told["lines"],
        months=tuple(told["months"]),
        faults=faults,
        notes=tuple(told["notes"]),
    )


def engagement_of(path: Path) -> Engagement:
    """The engagement a form describes.

    Raises:
        DataError: the file is no form, or the first thing that is wrong in it; `more` counts the others.
    """
    found = read_form(path, part="engagement").engagement
    if found is None:
        raise DataError("form_damaged", file=Path(path).name)
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import finds in a form: the account of its monthly figures, its process, what it says of the project."""

    account: dict[str, Any]
    process: tuple[HandStep, ...]
    engagement: Engagement | None
    notes: tuple[str, ...]

    def told(self, client: Client) -> tuple[str, ...]:
        """Codes of what a person should know: columns passed over, a project described otherwise than known."""
        differs = self.engagement is not None and self.engagement != client.engagement()
        process = ("process_taken",) if self.process and self.process != client.hand_steps() else ()
        return (*self.notes, *process, *(("form_engagement_differs",) if differs else ()))


def take_form(
    client: Client, path: Path, *, out: Path, inline: str, latest: date | None, progress: Progress | None
) -> Taken:
    """What an import finds in a form; the snapshot of its monthly figures is written to `out`, if it holds any.

    Args:
        client: whose form it is.
        path: the workbook.
        out: where the snapshot is written, in a folder for temporary files.
        inline: TOML of a mapping that holds the metrics earlier mappings of this client defined.
        latest: the last day that can have been measured.
        progress: told the stage and the share done (0–1).

    Raises:
        DataError: the first thing that is wrong (`more` counts the others), form_other_industry, form_nothing,
            no_row_accepted.
    """
    args = {
        "path": str(path.absolute()),
        "out": str(out.absolute()),
        "folder": str(out.parent.absolute()),
        "industry": client.engagement().industry,
        "currency": client.engagement().currency,
        "inline": inline,
        "latest": None if latest is None else latest.isoformat(),
    }
    told = cast(
        "dict[str, Any]", run("valueviz.intake.formtable:take_in_child", args=args, limits=LIMITS, progress=progress)
    )
    toml = told["engagement"]
    return Taken(
        account=told["account"],
        process=steps_of(told["process"]),
        engagement=read_engagement(toml, file=path.name) if toml else None,
        notes=tuple(told["notes"]),
    )


def refuse(faults: Sequence[DataError]) -> None:
    """Raise the first of some faults, told how many more there are."""
    if faults:
        first, more = faults[0], len(faults) - 1
        raise DataError(first.code, **first.fields, **({"more": more} if more else {}))


def steps_of(told: Sequence[dict[str, Any]]) -> tuple[HandStep, ...]:
    """Steps of a process from JSON."""
    return tuple(HandStep(**step) for step in told)


# The child's side ────────────────────────────────────────────────────────────


def read_in_child(*, progress: Progress, path: str, part: Part) -> Any:
    """What a form says, as JSON for the parent process."""
    from valueviz.intake import answers, formtable
    from valueviz.intake.formbook import open_form

    progress("reading", 0.1)
    form = open_form(Path(path))
    agreed = answers.engagement(form) if part != "data" else None
    steps = answers.process(form) if part != "engagement" else ()
    table = formtable.table_of(form) if part != "engagement" else formtable.Table((), {})
    return {
        "industry": form.memory.industry,
        "locale": form.memory.locale,
        "engagement": write_engagement(agreed) if agreed is not None else "",
        "process": [asdict(step) for step in steps],
        "lines": len(table.rows),
        "months": list(table.months),
        "faults": [[fault.code, fault.fields] for fault in form.ordered_faults()],
        "notes": list(dict.fromkeys(form.notes)),
    }
