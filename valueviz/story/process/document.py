"""The report of one log that belongs to no workspace."""

from __future__ import annotations

from valueviz import catalog
from valueviz.story.blocks import Document
from valueviz.story.compose import PROCESS, compose, view
from valueviz.study import Study
from valueviz.study.process import ProcessStudy
from valueviz.terms import VERSION, Locale, Measured, Question


def log_document(study: ProcessStudy, *, locale: Locale, brand: str = "valueviz") -> Document:
    """The process report of a study alone.

    Args:
        study: of one log.
        locale: language of the report.
        brand: whose colours it wears.

    Raises:
        UsageError: unknown brand.
    """
    digests = study.lineage.digests if isinstance(study.lineage, Measured) else ()
    as_of = study.summary.last.date() if study.summary is not None and study.summary.last else None
    # the cut is part of what was asked: two cuts of one file are two documents
    question = Question(None, None, digests, repr(study.cut), catalog.catalog_digest(), as_of, version=VERSION)
    whole = Study(question, catalog.pack_or_general(None), as_of=as_of, processes=(study,))
    return compose(whole, view(PROCESS, locale=locale, brand=brand))
