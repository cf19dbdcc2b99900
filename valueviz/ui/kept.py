"""What the page keeps between two runs: studies, documents, their panels and PDFs; bounded, by digest.

Every key holds the workspace and a Question or Request, which hold the client and the digests of all
that is known: nothing here can go stale or be shown to another client. What is kept is frozen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from valueviz import story, study
from valueviz.render.palette import Theme
from valueviz.store import Workspace
from valueviz.story import Document
from valueviz.study import Study, cases
from valueviz.study.cases import Cases, Choices, EventRow
from valueviz.terms import Engagement, Metric, Question, Request
from valueviz.ui.pieces import Panel, panels
from valueviz.ui.request import PROCESS

ENGAGEMENTS = 512
"""Engagements kept: those of all clients of a firm; a few kilobytes apiece."""

STUDIES = 48
"""Studies kept: a team that leafs through its clients with a few filters each; about a megabyte apiece."""

DOCUMENTS = 96
"""Documents kept: every study in both languages."""

PAGES = 192
"""Pages of panels kept: every document in both themes."""

PDFS = 16
"""PDFs kept: a download is wanted seconds after it was made; half a megabyte apiece."""

_BY_DIGEST: dict[str | type[Any], Callable[[Any], Any]] = {Question: repr, Request: repr}


@st.cache_resource(max_entries=ENGAGEMENTS, show_spinner=False)
def engagement_of(workspace: str, client: str, knowledge: str) -> Engagement:
    """The engagement of a client as of a state of `knowledge`."""
    return Workspace.open(Path(workspace)).client(client).engagement()


@st.cache_resource(max_entries=ENGAGEMENTS, show_spinner=False)
def metrics_of(workspace: str, client: str, knowledge: str) -> tuple[Metric, ...]:
    """The metrics a client's files may speak of, as of a state of `knowledge`."""
    return study.measurable(Workspace.open(Path(workspace)).client(client))


@st.cache_resource(max_entries=STUDIES, show_spinner=False, hash_funcs=_BY_DIGEST)
def study_of(workspace: str, question: Question) -> Study:
    """The study of a question; one about no client needs no workspace."""
    return study.run(None if question.client is None else Workspace.open(Path(workspace)), question)


@st.cache_resource(max_entries=STUDIES, show_spinner=False, hash_funcs=_BY_DIGEST)
def process_of(workspace: str, question: Question) -> Study:
    """The study of a question about processes alone: without the effects of metrics, which no page of it shows."""
    return study.run(Workspace.open(Path(workspace)), question, estimated=False)


@st.cache_resource(max_entries=ENGAGEMENTS, show_spinner=False)
def choices_of(workspace: str, client: str, knowledge: str) -> Choices | None:
    """What the event log of a client can be narrowed to, as of a state of `knowledge`; None where there is none."""
    return cases.choices(Workspace.open(Path(workspace)).client(client))


@st.cache_resource(max_entries=STUDIES, show_spinner=False, hash_funcs=_BY_DIGEST)
def cases_of(workspace: str, question: Question) -> Cases:
    """The slowest cases of a question about a process."""
    return cases.cases(Workspace.open(Path(workspace)).client(question.client or ""), question)


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def events_of(workspace: str, client: str, knowledge: str, case: str) -> tuple[EventRow, ...]:
    """The events of a case, as of a state of `knowledge`."""
    return cases.events(Workspace.open(Path(workspace)).client(client), case)


@st.cache_resource(max_entries=DOCUMENTS, show_spinner=False, hash_funcs=_BY_DIGEST)
def document_of(workspace: str, request: Request) -> Document:
    """The document of a request."""
    answered = process_of if request.view.template == PROCESS else study_of
    return story.compose(answered(workspace, request.question), request.view)


@st.cache_resource(max_entries=PAGES, show_spinner=False, hash_funcs=_BY_DIGEST)
def panels_of(workspace: str, request: Request, theme: Theme) -> tuple[Panel, ...]:
    """The panels of a document in a theme: markup and chart specs."""
    return panels(document_of(workspace, request), theme=theme)


@st.cache_resource(max_entries=PDFS, show_spinner=False, hash_funcs=_BY_DIGEST)
def pdf_shelf(workspace: str, request: Request) -> list[bytes]:
    """The shelf for the PDF of a request: empty until it was made, then one PDF."""
    return []
