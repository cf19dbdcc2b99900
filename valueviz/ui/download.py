"""The PDF of the page: made on demand in a child process, with its stages, then offered for download."""

from __future__ import annotations

import streamlit as st

from valueviz.errors import ValuevizError
from valueviz.terms import Request
from valueviz.ui import kept, printing
from valueviz.ui.desk import Desk
from valueviz.ui.markup import page
from valueviz.ui.pieces import problem


@st.fragment
def download(here: Desk, asked: Request, *, digest: str, name: str) -> None:
    """A button that makes the PDF of what is on screen, then one that saves it; the rest of the page stays."""
    say = here.speaking.words
    shelf = kept.pdf_shelf(here.path, asked)
    with st.container(key="vv-download", horizontal=True, vertical_alignment="center"):
        place, beside = st.empty(), st.empty()
        if not shelf and place.button(say("ui.pdf.make"), icon=":material/picture_as_pdf:", key="vv-make-pdf"):
            with beside.container():
                made = _made(here, asked, digest=digest)
            if made is not None:
                shelf[:] = [made]
                beside.empty()
        if shelf:
            place.download_button(
                say("ui.pdf.save"),
                shelf[0],
                file_name=name,
                mime="application/pdf",
                icon=":material/download:",
                type="primary",
                on_click="ignore",
                key="vv-save-pdf",
            )


def _made(here: Desk, asked: Request, *, digest: str) -> bytes | None:
    """The PDF, None where it was refused; meanwhile the stage it is at."""
    say = here.speaking.words
    with st.status(say("ui.pdf.starting"), type="compact") as status:

        def tell(stage: str, _share: float) -> None:
            number = printing.STAGES.index(stage) + 1
            status.update(label=say(f"ui.pdf.{stage}", step=str(number), steps=str(len(printing.STAGES))))

        try:
            return printing.printed(here.path, asked, address=here.link, digest=digest, progress=tell)
        except ValuevizError as error:
            status.update(label=say("ui.pdf.failed"), state="error")
            st.html(page(problem(error, here.speaking), tag=here.speaking.tag))
            return None
