"""The live page: the same Documents as on paper, beside controls; sole owner of streamlit.

`show.show(document)` shows one Document; `page.main()` is one run of the page; `server` holds what
app.py gives to `st.App`: gate, routes, warm-up. It places what the story wrote and computes nothing.
"""
