"""A likely category for an unknown line type: by its words, where it stands, and its sign; with the reason."""

import pytest

from services.core.catalogue import standard
from services.core.classifier import Classifier
from services.core.nearest import nearest
from services.core.settlement import LineType


def hint(triple: str, amount: int = -100):
    return nearest(LineType(*triple.split("/")), amount, standard())


@pytest.mark.parametrize(
    ("triple", "amount", "category"),
    [
        ("AmazonFees/FBA Monthly Storage Surcharge/Base fee", -100, "STORAGE_FEES"),
        ("other-transaction/other-transaction/Sponsored ads on video", -100, "ADVERTISING"),
        ("Order/ItemPrice/Gift wrap for two", 100, "GIFT_WRAP"),
        ("other-transaction/other-transaction/Warehouse damage reimbursement 2027", 100, "REIMBURSEMENTS"),
        ("other-transaction/other-transaction/Reserve amount held", -100, "RESERVE"),
    ],
)
def test_its_words_tell_what_it_is_likely_to_be(triple, amount, category):
    assert hint(triple, amount).category == category


def test_the_reason_names_what_it_is_like_and_why():
    reason = hint("AmazonFees/FBA Monthly Storage Surcharge/Base fee").reason
    assert reason.startswith("Storage fees: like “")
    assert "shares" in reason and "“storage”" in reason


@pytest.mark.parametrize("triple", ["Order/ItemFees/Xyzzy", "//", "other-transaction/other-transaction/Zebra", "A/1/2"])
def test_where_nothing_known_is_like_it_nothing_is_guessed(triple):
    assert hint(triple) is None


def test_the_sign_decides_between_equals():
    """A made-up pair: the same words once as income, once as a charge."""
    coming_in, going_out = hint("x/y/Liquidations proceeds", 100), hint("x/y/Liquidations brokerage fee", -100)
    assert coming_in.category == "LIQUIDATIONS"
    assert going_out.category != coming_in.category


def test_a_hint_is_never_used_to_classify():
    line_type = LineType("other-transaction", "other-transaction", "Reserve amount held back longer")
    assert nearest(line_type, -1, standard())
    assert Classifier(standard()).classify(line_type).category == "UNKNOWN"
