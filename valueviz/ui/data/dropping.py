"""Where files are dropped; its words are those of the language, which Streamlit's own are not."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from valueviz.ui.desk import Desk
from valueviz.ui.style import text

What = Literal["files", "form", "mapping"]
"""What a visitor is invited to drop."""


def zone(here: Desk, *, key: str, what: What) -> list[UploadedFile]:
    """The files dropped since the last run; a new `key` makes Streamlit let go of its copies.

    Args:
        here: the desk, for the language.
        key: of the widget.
        what: is invited; only files may be several.
    """
    say = here.speaking.words
    megabytes = here.speaking.grouped(int(st.get_option("server.maxUploadSize")))
    limited = {"megabytes": megabytes} if what != "mapping" else {}
    words = {
        "drop": say(f"ui.import.drop.{what}"),
        "browse": say("ui.import.drop.browse"),
        "limit": say(f"ui.import.drop.limit_{what}", **limited),
    }
    place = f"vv-drop-{what}"
    variables = ";".join(f"--vv-say-{name}:{text(said)}" for name, said in words.items())
    st.html(f"<style>.st-key-{place}{{{variables}}}</style>")
    with st.container(key=place):
        dropped = st.file_uploader(
            say("ui.import.drop.label"), accept_multiple_files=True, key=key, label_visibility="collapsed"
        )
    return list(dropped or ())
