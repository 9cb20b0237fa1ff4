"""Every rule against a slow, obvious oracle that reads row by row, and the form's path against the table's (law 2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from crmquality.validator import (
    SEX_WORDS,
    AnyOf,
    AreaMatches,
    Before,
    Between,
    IssueCodes,
    Matches,
    NotInFuture,
    OneOf,
    Required,
    SameAs,
    SharedByTooMany,
    Stale,
    Unique,
    ValidationRule,
    Validator,
)

Row = dict[str, str | None]
Oracle = Callable[[Row, list[Row]], set[tuple[str, str]]]

NOW = datetime(2024, 5, 3, 6, 12)

words = st.sampled_from(
    ["a", "b", "AB12", "ab12", "X", " ", "", "x y", "\n", "a\n", "９", "é", "\x00", "🙂"]
) | st.text(st.characters(codec="utf-8"), max_size=4)
numbers = st.integers(-200, 200).map(str) | st.sampled_from(
    ["1.", ".5", "+7", "1e3", "9" * 400, "-0", "1_0", "nan", "inf", "١"]
)
days = st.dates(datetime(2023, 12, 25).date(), datetime(2024, 6, 10).date())
seconds = st.datetimes(datetime(2024, 4, 28), datetime(2024, 5, 8)).map(lambda t: t.replace(microsecond=0))
clocks = st.one_of(
    seconds.map(str),
    seconds.map(lambda t: t.isoformat() + ".25"),
    seconds.map(lambda t: t.isoformat(timespec="minutes")),
    seconds.map(lambda t: t.isoformat() + "Z"),
    seconds.map(lambda t: t.isoformat(" ", "minutes") + "+08:00"),
    seconds.map(lambda t: t.isoformat() + "-0330"),
)
times = st.one_of(
    days.map(str),
    days.map(lambda d: str(d)[:7]),
    days.map(lambda d: str(d)[:4]),
    clocks,
    st.sampled_from(["soon", "2024-5-3"]),
)
cities = st.sampled_from(["北京市", "北京", "长沙市", "株洲市", "市", "长沙市 株洲市 湘潭市", " "])
genders = st.sampled_from(["M", "f", "男", "女", "先生", "女士", "Male", " F", "unknown", "1"])
codes = st.lists(
    st.sampled_from(["placeholder", "full_width", "masked", "invalid_phone", "of_my_own"]), max_size=3
).map(" ".join)


def cell(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | strategy


COLUMNS: dict[str, st.SearchStrategy[str | None]] = {
    "norm_word": cell(words),
    "issues_word": cell(codes),
    "norm_number": cell(numbers),
    "norm_time": cell(times),
    "other_time": cell(times),
    "norm_city": cell(cities),
    "norm_phone_city": cell(cities),
    "norm_gender": cell(genders),
    "norm_id_sex": cell(st.sampled_from(["M", "F"])),
    "source": cell(st.sampled_from(["a", "b"])),
}
rows = st.fixed_dictionaries(COLUMNS)


def text(row: Row, column: str) -> str | None:
    """Not white space alone."""
    value = row[column]
    return value if value is not None and re.search(r"[^ \t\r\n\u00a0\u3000]", value) else None


def span(value: str | None, zone: timezone | None = None) -> tuple[datetime, datetime] | None:
    """The first moment of a date and the first one after it."""
    if value is None or not re.match(r"\d{4}(-\d\d)?(-\d\d)?\b", value) or value == "2024-5-3":
        return None
    if len(value) == 4:
        return datetime(int(value), 1, 1), datetime(int(value) + 1, 1, 1)
    if len(value) == 7:
        first = datetime.fromisoformat(value + "-01")
        return first, (first + timedelta(days=31)).replace(day=1)
    first = datetime.fromisoformat(value)
    if first.tzinfo:
        first = first.astimezone(zone or UTC).replace(tzinfo=None)
    if len(value) == 10:
        return first, first + timedelta(days=1)
    first = first.replace(microsecond=0)
    return first, first + (timedelta(seconds=1) if value[16:17] == ":" else timedelta(minutes=1))


def present(as_of: datetime) -> tuple[datetime, datetime]:
    return as_of, as_of + timedelta(seconds=1)


def ends_before(left: tuple[datetime, datetime] | None, right: tuple[datetime, datetime] | None) -> bool:
    return left is not None and right is not None and left[1] <= right[0]


def required(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    noted = (row["issues_word"] or "").split()
    filled = any(code not in ("full_width", "control_characters") for code in noted) and "placeholder" not in noted
    return set() if text(row, "norm_word") or filled else {("word", "required_missing")}


def issue_codes(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    return {("word", code) for code in (row["issues_word"] or "").split() if code != "full_width"}


def matches(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    value = text(row, "norm_word")
    good = value is None or (2 <= len(value) <= 4 and all(c in "ABCDEFab0123456789" for c in value))
    return set() if good else {("word", "pattern_mismatch")}


def one_of(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    return set() if text(row, "norm_word") in (None, "a", "AB12") else {("word", "not_in_set")}


def between(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    value = text(row, "norm_number")
    wrong = {("number", "out_of_range")}
    if value is None:
        return set()
    try:
        number = float(value)
    except ValueError:
        return wrong
    return set() if value.isascii() and "_" not in value and -10 <= number <= 99.5 else wrong


def between_dates(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    value = text(row, "norm_time")
    known = span(value)
    wrong = known is None or ends_before(known, span("2024-04")) or ends_before(span("2024-05-03"), known)
    return {("time", "out_of_range")} if value and wrong else set()


def not_in_future(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    late = ends_before(present(NOW), span(text(row, "norm_time")))
    return {("time", "in_future")} if late else set()


def stale(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    old = ends_before(span(text(row, "norm_time")), present(NOW - timedelta(days=2)))
    return {("time", "stale")} if old else set()


def any_of(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    return set() if text(row, "norm_word") or text(row, "norm_number") else {("word", "any_of_missing")}


def same_dates(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    left, right = span(text(row, "norm_time")), span(text(row, "other_time"))
    return {("time", "conflict_birth_date")} if ends_before(left, right) or ends_before(right, left) else set()


def same_sex(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    says = {"M": "M", "f": "F", "男": "M", "女": "F", "先生": "M", "女士": "F", "Male": "M", " F": "F"}.get(
        row["norm_gender"] or ""
    )
    return {("gender", "conflict_sex")} if says and row["norm_id_sex"] and says != row["norm_id_sex"] else set()


def same_text(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    left, right = text(row, "norm_word"), text(row, "norm_number")
    return {("word", "conflict")} if left and right and left != right else set()


def before(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    wrong = ends_before(span(text(row, "other_time")), span(text(row, "norm_time")))
    return {("other_time", "order_violation")} if wrong else set()


def area(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    def place(name: str) -> str:
        return name[:-1] if name.endswith("市") and len(name) > 1 else name

    phone, city = text(row, "norm_phone_city"), text(row, "norm_city")
    if phone is None or city is None or any(place(p) == place(city) for p in phone.split(" ")):
        return set()
    return {("phone", "area_conflict")}


def shared(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    n = Counter(text(r, "norm_word") for r in table)[text(row, "norm_word")]
    return {("word", "shared_value")} if text(row, "norm_word") and n > 2 else set()


def unique(row: Row, table: list[Row]) -> set[tuple[str, str]]:
    n = Counter((r["norm_number"], r["source"]) for r in table)[row["norm_number"], row["source"]]
    return {("number", "duplicate_value")} if row["norm_number"] and n > 1 else set()


PAIRS: list[tuple[ValidationRule, Oracle]] = [
    (Required("word"), required),
    (IssueCodes("word", ignore=("full_width",)), issue_codes),
    (Matches("word", "[A-Fab0-9]{2}|[A-Fab0-9]{3,4}"), matches),
    (OneOf("word", ("a", "AB12")), one_of),
    (Between("number", -10, 99.5), between),
    (Between("time", "2024-04", "2024-05-03"), between_dates),
    (NotInFuture("time"), not_in_future),
    (Stale("time", 2), stale),
    (AnyOf(("word", "number")), any_of),
    (SameAs("time", "other_time", "time", "conflict_birth_date", dates=True), same_dates),
    (SameAs("gender", "norm_id_sex", "gender", "conflict_sex", words=SEX_WORDS), same_sex),
    (SameAs("word", "number", "word"), same_text),
    (Before("time", "other_time"), before),
    (AreaMatches("norm_phone_city", "norm_city", "phone"), area),
    (SharedByTooMany("word", 2), shared),
    (Unique("number", within=("source",)), unique),
]


def table(records: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(records, schema=dict.fromkeys(COLUMNS, pl.String)).with_row_index("record_id")


def found(frame: pl.DataFrame, n: int) -> list[set[tuple[str, str]]]:
    out: list[set[tuple[str, str]]] = [set() for _ in range(n)]
    for record_id, field, code in frame.select("record_id", "field", "code").iter_rows():
        assert (field, code) not in out[record_id], "the same finding twice"
        out[record_id].add((field, code))
    return out


@settings(max_examples=60, deadline=None)
@given(records=st.lists(rows, min_size=1, max_size=16))
def test_every_rule_finds_what_its_oracle_finds(records: list[Row]) -> None:
    frame = table(records)
    for rule, oracle in PAIRS:
        findings = Validator((rule,)).validate_frame(frame, as_of=NOW)
        assert found(findings, len(records)) == [oracle(row, records) for row in records], rule


EVERYTHING = Validator(tuple(rule for rule, _ in PAIRS), source="source")


@settings(max_examples=40, deadline=None)
@given(
    records=st.lists(rows, min_size=5, max_size=30),
    as_of=st.sampled_from([None, NOW, NOW.astimezone(timezone(timedelta(hours=8)))]),
)
def test_a_record_alone_has_the_findings_of_its_row(records: list[Row], as_of: datetime | None) -> None:
    frame = table(records)
    row_rules = Validator(tuple(r for r in EVERYTHING.rules if r.grain == "row"), source="source")
    by_table = row_rules.validate_frame(frame, as_of=as_of).to_dicts()
    by_record = [f for row in frame.iter_rows(named=True) for f in EVERYTHING.validate_record(row, as_of=as_of)]
    fields = list(by_table[0]) if by_table else []
    assert by_table == [{name: getattr(f, name) for name in fields} for f in by_record]


@settings(max_examples=25, deadline=None)
@given(records=st.lists(rows, min_size=4, max_size=16), random=st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_row_order_or_rule_order(records: list[Row], random) -> None:  # type: ignore[no-untyped-def]
    frame = table(records)
    order = random.sample(range(len(records)), len(records))
    rules = random.sample(EVERYTHING.rules, len(EVERYTHING.rules))
    other = Validator(tuple(rules), source="source").validate_frame(frame[order], as_of=NOW)
    assert EVERYTHING.validate_frame(frame, as_of=NOW).equals(other)


anything = st.one_of(
    st.none(), st.integers(), st.floats(), st.booleans(), st.binary(max_size=4), st.text(max_size=5), st.dates(),
    st.datetimes(), st.lists(st.text(max_size=2), max_size=2), st.just("\ud800"), st.just("x" * 20_000), st.decimals(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(record=st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, anything)))
def test_no_cell_of_any_type_raises(record: dict[str, object]) -> None:
    EVERYTHING.validate_record(record, as_of=NOW)


def test_a_time_with_an_offset_is_brought_to_the_callers_zone() -> None:
    beijing = timezone(timedelta(hours=8))
    rule = Validator((NotInFuture("at"),))
    record = {"at": "2024-05-03T06:30:00+08:00"}
    assert rule.validate_record(record, as_of=datetime(2024, 5, 3, 6, 12, tzinfo=beijing))
    assert not rule.validate_record(record, as_of=datetime(2024, 5, 3, 6, 31, tzinfo=beijing))
    assert not rule.validate_record(record, as_of=datetime(2024, 5, 2, 23, 0, tzinfo=UTC))


def test_columns_of_dates_and_times_are_read_as_they_came() -> None:
    frame = pl.DataFrame(
        {
            "record_id": [1, 2, 3],
            "created_at": [datetime(2024, 1, 1, 9), datetime(2024, 1, 2), None],
            "updated_at": [
                datetime(2024, 1, 1, 8, 59, 59).date(),
                datetime(2024, 1, 1).date(),
                datetime(2025, 1, 1).date(),
            ],
        }
    )
    rules = Validator((Before("created_at", "updated_at"), NotInFuture("updated_at"), Stale("created_at", 122.8)))
    findings = rules.validate_frame(frame, as_of=NOW)
    assert findings.select("record_id", "field", "code").rows() == [
        (1, "created_at", "stale"),
        (2, "updated_at", "order_violation"),
        (3, "updated_at", "in_future"),
    ]


def test_times_at_the_edge_of_the_calendar_raise_nothing() -> None:
    frame = pl.DataFrame({"record_id": [1, 2, 3], "at": ["0001-01-01T00:00+08:00", "2024-13-45T99:00Z", "0001"]})
    rules = Validator((Stale("at", 900_000_000), NotInFuture("at")))
    assert rules.validate_frame(frame, as_of=NOW).is_empty()
    assert not any(rules.validate_record(row, as_of=NOW) for row in frame.iter_rows(named=True))
