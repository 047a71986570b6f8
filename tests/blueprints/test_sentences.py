"""A settlement's history as it is told: sentences, and no word of the code."""

from types import SimpleNamespace

import pytest

from blueprints.sentences import _told


@pytest.mark.parametrize(("status", "reason", "told"), [
    ("changed_in_xero", "It was voided in Xero by hand.", "Looked at in Xero: It was voided in Xero by hand."),
    ("paid", "", "Looked at in Xero: it is paid."),
    ("posted", "", "Looked at in Xero: it stands there as it was posted."),
])  # fmt: skip
def test_what_was_seen_in_xero_is_told_in_words(status, reason, told):
    facts = {"status": status, "reason": reason}
    assert _told(SimpleNamespace(action="document.seen", facts=facts)) == told
