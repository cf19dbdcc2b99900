"""A mapping as a person reads and finishes it: beside each line what was understood, "?" where an answer belongs.

The words of the remarks come from the language; the file itself is a mapping like any other, and refused by
`read_mapping` until every question in it is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from valueviz.catalog import Mapping, write_mapping
from valueviz.catalog.mapping import NO_METRIC, UNANSWERED, toml_key, toml_text
from valueviz.intake.log_proposal import LOG_PARTS
from valueviz.intake.look import Column, Understanding
from valueviz.intake.own_metric import new_key, own_unit
from valueviz.intake.question import PARTS, Open, refusal
from valueviz.intake.unit import with_stated_unit
from valueviz.language import Language
from valueviz.terms import Aggregation, Better

SHOWN_CELL = 24
"""Characters of a sample cell in a remark."""


def draft(looked: Understanding, language: Language) -> str:
    """The TOML of a mapping that is proposed, with remarks; "?" stands where a person has to choose.

    Args:
        looked: the file as it is understood.
        language: of the remarks.
    """
    return "\n".join(_Skeleton(looked, language).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Skeleton:
    looked: Understanding
    language: Language

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        mapping = self.looked.draft
        yield self._remark("head", file=self.looked.file)
        if self.looked.questions:
            yield self._remark("open", count=str(len(self.looked.questions)))
            yield from self._unanswerable()
        for source in filter(None, (self.looked.remembered, self.looked.like)):
            yield self._remark("remembered" if self.looked.remembered else "like", file=source)
        yield f'layout = "{mapping.layout}"'
        yield from ("", "[columns]", *self._columns(), *self._unused())
        yield from self._wide()
        yield from self._format()
        yield from self._tables()
        yield from self._metrics()

    def _unanswerable(self) -> Iterator[str]:
        """What no mapping can answer and the file itself has to say: the refusal in words."""
        for question in self.looked.questions:
            if question.code in ("year_needed", "ambiguous_month", "ambiguous_day"):
                refused = refusal(question, file=self.looked.file, sheet=None, header=())
                yield f"# {_one_line(self.language.error(refused))}"

    # Parts ───────────────────────────────────────────────────────────────────

    def _remark(self, key: str, **fields: str) -> str:
        return "# " + _one_line(self.language.words(f"cli.import.skeleton.{key}", **fields))

    def _beside(self, line: str, remark: str) -> str:
        return f"{line}  # {_one_line(remark)}" if remark else line

    def _question(self, *codes: str, part: str | None = None) -> Open | None:
        found = (each for each in self.looked.questions if each.code in codes and part in (None, each.part))
        return next(found, None)

    def _columns(self) -> Iterator[str]:
        mapping = self.looked.draft
        single = ("date", "year", "end", "metric", "value", "volume", "instrument", "definition_version", *LOG_PARTS)
        for part in single:
            column = getattr(mapping, part)
            question = self._question("ambiguous_mapping", "no_mapping_found", part=part)
            if question is not None:
                yield self._beside(f'{part} = "{UNANSWERED}"', _choices(question))
            elif column is not None and column != UNANSWERED:
                yield self._beside(f"{part} = {toml_text(column)}", self._seen(column))
        question = self._question("dimension_needed")
        if question is not None:
            names = [*map(toml_text, mapping.dimensions), f'"{UNANSWERED}"']
            yield self._beside(f"dimensions = [{', '.join(names)}]", _choices(question))
        elif mapping.dimensions:
            seen = "; ".join(self._seen(name) for name in mapping.dimensions)
            yield self._beside(f"dimensions = [{', '.join(map(toml_text, mapping.dimensions))}]", seen)
        if mapping.activities:
            steps = ", ".join(f"{toml_key(column)} = {toml_text(name)}" for column, name in mapping.activities)
            yield f"activities = {{ {steps} }}"
        if mapping.periods:
            yield f"periods = [{', '.join(map(toml_text, mapping.periods))}]"

    def _column(self, name: str) -> Column | None:
        return next((column for column in self.looked.columns if column.name == name), None)

    def _seen(self, name: str) -> str:
        """What a column reads as: the share of its cells, and one of them."""
        column = self._column(name)
        if column is None:
            return ""
        fit = self.language.percent(column.fit, 0)
        sample, decoded = next(zip(column.samples, column.decoded, strict=True), ("", ""))
        shown = _cut(sample) if decoded in ("", sample) else f"{_cut(sample)} → {_cut(decoded)}"
        return self.language.words("cli.import.skeleton.seen", fit=fit, sample=shown)

    def _unused(self) -> Iterator[str]:
        asked = {each.column for each in self.looked.questions} | {
            candidate.value for each in self.looked.questions for candidate in each.candidates
        }
        withheld = {each.column for each in self.looked.personal}
        for column in self.looked.columns:
            if column.part is not None or column.name in asked:
                continue
            sample = _cut(column.samples[0]) if column.samples else ""
            key = "withheld" if column.name in withheld else "likely_unused" if column.candidates else "unused"
            near = ", ".join(each.value for each in column.candidates)
            fields = {"withheld": {}, "unused": {"sample": sample}, "likely_unused": {"sample": sample, "near": near}}
            yield self._remark(key, column=column.name, **fields[key])

    def _wide(self) -> Iterator[str]:
        lines = [
            self._beside(f"{toml_key(column)} = {toml_text(key)}", self._seen(column))
            for column, key in self.looked.draft.wide_metrics
        ]
        for question in self.looked.questions:
            if question.code == "unknown_metric" and question.found is None:
                lines.append(self._unknown(question))
            elif question.code == "ambiguous_mapping" and self._is_metric(question.part):
                for candidate in question.candidates:
                    remark = self.language.words("cli.import.skeleton.one_of", key=str(question.part))
                    lines.append(self._beside(f'{toml_key(candidate.value)} = "{UNANSWERED}"', remark))
        yield from ("", "[columns.metrics]", *lines) if lines else ()

    def _is_metric(self, part: str | None) -> bool:
        return part is not None and part not in PARTS

    def _unknown(self, question: Open) -> str:
        """The line of a column of numbers whose header names no metric."""
        column = str(question.column)
        key = self._keys()[column]
        if not question.candidates:
            return self._beside(
                f"{toml_key(column)} = {toml_text(key)}", self.language.words("cli.import.skeleton.own")
            )
        near = ", ".join(each.value for each in question.candidates)
        remark = self.language.words("cli.import.skeleton.likely", near=near, key=key)
        return self._beside(f'{toml_key(column)} = "{UNANSWERED}"', remark)

    def _keys(self) -> dict[str, str]:
        """Keys for the unknown metrics, by header or text."""
        taken = {column.metric for column in self.looked.columns if column.metric}
        keys: dict[str, str] = {}
        for question in self.looked.questions:
            if question.code == "unknown_metric":
                name = str(question.found or question.column)
                keys[name] = new_key(name, taken={*taken, *keys.values()})
        return keys

    def _format(self) -> Iterator[str]:
        form = self.looked.draft.format
        lines = [line for line in _body(Mapping(format=form)) if line]
        for code, key in (("ambiguous_date", "date"), ("ambiguous_decimal", "decimal"), ("which_sheet", "sheet")):
            question = self._question(code)
            if question is not None:
                lines = [line for line in lines if not line.startswith(f"{key} =")]
                found = f" ({_cut(question.found)})" if question.found else ""
                lines.append(self._beside(f'{key} = "{UNANSWERED}"', _choices(question) + found))
        lines = [line for line in lines if line != "[format]"]
        yield from ("", "[format]", *lines) if lines else ()

    def _tables(self) -> Iterator[str]:
        mapping = self.looked.draft
        units = [f"{toml_key(column)} = {toml_text(unit)}" for column, unit in mapping.units]
        for question in self.looked.questions:
            if question.code == "unit_differs":
                fields = {"found": str(question.found), "needed": str(question.needed)}
                remark = self.language.words("cli.import.skeleton.unit", **fields)
                units.append(self._beside(f'{toml_key(str(question.column))} = "{UNANSWERED}"', remark))
            elif question.code == "ambiguous_duration":
                remark = f"{_choices(question)} ({_cut(str(question.found))})"
                units.append(self._beside(f'{toml_key(str(question.column))} = "{UNANSWERED}"', remark))
        yield from ("", "[units]", *units) if units else ()
        names = [f"{toml_key(text)} = {toml_text(key)}" for text, key in mapping.names]
        for question in self.looked.questions:
            if question.code == "unknown_metric" and question.found is not None:
                near = ", ".join((*(each.value for each in question.candidates), NO_METRIC))
                remark = self.language.words("cli.import.skeleton.name", near=near, key=self._keys()[question.found])
                names.append(self._beside(f'{toml_key(question.found)} = "{UNANSWERED}"', remark))
        yield from ("", "[names]", *names) if names else ()
        if mapping.allowed:
            asked = {each.column: _choices(each) for each in self.looked.questions if each.code == "which_scenario"}
            head, *lines = _body(Mapping(allowed=mapping.allowed))
            pairs = zip(mapping.allowed, lines, strict=True)
            yield from ("", head, *(self._beside(line, asked.get(column, "")) for (column, _), line in pairs))

    def _metrics(self) -> Iterator[str]:
        for metric in self.looked.draft.metrics:
            yield from ("", *_body(Mapping(metrics=(metric,))))
        for question in self.looked.questions:
            if question.code == "unknown_metric":
                aside = bool(question.candidates) or question.found is not None
                yield from self._own(str(question.found or question.column), aside=aside)

    def _own(self, name: str, *, aside: bool) -> Iterator[str]:
        """A metric of one's own, ready to be finished; put aside behind # where a known one may be meant."""
        column = self._column(name)
        unit = own_unit(name)
        hint = self.language.words("cli.import.skeleton.unit_hint") if unit == UNANSWERED else ""
        lines = [
            f"[metric.{self._keys()[name]}]",
            f"name = {toml_text(with_stated_unit(name)[0] if unit != UNANSWERED else name)}",
            self._beside(f"unit = {toml_text(unit)}", hint),
            self._beside(f'better = "{UNANSWERED}"', ", ".join(get_args(Better))),
            self._beside(f'aggregation = "{UNANSWERED}"', ", ".join(get_args(Aggregation))),
        ]
        yield ""
        if aside:
            yield self._remark("aside")
        if column is not None and column.samples:
            yield self._remark("values", samples=", ".join(map(_cut, column.samples)))
        yield from (f"# {line}" for line in lines) if aside else lines


def _body(mapping: Mapping) -> list[str]:
    """The lines of the tables of a mapping that holds nothing else."""
    lines = write_mapping(mapping).splitlines()
    return [line for line in lines[3:] if line]


def _choices(question: Open) -> str:
    return " | ".join(toml_text(candidate.value) for candidate in question.candidates)


def _cut(cell: str) -> str:
    plain = _one_line(cell)
    return plain if len(plain) <= SHOWN_CELL else plain[: SHOWN_CELL - 1] + "…"


def _one_line(text: str) -> str:
    """A text that stays a remark: no line break, no control character."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
