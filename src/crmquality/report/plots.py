"""Charts of a scorecard and of findings, with altair, which is loaded when a chart is asked for.

pip install 'crmquality[plot]'
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, cast

import polars as pl

from crmquality.errors import ConfigError
from crmquality.frames import to_polars
from crmquality.report.scorecard import QualityReport
from crmquality.tables import SOURCE

if TYPE_CHECKING:
    import altair as alt

_VERDICT_COLORS = {"met": "#1a7f37", "missed": "#b42318", "not shown": "#6b7280", "no target": "#4c6ef5"}
_SEVERITY_COLORS = {"error": "#b42318", "warning": "#d97706", "info": "#6b7280"}


def _altair() -> ModuleType:
    try:
        import altair
    except ImportError as error:
        raise ConfigError("charts need altair, which is not installed: pip install 'crmquality[plot]'") from error
    return altair


def plot_metrics(report: QualityReport, *, source: str | None = None) -> alt.LayerChart:
    """Every measured metric as a point with its interval, and its target as a tick.

    Args:
        report: the scorecard.
        source: the source to show; None: all together.

    Raises:
        ConfigError: without altair.

    ```
    completeness          |            ●─
    completeness  name    |          ─●─
    validity      mobile  |     ──●── |        (a tick: the target)
                          0 %                100 %
    ```
    """
    altair = _altair()
    same = pl.col(SOURCE).is_null() if source is None else pl.col(SOURCE) == source
    rows = report.table.filter(same & pl.col("value").is_not_null()).with_columns(
        label=pl.concat_str(pl.col("metric"), pl.col("field"), separator=" · ", ignore_nulls=True),
        verdict=pl.col("verdict").fill_null("no target"),
    )
    colors = altair.Scale(domain=list(_VERDICT_COLORS), range=list(_VERDICT_COLORS.values()))
    label = altair.Y("label:N", sort=None, title=None)
    base = altair.Chart(altair.Data(values=rows.to_dicts())).encode(y=label)
    percent = altair.Axis(format="%")
    color = altair.Color("verdict:N", scale=colors, title="verdict")
    interval = base.mark_rule().encode(x=altair.X("low:Q", axis=percent, title=None), x2="high:Q", color=color)
    told = ["metric:N", "field:N", "numerator:Q", "denominator:Q"]
    value = base.mark_point(filled=True, size=60).encode(x=altair.X("value:Q", axis=percent), color=color, tooltip=told)
    target = base.transform_filter("isValid(datum.target)").mark_tick(thickness=2, color="black").encode(x="target:Q")
    return cast("alt.LayerChart", altair.layer(interval, value, target))


def plot_findings(findings: object) -> alt.Chart:
    """How many findings there are of each field and code, by severity.

    Args:
        findings: the Findings table, of any kind that `frames` reads.

    Raises:
        ConfigError: without altair.
    """
    altair = _altair()
    table = to_polars(findings)[0]
    counts = (
        table.group_by("field", "code", "severity")
        .len("findings")
        .sort("field", "code", "severity")
        .with_columns(label=pl.concat_str(pl.col("field"), pl.col("code"), separator=" · "))
    )
    colors = altair.Scale(domain=list(_SEVERITY_COLORS), range=list(_SEVERITY_COLORS.values()))
    chart = altair.Chart(altair.Data(values=counts.to_dicts())).mark_bar()
    return cast(
        "alt.Chart",
        chart.encode(
            x=altair.X("findings:Q", title="findings"),
            y=altair.Y("label:N", sort="-x", title=None),
            color=altair.Color("severity:N", scale=colors, title="severity"),
            tooltip=["field:N", "code:N", "severity:N", "findings:Q"],
        ),
    )
