"""Which column of a table means what for an event log: by names, by contents where names say nothing, else refused.

A guess is made on the first rows; that two columns say the same is to be proved over all of them by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from valueviz.catalog import Mapping, nearest
from valueviz.errors import DataError
from valueviz.intake.log.names import (
    DERIVED,
    INTERNAL,
    REMARK,
    ROLES,
    bare_attribute,
    folded,
    rank,
)
from valueviz.intake.log.result import LogColumns, Note
from valueviz.intake.log.sample import Sample
from valueviz.intake.reading import find_column
from valueviz.intake.records import shown

CHAIN = "*"
"""What stands for an activity where a column holds whole chains."""

DATED_COLUMNS = 3
"""A table with an id and fewer columns of dates is a register, not the way of a document."""

ROWS_A_CASE = 2.0
"""A log with fewer rows a case on average is rather a register."""

AMBIGUOUS = {
    "case": "log_case_ambiguous",
    "activity": "log_activity_ambiguous",
    "complete": "log_time_ambiguous",
}
"""The refusal of several columns that could be a part no log can do without."""

SAMPLE = 2000
"""Rows a guess is made on."""

_ENDS = re.compile(
    r"[\s_\-]*(?:完成日期|完成时间|日期|时间|date and time|timestamp|datetime|date|time|_at|\bat)$", re.IGNORECASE
)
_POST = frozenset(map(folded, ("岗位", "岗位名称", "处理岗位", "操作岗位", "审批岗位", "作业岗位")))
_CODE = re.compile(r"[A-Za-z]{1,6}\d{1,6}")
MOST_PREFIXES = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """The places of the parts of a log; `twins` pairs the place taken for a part with one that seems to say the same.

    `steps` are the columns of a table of documents. `prefixed`: the letters of a resource's code are its role.
    """

    places: dict[str, int]
    steps: tuple[tuple[int, str], ...] = ()
    attributes: tuple[tuple[int, str], ...] = ()
    twins: tuple[tuple[str, int, int], ...] = ()
    notes: tuple[Note, ...] = ()
    prefixed: bool = False

    @property
    def layout(self) -> str:
        """How the table is laid out: "events" or "documents"."""
        return "documents" if self.steps else "events"


def recognise(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping | None:
    """The mapping of a table that is a log or a table of documents; None where it is neither.

    Args:
        header: its names.
        rows: its first rows.
    """
    try:
        found = guess(header, rows, asked=LogColumns(), file="")
    except DataError:
        return None
    names = {role: header[place] for role, place in found.places.items()}
    dimensions = tuple(header[place] for place, _ in found.attributes)
    if found.layout == "documents":
        steps = tuple((header[place], name) for place, name in found.steps)
        return Mapping(layout="documents", case=names["case"], activities=steps, dimensions=dimensions)
    cases = [row[found.places["case"]].strip() for row in rows]
    distinct = len({case for case in cases if case})
    if not distinct or len(cases) / distinct < ROWS_A_CASE:
        return None
    return Mapping(
        layout="events",
        case=names["case"],
        activity=names["activity"],
        start=names.get("start") if "complete" in names else None,
        complete=names.get("complete", names.get("start")),
        resource=names.get("resource"),
        role=names.get("role"),
        cost=names.get("cost"),
        dimensions=dimensions,
    )


def guess(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    asked: LogColumns,
    file: str,
    sheet: str | None = None,
    only_named: bool = False,
    standard: bool = False,
) -> Guess:
    """Which column means what.

    Args:
        header: names of the columns; a nameless one counts for nothing.
        rows: the first rows.
        asked: columns that were named.
        file: name of the file, for refusals.
        sheet: of a workbook, for refusals.
        only_named: take no column for resource, role, cost or site that was not named.
        standard: only names of the standard of XES mean anything.

    Raises:
        DataError: log_column_missing, log_no_case, log_no_activity, log_no_time, log_case_ambiguous,
            log_activity_ambiguous, log_time_ambiguous.
    """
    return _Guesser(
        tuple(header),
        tuple(rows[:SAMPLE]),
        asked=asked,
        file=file,
        sheet=sheet,
        only_named=only_named,
        standard=standard,
    ).guess()


class _Guesser:
    def __init__(
        self,
        header: tuple[str, ...],
        rows: tuple[Sequence[str], ...],
        *,
        asked: LogColumns,
        file: str,
        sheet: str | None,
        only_named: bool,
        standard: bool,
    ) -> None:
        self.header, self.asked, self.file, self.sheet = header, asked, file, sheet
        self.only_named, self.standard = only_named, standard
        self.places: dict[str, int] = {}
        self.twins: list[tuple[str, int, int]] = []
        self.notes: list[Note] = []
        self.sample = Sample(header, rows)

    def guess(self) -> Guess:
        for role in ROLES:
            named = getattr(self.asked, role)
            if named is not None:
                self.places[role] = self._place(named)
        steps = tuple((self._place(column), name) for column, name in self.asked.steps)
        if not steps and not self._looks_like_events():
            steps = self._steps()
        if steps:
            self._documents(steps)
        else:
            self._events()
        for role in ("resource", "role", "cost", "site", "instance"):
            if role in self.places or (steps and role != "site") or (self.only_named and role != "instance"):
                continue
            place = self._named(role)
            if place is not None:
                self.places[role] = place
        if not (steps or self.only_named):
            self._posts()
        prefixed = not steps and self._prefixed()
        if not (steps or prefixed or self.only_named) and self._is_post():
            self.places.setdefault("role", self.places["resource"])
        return Guess(
            dict(self.places),
            steps,
            self._attributes(steps),
            tuple(self.twins),
            tuple(self.notes),
            prefixed,
        )

    # Names ────────────────────────────────────────────────────────────────────

    def _place(self, name: str) -> int:
        found = find_column(self.header, name)
        if found is None:
            known = [each for each in self.header if each]
            raise self._refuse(
                "log_column_missing",
                column=name,
                nearest=nearest(name, known),
                found=shown(", ".join(known), width=200),
            )
        return found

    def _ranked(self, role: str) -> dict[int, int]:
        taken = set(self.places.values())
        ranks = {at: rank(name, role) for at, name in enumerate(self.header) if name and at not in taken}
        found = {at: each for at, each in ranks.items() if each is not None and any(self.sample.cells(at))}
        if self.standard and role != "site":
            standard = {at: each for at, each in found.items() if each == 0}
            found = standard if standard or role in AMBIGUOUS else {at: each for at, each in found.items() if each < 2}
        if role == "transition":
            found = {at: each for at, each in found.items() if self.sample.is_cycle(at)}
        if role in ("start", "complete"):
            # A column with a sure name whose cells are mostly bad is better refused by its rows than overlooked.
            dated = {at: each for at, each in found.items() if each == 0 or self.sample.is_dated(at)}
            some = {at: each for at, each in found.items() if each < 2 and self.sample.is_dated(at, share=0.0)}
            sure = {at: each for at, each in found.items() if each < 2 and role == "complete"}
            found = dated or some or sure
        return found

    def _named(self, role: str, *, weakest: int = 2) -> int | None:
        """The column that names a part; twins are noted, and where several differ a needed part is refused."""
        ranks = {at: each for at, each in self._ranked(role).items() if each <= weakest}
        sure = {at: each for at, each in ranks.items() if each < 2}
        ranks = sure or ranks
        if not ranks:
            return None
        first = min(ranks, key=lambda at: (ranks[at], at))
        others = [at for at in ranks if at != first]
        if any(self.sample.cells(at) != self.sample.cells(first) for at in others):
            if role in AMBIGUOUS:
                raise self.ambiguous(role, [first, *others])
            names = ", ".join(self.header[at] for at in sorted(ranks))
            self.notes.append(Note("column_open", (("part", role), ("found", shown(names)))))
            return None
        self.twins += [(role, first, at) for at in others]
        return first

    def ambiguous(self, role: str, places: Sequence[int]) -> DataError:
        """The refusal of several columns that could be one part."""
        names = ", ".join(self.header[at] for at in sorted(places))
        return self._refuse(AMBIGUOUS[role], found=shown(names, width=200))

    def _refuse(self, code: str, **fields: str | int | None) -> DataError:
        return DataError(code, file=self.file or None, sheet=self.sheet, **fields)

    # Events ───────────────────────────────────────────────────────────────────

    def _looks_like_events(self) -> bool:
        """Whether a column names what was done, so that the table is no list of documents."""
        if "activity" in self.places or "complete" in self.places:
            return True
        if self.only_named or self.standard:
            return not self.asked.steps
        return any(each < 2 for each in self._ranked("activity").values())

    def _events(self) -> None:
        for role in ("activity", "case", "transition", "start", "complete"):
            if role not in self.places and not (role == "start" and self.only_named):
                place = self._named(role)
                if place is not None:
                    self.places[role] = place
        if "complete" not in self.places and "start" in self.places and self.asked.start is None:
            self.places["complete"] = self.places.pop("start")
            self.notes.append(Note("only_starts", (("column", self.header[self.places["complete"]]),)))
        self._by_content()
        for role, code in (("case", "log_no_case"), ("activity", "log_no_activity"), ("complete", "log_no_time")):
            if role not in self.places and not (role == "complete" and "start" in self.places):
                names = [name for name in self.header if name]
                raise self._refuse(code, found=shown(", ".join(names), width=200))

    def _by_content(self) -> None:
        """What names did not say: the only column of dates, the only other column that is left."""
        if self.standard:
            return
        if "complete" not in self.places and "start" not in self.places:
            dated = [at for at in self._free() if self.sample.is_dated(at)]
            if len(dated) > 1:
                raise self.ambiguous("complete", dated)
            if dated:
                self.places["complete"] = dated[0]
        lacking = [role for role in ("case", "activity") if role not in self.places]
        if len(lacking) != 1:
            return
        taken = {at for role in ("resource", "role", "cost", "site") for at in self._ranked(role)}
        free = [at for at in self._free() if at not in taken and self.sample.is_words(at)]
        if len(free) == 1 and (lacking[0] == "case" or not self.sample.is_numeric(free[0])):
            self.places[lacking[0]] = free[0]

    def _posts(self) -> None:
        """Take posts (WH03, QC01) for who did it, where nobody else is at hand."""
        role = self.places.get("role")
        if role is None or "resource" in self.places or self.asked.role is not None:
            return
        if folded(self.header[role]) in _POST:
            self.places["resource"] = self.places.pop("role")

    def _is_post(self) -> bool:
        """Whether who did it is known by post alone."""
        resource = self.places.get("resource")
        return resource is not None and "role" not in self.places and folded(self.header[resource]) in _POST

    def _prefixed(self) -> bool:
        """Whether who did it is known by codes of posts, whose letters are the role: found out and named alike."""
        if not self._is_post():
            return False
        codes = {cell for cell in self.sample.cells(self.places["resource"]) if cell}
        if not codes or not all(map(_CODE.fullmatch, codes)):
            return False
        prefixes = {re.sub(r"\d+$", "", code) for code in codes}
        return 1 < len(prefixes) <= MOST_PREFIXES and len(prefixes) < len(codes)

    # Documents ────────────────────────────────────────────────────────────────

    def _steps(self) -> tuple[tuple[int, str], ...]:
        """The columns of a table of documents; none where it is no such table."""
        free = self._free()
        dated = [
            at for at in free if self.sample.is_dated(at, share=0.0 if _ENDS.search(self.header[at].strip()) else 0.5)
        ]
        chains = [at for at in free if at not in dated and self.sample.is_chain(at)]
        if len(dated) < DATED_COLUMNS and not chains:
            return ()
        if self._ranked("activity") and not self.sample.is_key(self.places.get("case", self._key())):
            return ()
        if chains and len(dated) < DATED_COLUMNS:
            return tuple((at, CHAIN) for at in chains)
        names = [self.header[at].strip() for at in dated]
        bare = [_ENDS.sub("", name).strip() or name for name in names]
        if len(set(bare)) < len(bare):
            bare = names
        return (*zip(dated, bare, strict=True), *((at, CHAIN) for at in chains))

    def _documents(self, steps: tuple[tuple[int, str], ...]) -> None:
        if "case" not in self.places:
            taken = {at for at, _ in steps}
            place = self._key(without=taken)
            if place is None:
                names = [name for name in self.header if name]
                raise self._refuse("log_no_case", found=shown(", ".join(names), width=200))
            self.places["case"] = place
        if self.asked.steps:
            return
        told = " → ".join(name if name != CHAIN else self.header[at] for at, name in steps)
        fields = (("column", self.header[self.places["case"]]), ("found", shown(told, width=200)))
        self.notes.append(Note("documents", fields))
        taken = {at for at, _ in steps}
        left = [self.header[at] for at in self._free() if at not in taken and self.sample.is_dated(at)]
        if left:
            self.notes.append(Note("dates_left_out", (("found", shown(", ".join(left), width=200)),)))

    def _key(self, *, without: set[int] | frozenset[int] = frozenset()) -> int | None:
        """The column that tells documents apart: by its name, else the only one without a word twice."""
        ranks = {at: each for at, each in self._ranked("case").items() if at not in without}
        for sure in (True, False):
            named = [at for at, each in ranks.items() if (each < 2) == sure]
            keys = [at for at in named if self.sample.is_key(at)] or named
            if len(keys) == 1:
                return keys[0]
            if len(keys) > 1:
                raise self.ambiguous("case", keys)
        free = [
            at
            for at in self._free()
            if at not in without and not self.sample.is_dated(at) and not self.sample.is_chain(at)
        ]
        keys = [at for at in free if self.sample.is_key(at) and not REMARK.search(self.header[at])]
        if len(keys) > 1:
            raise self.ambiguous("case", keys)
        return keys[0] if keys else None

    def _free(self) -> list[int]:
        taken = set(self.places.values())
        return [at for at, name in enumerate(self.header) if name and at not in taken and not name.startswith(INTERNAL)]

    def _attributes(self, steps: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
        """The columns kept beside the parts, under names without what says that they are the case's."""
        used = {at for role, at in self.places.items() if role != "site"} | {at for at, _ in steps}
        used |= {at for _, _, at in self.twins}
        if self.asked.attributes is not None:
            kept = [self._place(name) for name in self.asked.attributes]
        else:
            kept = [at for at, name in enumerate(self.header) if at not in used and self._is_attribute(at, name)]
        named: list[tuple[int, str]] = []
        for at in kept:
            if at in used:
                continue
            name = bare_attribute(self.header[at])
            while name.casefold() in {other.casefold() for _, other in named}:
                name += "'"
            named.append((at, name))
        return tuple(named)

    def _is_attribute(self, at: int, name: str) -> bool:
        if not name or name.startswith(INTERNAL) or REMARK.search(name):
            return False
        bare = bare_attribute(name)
        if folded(bare) not in DERIVED:
            return True
        return bare == name and not {"variant", "variantindex"} <= {
            folded(bare_attribute(each)) for each in self.header
        }


def told_columns(found: Guess, header: Sequence[str]) -> LogColumns:
    """The guess as columns by their names."""
    names = {role: header[place] for role, place in found.places.items()}
    return LogColumns(
        case=names.get("case"),
        activity=names.get("activity"),
        start=names.get("start"),
        complete=names.get("complete"),
        resource=names.get("resource"),
        role=names.get("role"),
        cost=names.get("cost"),
        site=names.get("site"),
        transition=names.get("transition"),
        instance=names.get("instance"),
        attributes=tuple(header[place] for place, _ in found.attributes),
        steps=tuple((header[place], name) for place, name in found.steps),
    )
