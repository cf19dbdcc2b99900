"""A document on screen: its panels, placed by Streamlit from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from valueviz.render.palette import Theme
from valueviz.story import Document
from valueviz.ui.pieces import Panel, Picture, Scene, Words, panels

NO_PADDING = {"left": 0, "top": 0, "right": 0, "bottom": 0}
"""Streamlit adds 20 pixels below a chart that does not say that it wants none."""


def show(document: Document, *, theme: Theme = "light") -> None:
    """Place a document on the page."""
    place(panels(document, theme=theme))


def place(ready: Iterable[Panel]) -> None:
    """Place panels, each in a container of its own; charts in both layouts, of which page.css shows one."""
    for panel in ready:
        with st.container(key=f"vv-panel-{_name(panel.key)}", gap="small"):
            for piece in panel.pieces:
                match piece:
                    case Words():
                        st.html(piece.markup)
                    case Picture():
                        _chart(piece)
                    case Scene():
                        # our own drawing, its words escaped; st.html would leave out everything that is SVG
                        st.markdown(piece.markup, unsafe_allow_html=True)


def _chart(picture: Picture) -> None:
    for layout, spec in (("wide", picture.wide), ("narrow", picture.narrow)):
        with st.container(key=f"vv-{layout}-{_name(picture.key)}"):
            # Streamlit changes the outermost dict of a spec, and these are kept for other runs
            st.vega_lite_chart(
                spec=dict(spec) | {"padding": NO_PADDING, "usermeta": {"embedOptions": {"renderer": "svg"}}},
                width="content",
                theme=None,
            )


def _name(key: str) -> str:
    return key.replace(".", "-").replace("_", "-")
