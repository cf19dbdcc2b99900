"""The words by which files and people name an instrument, and the instrument of ours that each of them means."""

from __future__ import annotations

import unicodedata

from valueviz.terms import Instrument

WORDS: dict[Instrument, tuple[str, ...]] = {
    "system_log": ("系统日志", "系统", "系统记录", "日志", "log", "system log", "systemprotokoll"),
    "export": ("导出", "系统导出", "导出报表", "export", "report", "system export", "systemexport"),
    "time_study": (
        *("秒表", "秒表测时", "秒表计时", "测时", "工时测定", "时间研究"),
        *("stopwatch", "time study", "zeitaufnahme", "zeitstudie", "stoppuhr"),
    ),
    "sample": ("抽样", "抽查", "抽检", "sample", "sampling", "stichprobe"),
    "survey": ("问卷", "问卷调查", "调查", "survey", "questionnaire", "umfrage", "befragung"),
    "estimate": ("估计", "估算", "手工估计", "人工估计", "estimate", "estimated", "schätzung"),
}
"""Words of each instrument, in Chinese, English and German."""


def _plain(word: str) -> str:
    """A word as it is compared: width, case, spaces and underscores make no difference."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in folded if not letter.isspace() and letter != "_")


_MEANINGS = {_plain(word): key for key, words in WORDS.items() for word in (key, *words)}


def instrument_of(word: str) -> str:
    """The instrument a word names; the word itself where it names none we know.

    >>> instrument_of("秒表"), instrument_of("Time  Study"), instrument_of("手工记录")
    ('time_study', 'time_study', '手工记录')
    """
    return _MEANINGS.get(_plain(word), word)
