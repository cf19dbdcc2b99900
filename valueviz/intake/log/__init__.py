"""Event logs, tables of documents and XES: read, understood, told row by row, written as canonical Parquet.

What a process is and how cases are counted, others know.
"""

from valueviz.intake.log.guess import recognise
from valueviz.intake.log.reading import is_log_file, read_log, take_log
from valueviz.intake.log.result import LogColumns, LogRead, Note

__all__ = ["LogColumns", "LogRead", "Note", "is_log_file", "read_log", "recognise", "take_log"]
