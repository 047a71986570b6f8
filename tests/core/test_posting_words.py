"""What is read while a posting is unsure."""

from datetime import UTC, datetime

import pytest

from services.core.posting_words import while_unsure

SENT, ASKED = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC), datetime(2026, 6, 1, 12, 0, 41, tzinfo=UTC)
SILENCE = "Xero did not answer, so it is not known whether it did what was asked. Try again in a minute."


def test_an_unanswered_create_tells_when_it_was_sent_and_when_xero_was_asked():
    words = while_unsure(SILENCE, "intent", SENT, 1, ASKED)
    assert "sent as a draft at 12:00:05 UTC, and Xero was last asked at 12:00:41 UTC" in words


def test_a_create_that_was_sent_again_says_how_often():
    assert "(3 times by now)" in while_unsure(SILENCE, "intent", SENT, 3, ASKED)


@pytest.mark.parametrize("state", ["intent", "drafted", "voiding"])
def test_the_person_is_told_what_to_press_and_what_not_to_do_and_nothing_that_is_done_for_them(state):
    words = while_unsure(SILENCE, state, SENT if state == "intent" else None, 1, ASKED)
    assert words.startswith("Xero did not answer") and "Try again" not in words
    assert "asks again by itself" in words and "“Ask Xero now”" in words and "by hand" in words


def test_what_is_approved_or_voided_twice_does_no_harm_and_says_so():
    assert "approving it twice does no harm" in while_unsure(SILENCE, "drafted", None, 1, ASKED)
    assert "void was last asked for at 12:00:41 UTC" in while_unsure(SILENCE, "voiding", None, 0, ASKED)
