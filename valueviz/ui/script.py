"""What Streamlit runs for every visitor and every change of a control."""

from valueviz.ui.page import main

main()
