from __future__ import annotations

import json
import pickle
import re
import sys
from html.parser import HTMLParser

import polars as pl
import pytest

from crmquality.errors import ConfigError, SchemaError
from crmquality.report import DEFAULT_TARGETS, QualityReport, Target, quality_report
from crmquality.report.plots import plot_findings, plot_metrics
from crmquality.report.render import share
from crmquality.tables import REPORT
from crmquality.validator import IssueCodes, Required, Validator

EVIL = "<b>&'\"姓名"

TABLE = pl.DataFrame(
    {
        "record_id": range(100),
        "source": ["web", "erp"] * 50,
        f"norm_{EVIL}": ["secret"] * 98 + [None] * 2,
        f"issues_{EVIL}": pl.Series([None] * 99 + ["placeholder"], dtype=pl.String),
    }
)
FOUND = Validator((Required(EVIL), IssueCodes(EVIL)), source="source").validate_frame(TABLE)
TARGETS = (*DEFAULT_TARGETS, Target("completeness", EVIL, "web", at_least=0.99))


def made(**more: object) -> QualityReport:
    return quality_report(TABLE, FOUND, required=[EVIL], source="source", targets=TARGETS, **more)  # type: ignore[arg-type]


def test_the_text_says_the_verdict_first_and_hides_what_is_by_source() -> None:
    lines = str(made()).splitlines()
    assert lines[0] == "Scorecard: missed (targets: 1 met, 1 missed, 2 not shown)"
    assert re.split(r"  +", lines[2]) == [
        "metric",
        "field",
        "source",
        "value",
        "95 % interval",
        "of",
        "target",
        "verdict",
    ]
    web = next(line for line in lines if " web " in line)
    assert web.split()[-4:] == ["≥", "99.00", "%", "missed"]
    assert "98.00 %" in web
    missing = next(line for line in lines if line.startswith("required_missing"))
    assert missing.split()[-7:] == ["2", "/", "100", "≤", "2.00", "%", "met"]
    assert lines[-1] == "13 more rows by source in .table"
    assert "secret" not in str(made())


def test_html_is_escaped_well_formed_and_holds_nothing_to_load() -> None:
    html = made()._repr_html_()
    assert EVIL not in html
    assert "&lt;b&gt;" in html
    assert not re.search(r"<script|<link|src=|href=|url\(", html)
    assert "secret" not in html

    class Tags(HTMLParser):
        opened: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.opened.pop() == tag

    parser = Tags()
    parser.feed(html)
    assert parser.opened == []


def test_it_goes_to_json_and_compares() -> None:
    report = made()
    data = json.loads(json.dumps(report.to_dict()))
    assert data["verdict"] == "missed"
    assert list(data["metrics"][0]) == list(REPORT)
    assert tuple(Target.from_dict(t) for t in data["targets"]) == TARGETS
    assert report == made()
    assert report != QualityReport(report.table, ())
    assert pickle.loads(pickle.dumps(report)) == report
    assert repr(report).startswith("QualityReport(missed; targets: 1 met, 1 missed, 2 not shown;")


def test_the_verdict_of_all_targets() -> None:
    def verdict(*targets: Target) -> str:
        return quality_report(TABLE, FOUND, targets=targets).verdict

    met, missed = Target("completeness", at_least=0.9), Target("completeness", EVIL, at_most=0.9)
    assert verdict(met) == "met"
    assert verdict(met, missed) == "missed"
    assert verdict(met, Target("accuracy", at_least=0.1)) == "not shown"
    assert verdict(missed, Target("accuracy", at_least=0.1)) == "missed"
    assert verdict() == "not shown"


@pytest.mark.parametrize(
    ("target", "counted", "verdict"),
    [
        (Target("accuracy", at_least=0.98), (98, 100), "met"),
        (Target("accuracy", at_least=0.98), (979, 1000), "missed"),
        (Target("accuracy", at_least=0.98, sure=True), (98, 100), "not shown"),
        (Target("accuracy", at_least=0.98, sure=True), (990, 1000), "met"),
        (Target("accuracy", at_least=0.98, sure=True), (90, 100), "missed"),
        (Target("accuracy", at_most=0.0), (0, 100), "met"),
        (Target("accuracy", at_most=0.02, sure=True), (0, 100), "not shown"),
    ],
)
def test_a_target_met_missed_or_not_shown(target: Target, counted: tuple[int, int], verdict: str) -> None:
    k, n = counted
    labels = pl.DataFrame({"record_id": range(n), "field": ["x"] * n, "correct": [i < k for i in range(n)]})
    frame = pl.DataFrame({"record_id": range(n)})
    report = quality_report(frame, [], fields=[], checked_cells=labels, targets=(target,))
    assert report.verdict == verdict


def test_a_target_on_what_is_not_there_is_not_shown() -> None:
    report = quality_report(TABLE, FOUND, source="source", targets=(Target("validity", EVIL, "crm", at_least=0.5),))
    row = report.table.filter(source="crm").row(0, named=True)
    assert (row["metric"], row["value"], row["target"], row["verdict"]) == ("validity", None, 0.5, "not shown")


def test_faults_of_targets_are_named_at_once() -> None:
    wrong = (
        Target("complete", at_least=0.5),  # type: ignore[arg-type]
        Target("uniqueness", "name", at_least=0.5),
        Target("validity"),
        Target("validity", at_least=0.1, at_most=0.2),
        Target("validity", at_least=98),
    )
    for target in wrong:
        assert len(target.faults()) == 1, target
    with pytest.raises(ConfigError) as error:
        quality_report(TABLE, FOUND, targets=(*wrong, Target("accuracy", at_least=1), Target("accuracy", at_most=0)))
    assert len(error.value.faults) == len(wrong) + 2
    assert "Did you mean 'completeness'?" in str(error.value)


def test_every_missing_column_is_named_at_once() -> None:
    with pytest.raises(SchemaError) as error:
        quality_report(
            TABLE, FOUND, pl.DataFrame({"record_id": [1]}), fields=["nmae"], record_id="id", source="system",
            occurred_at="then", checked_cells=pl.DataFrame({"record_id": [1], "correct": [True]}),
        )  # fmt: skip
    assert len(error.value.faults) == 6


def test_every_kind_of_table_is_read() -> None:
    dicts = quality_report(TABLE.to_dicts(), FOUND.to_dicts(), required=[EVIL], source="source", targets=TARGETS)
    assert dicts == made()
    assert (
        quality_report(TABLE.to_pandas(), FOUND.to_pandas(), required=[EVIL], source="source", targets=TARGETS)
        == made()
    )


def test_shares_never_round_up_to_all_or_down_to_nothing() -> None:
    assert share(0.9999) == "99.99 %"
    assert share(0.999999) == "> 99.99 %"
    assert share(1e-9) == "< 0.01 %"
    assert share(0.12345) == "12.35 %"


def test_charts_hold_what_was_measured() -> None:
    pytest.importorskip("altair")
    chart = plot_metrics(made()).to_dict()
    assert len(chart["layer"]) == 3
    assert "secret" not in json.dumps(chart)
    assert plot_metrics(made(), source="web").to_dict() != chart
    bars = plot_findings(FOUND).to_dict()
    assert sum(row["findings"] for row in bars["data"]["values"]) == FOUND.height


def test_without_altair_a_chart_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    for draw in (lambda: plot_metrics(made()), lambda: plot_findings(FOUND)):
        with pytest.raises(ConfigError, match=r"crmquality\[plot\]"):
            draw()
