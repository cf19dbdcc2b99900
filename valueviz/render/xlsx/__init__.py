"""Workbooks: sole owner of XlsxWriter; it places what a plan says and computes nothing."""

from valueviz.render.xlsx.form import workbook

__all__ = ["workbook"]
