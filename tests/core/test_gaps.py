"""Gaps between settlements of the same marketplace."""

from services.core.gaps import Period, gaps


def uk(start: str, end: str) -> Period:
    return Period("Amazon.co.uk", "GBP", start, end)


def told(*periods: Period, since: str = "") -> list[tuple[str, str, str]]:
    return [(gap.marketplace, gap.after, gap.before) for gap in gaps(periods, since)]


def test_periods_that_follow_each_other_leave_none():
    assert told(uk("2026-04-01", "2026-04-15"), uk("2026-04-15", "2026-04-29"), uk("2026-04-30", "2026-05-14")) == []


def test_what_lies_between_is_pointed_out_whatever_the_order():
    assert told(uk("2026-05-01", "2026-05-15"), uk("2026-04-01", "2026-04-15")) == [
        ("Amazon.co.uk", "2026-04-15", "2026-05-01")]  # fmt: skip


def test_each_marketplace_and_currency_stands_for_itself():
    german = Period("Amazon.de", "EUR", "2026-04-15", "2026-05-01")
    assert told(uk("2026-04-01", "2026-04-15"), german, uk("2026-05-01", "2026-05-15")) == [
        ("Amazon.co.uk", "2026-04-15", "2026-05-01")]  # fmt: skip


def test_a_long_settlement_covers_those_within_it():
    long, short, later = uk("2026-04-01", "2026-04-29"), uk("2026-04-02", "2026-04-03"), uk("2026-04-29", "2026-05-13")
    assert told(long, short, later) == []


def test_gaps_before_the_start_date_are_nobodys_business():
    periods = (uk("2026-04-01", "2026-04-15"), uk("2026-05-01", "2026-05-15"), uk("2026-06-01", "2026-06-15"))
    assert told(*periods, since="2026-05-01") == [("Amazon.co.uk", "2026-05-15", "2026-06-01")]


def test_none_and_one_settlement_have_no_gap():
    assert told() == told(uk("2026-04-01", "2026-04-15")) == []
