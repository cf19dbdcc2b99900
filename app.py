"""The live page as an ASGI application; `streamlit run app.py` and `valueviz serve` start the same thing.

Streamlit looks for `app = st.App(…)` in the syntax tree of this very file; everything else is in valueviz.ui.
"""

import streamlit as st

from valueviz.ui import server

app = st.App(
    server.SCRIPT,
    lifespan=server.warm,
    routes=server.routes(),
    middleware=server.middleware(),
    on_script_error=server.failed,
)
