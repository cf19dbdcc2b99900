"""Names in every language of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Locale = Literal["en", "zh_CN"]

LOCALES: tuple[Locale, ...] = ("zh_CN", "en")


@dataclass(frozen=True, slots=True)
class Names:
    """One name or sentence in every language: pairs of locale and text."""

    texts: tuple[tuple[Locale, str], ...]

    @classmethod
    def same(cls, text: str) -> Names:
        """One text for all languages: the name of a firm, a word its owner wrote once."""
        return cls(tuple((locale, text) for locale in LOCALES))

    def __getitem__(self, locale: Locale) -> str:
        """The text of a language; KeyError where it is missing (definitions are complete by check)."""
        for key, text in self.texts:
            if key == locale:
                return text
        raise KeyError(locale)
