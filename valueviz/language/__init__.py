"""Everything a language decides: words, numbers, money, dates, spacing, and the faces text is set in.

Sole owner of Babel, which is loaded with the first number or date.
"""

from valueviz.language.fonts import FontFiles, fonts, measure, missing, rare
from valueviz.language.i18n import Language, language, resolve_locale
from valueviz.language.message import Placeholder
from valueviz.language.stream import stream_errors

__all__ = [
    "FontFiles",
    "Language",
    "Placeholder",
    "fonts",
    "language",
    "measure",
    "missing",
    "rare",
    "resolve_locale",
    "stream_errors",
]
