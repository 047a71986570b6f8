"""Dates stay as printed, whatever the hour and the zone."""

import pytest

from services.core.printed_dates import printed_date


@pytest.mark.parametrize(
    "text",
    [
        "14.03.2023 23:49:55 UTC",
        "14.03.2023",
        "2023-03-14 23:49:55 UTC",
        "2023-03-14T23:49:55+00:00",
        "2023-03-14T23:49:55-08:00",
        "2023-03-14T00:10:00+1300",
        "2023-03-14T23:49:55.123Z",
        "2023/03/14 23:49:55 UTC",
        "2023-03-14 23:49:55 PDT",
        "  2023-03-14 ",
    ],
)
def test_the_day_is_taken_as_printed(text):
    assert printed_date(text) == "2023-03-14"


@pytest.mark.parametrize(
    "text", ["", "14/03/2023 23:49", "3/14/23", "31.02.2023", "2023-13-01", "14.03.23", "45000", "soon"]
)
def test_anything_else_is_no_date(text):
    with pytest.raises(ValueError):
        printed_date(text)
