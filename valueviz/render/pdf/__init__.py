"""Documents as branded PDFs; the sole owner of reportlab, pikepdf and segno. It places, it never computes."""

from valueviz.render.pdf.report import render

__all__ = ["render"]
