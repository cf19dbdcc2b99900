"""The deliberate refusals of valueviz; it knows no language.

ValuevizError                 a refusal: a code and its fields, worded in language/
├── DefinitionError           a definition file (pack, engagement, mapping, template, brand) is wrong
├── DataError                 a file with data cannot be taken, or a row in it
├── EvidenceError             a number without lineage, or a claim the rules of honest value forbid
├── StoreError                the workspace: missing, newer, locked, damaged, disk full
├── UsageError                the call itself: an unknown client, template, option, a combination
└── WorkerError               a child process died, ran too long or too large

Every code has a sentence in each language file under [error]; the sentence is worded only at the
edges (cli, ui, face). Fields are plain values: text, numbers, dates, never sentences.
"""

from __future__ import annotations

Field = str | int | float | None


class ValuevizError(Exception):
    """A deliberate refusal: a `code` in snake case and the `fields` its sentence names."""

    exit_code = 2

    def __init__(self, code: str, **fields: Field) -> None:
        """Keep code and fields; `nearest=None` and other empty fields are dropped.

        Args:
            code: key of the sentence under [error] in every language file.
            fields: what the sentence names, such as file, sheet, row, column, found, needed, nearest.
        """
        super().__init__(code, fields)
        self.code = code
        self.fields: dict[str, Field] = {key: value for key, value in fields.items() if value is not None}

    def __str__(self) -> str:
        """The code and its fields, for logs; users read the sentence of their language."""
        return f"{self.code} {self.fields}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the fields, so that a refusal crosses the border of a child process."""
        return (_rebuilt, (type(self), self.code, self.fields))


def _rebuilt(kind: type[ValuevizError], code: str, fields: dict[str, Field]) -> ValuevizError:
    return kind(code, **fields)


class DefinitionError(ValuevizError):
    """A definition file is wrong: the sentence names file, key, what was found and the nearest known key."""


class DataError(ValuevizError):
    """A data file or one of its rows cannot be taken: the sentence names file, sheet, row, column."""


class EvidenceError(ValuevizError):
    """A number or a claim lacks what makes it honest."""


class StoreError(ValuevizError):
    """The workspace cannot be used as it is, and nothing in it was changed."""


class UsageError(ValuevizError):
    """The call cannot be answered as it was made."""


class WorkerError(ValuevizError):
    """A child process did not bring its work to an end."""
