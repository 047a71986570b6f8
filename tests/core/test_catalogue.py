"""The catalogue as data: readable, without contradictions, and as complete as the reference."""

import csv
from pathlib import Path

import pytest

from services.core.catalogue import ANY, UNKNOWN, normalise, normalised, standard
from services.core.classifier import Classifier
from services.core.settlement import LineType

REFERENCE = Path(__file__).parents[2] / ".." / "shared" / "reference" / "amazon-line-types.csv"
CATALOGUE = standard()
# Where product.md asks for a category that the reference does not have.
OURS = {("Order", "ItemPrice", "GiftWrap"): "GIFT_WRAP"}


def test_every_row_is_complete_and_in_a_category_that_exists():
    assert len(CATALOGUE.entries) > 300
    assert CATALOGUE.version
    for entry in CATALOGUE.entries:
        assert entry.category in CATALOGUE.categories
        assert entry.meaning and entry.source and entry.usual_sign in ("+", "-", "±")
        assert entry.label or entry.category == UNKNOWN, entry


def test_no_line_type_stands_twice():
    keys = [tuple(normalise(cell) + ANY * (ANY in cell) for cell in cells(entry)) for entry in CATALOGUE.entries]
    assert len(keys) == len(set(keys))


def cells(entry):
    return (entry.line_type.transaction_type, entry.line_type.amount_type, entry.line_type.amount_description)


def test_a_label_means_one_category():
    categories: dict[str, set[str]] = {}
    for entry in CATALOGUE.entries:
        categories.setdefault(entry.label, set()).add(entry.category)
    assert {label: found for label, found in categories.items() if len(found) > 1} == {}


def test_categories_have_labels_of_their_own_and_a_meaning():
    found = CATALOGUE.categories.values()
    assert len({category.label for category in found}) == len(found)
    assert all(category.meaning and category.side in ("income", "expense", "balance", "none") for category in found)
    assert {"GIFT_WRAP", "SALES_AMAZON_TAXED", "REFUNDS_AMAZON_TAXED", UNKNOWN} <= set(CATALOGUE.categories)


def test_a_tax_row_folds_into_a_line_type_of_the_catalogue_that_is_no_tax():
    exact = {normalised(entry.line_type): entry for entry in CATALOGUE.entries}
    folding = [entry for entry in CATALOGUE.entries if entry.folds_into]
    assert len(folding) > 20
    for entry in folding:
        assert entry.category == "SALES_TAX"
        assert exact[normalised(entry.folds_into)].category != "SALES_TAX"


def test_the_tax_a_buyer_paid_on_an_order_or_refund_always_folds():
    for kind in ("Order", "Refund", "Chargeback Refund", "A-to-z Guarantee Refund"):
        for row in ("ItemPrice/Tax", "ItemPrice/ShippingTax", "ItemPrice/GiftWrapTax", "Promotion/TaxDiscount"):
            assert Classifier(CATALOGUE).classify(LineType(kind, *row.split("/"))).category not in (
                "SALES_TAX",
                UNKNOWN,
            )


def test_every_line_type_of_the_reference_classifies_as_it_suggests():
    if not REFERENCE.exists():
        pytest.skip("the shared reference of line types is not beside this checkout")
    classifier, checked = Classifier(CATALOGUE), 0
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["suggested_category"] == "(HEADER)":
                continue
            for line_type in spelt_out(row):
                triple = (line_type.transaction_type, line_type.amount_type, line_type.amount_description)
                expected = OURS.get(triple, row["suggested_category"])
                assert classifier.classify(line_type, sales_tax_rows="own_account").category == expected, triple
                checked += 1
    assert checked > 300


def spelt_out(row):
    """The reference's alternatives (``A|B``) one by one, its ``*`` as words nobody knows."""
    for amount_type in row["amount_type"].split("|"):
        for description in row["amount_description"].split("|"):
            triple = (row["transaction_type"], amount_type, description)
            yield LineType(*("Zebra stripes" if cell == ANY else cell for cell in triple))


def test_normalising_ignores_case_spaces_and_punctuation():
    assert normalise("FBA Removal Order: Return Fee") == normalise("fba_removal-order  returnfee")
