"""What Xero shows of a posted document, in a status and a sentence."""

from dataclasses import replace

import pytest

from services.core.document_verdict import verdict
from services.core.posting_states import Found, Wanted

LINES = (("Product sales", "200", "OUTPUT2", 12000, 2000, ()),)
WANTED = Wanted("invoice", "GBP", 12000, 2000, LINES)
THERE = Found("id-1", "invoice", "AMZ-TB-10001", "AUTHORISED", "GBP", 12000, 2000, LINES)


@pytest.mark.parametrize(
    ("there", "lines_differ", "status", "words"),
    [
        (THERE, False, "posted", ""),
        (replace(THERE, status="PAID"), False, "paid", ""),
        (replace(THERE, status="VOIDED"), False, "changed_in_xero", "voided in Xero"),
        (replace(THERE, status="DELETED"), False, "changed_in_xero", "deleted in Xero"),
        (replace(THERE, total=13000), False, "changed_in_xero", "£130.00"),
        (replace(THERE, status="PAID"), True, "changed_in_xero", "lines were edited"),
    ],
)
def test_the_verdict(there, lines_differ, status, words):
    state, reason = verdict(WANTED, there, lines_differ)
    assert state == status and words in reason


def test_a_zero_document_that_xero_calls_paid_is_posted():
    nothing = replace(WANTED, total=0, tax=0)
    assert verdict(nothing, replace(THERE, status="PAID", total=0, tax=0), False) == ("posted", "")
