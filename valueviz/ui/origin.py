"""Where each number of a section comes from: key, exact value, interval, grade and lineage, folded away."""

from __future__ import annotations

from collections.abc import Iterable

from valueviz.language import Language
from valueviz.story.figures import lineage_json
from valueviz.terms import Assumed, Cited, Derived, Fact, Illustration, Lineage, Measured, Stated
from valueviz.ui.markup import escaped, grade

DIGEST_DIGITS = 12
"""Characters of a file digest, as in the footer of the report."""

MOST_DIGESTS = 3
"""Digests shown of one number; the lineage section lists every file."""


_WIDTHS = "".join(f'<col style="width:{share}%">' for share in (32, 25, 7, 36))


def origins(facts: Iterable[tuple[Fact, str]], language: Language) -> str:
    """The folded list of the facts of a section with their texts; nothing where it states none."""
    known: dict[str, tuple[Fact, str]] = {}
    for fact, text in facts:
        known.setdefault(fact.key, (fact, text))
    if not known:
        return ""
    heads = "".join(
        f'<th scope="col" class="vv-{align}">{escaped(language.words(f"ui.origin.{key}"))}</th>'
        for key, align in (("shown", "left"), ("value", "right"), ("grade", "center"), ("lineage", "left"))
    )
    rows = "".join(_row(fact, text, language) for fact, text in known.values())
    title = language.words("ui.origin.title", count=language.grouped(len(known)))
    return (
        f'<details class="vv-origin"><summary>{escaped(title)}</summary>'
        f'<p class="vv-note">{escaped(language.words("ui.origin.note"))}</p>'
        f'<div class="vv-sheet"><table class="vv-table"><colgroup>{_WIDTHS}</colgroup><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        "</div></details>"
    )


def _row(fact: Fact, text: str, language: Language) -> str:
    labels = {key: escaped(language.words(f"ui.origin.{key}")) for key in ("value", "grade", "lineage")}
    badge = grade(fact.grade, language) if fact.grade else ""
    empty = "" if badge else " vv-empty"
    exact = _exact(fact.value) + (f" {fact.unit}" if fact.unit else "")
    between = ""
    if fact.interval is not None:
        ends = f"{_exact(fact.interval.low)} … {_exact(fact.interval.high)}"
        between = f"<small>{escaped(language.percent(fact.interval.level, 0))} {escaped(ends)}</small>"
    return (
        f'<tr><th scope="row"><span class="vv-cell"><b>{escaped(text)}</b>'
        f"<small><code>{_breakable(fact.key)}</code></small></span></th>"
        f'<td class="vv-right" data-label="{labels["value"]}"><span class="vv-cell">{escaped(exact)}{between}</span></td>'
        f'<td class="vv-center{empty}" data-label="{labels["grade"]}"><span class="vv-cell">{badge}</span></td>'
        f'<td data-label="{labels["lineage"]}"><span class="vv-cell">{_lineage(fact.lineage, language)}</span></td></tr>'
    )


def _breakable(key: str) -> str:
    """A key that may break where a reader pauses."""
    return escaped(key).replace(".", ".<wbr>").replace("_", "_<wbr>")


def _exact(value: float | None) -> str:
    """A value as the command line's `facts` gives it, free of language."""
    if value is None:
        return "null"
    return repr(int(value) if float(value).is_integer() else value).replace("-", "\u2212")


def _lineage(lineage: Lineage, language: Language) -> str:
    said = lineage_json(lineage)
    kind = language.words(f"ui.origin.kind.{said['kind']}")
    match lineage:
        case Measured() | Derived():
            details = _measured(lineage, language)
        case Stated(by=by, on=on):
            details = [by] + ([language.date(on)] if on else [])
        case Assumed(source=source, owner=owner, status=status):
            details = [source, owner, status]
        case Cited(case=case, source=source):
            details = [case, source]
        case Illustration(label=label):
            details = [label]
    rest = "".join(f"<small>{escaped(language.typeset(each))}</small>" for each in details if each)
    return f"{escaped(kind)}{rest}"


def _measured(lineage: Measured | Derived, language: Language) -> list[str]:
    """Formula or query, rows read, and the files by digest."""
    said = lineage_json(lineage)
    rows, query, digests = said["rows"], str(said["query"]), said["digests"]
    lines = [query if len(query) <= 120 else query[:117] + "…"]
    if isinstance(rows, int) and rows:
        lines.append(language.words("ui.origin.rows", rows=language.grouped(rows)))
    if isinstance(digests, list) and digests:
        shown = ", ".join(digest[:DIGEST_DIGITS] for digest in digests[:MOST_DIGESTS])
        lines.append(shown + (" …" if len(digests) > MOST_DIGESTS else ""))
    return lines
