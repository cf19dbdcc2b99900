"""A promise about a metric nobody defines is taken, and said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from valueviz.cli import main

ENGAGEMENT = """
name = "Cedar Pumps"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-09-01
[[promise]]
metric = "{metric}"
value = 5
"""


@pytest.mark.parametrize(("metric", "noted"), [("month_closing_days", True), ("month_close_days", False)])
def test_a_promised_metric_nobody_defines_is_noted_with_the_nearest(
    metric: str, noted: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cedar.toml"
    file.write_text(ENGAGEMENT.format(metric=metric), encoding="utf-8")
    where = ["--workspace", str(tmp_path / "ws"), "--lang", "en"]
    assert main(["client", "cedar", "--engagement", str(file), *where]) == 0
    said = capsys.readouterr().err
    assert ("Did you mean month_close_days?" in said) is noted
