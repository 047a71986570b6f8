"""VAT on sales: both ways with Amazon's Tax rows side by side, before either is chosen."""

from services import settings
from tests.conftest import in_words

TAX = ("Order", "Amazon.co.uk", "ItemPrice", "Tax")
SALE = ("Order", "Amazon.co.uk", "ItemPrice", "Principal")


def test_the_effect_on_the_vat_return_is_shown_box_by_box(ada, world):
    settlement = world.settlement((SALE, "100.00"), (TAX, "20.00"))
    page = in_words(ada.get("/vat-on-sales"))
    assert "Box 1, VAT on sales 20.00 16.67 -3.33" in page
    assert "Box 4, VAT on purchases 3.00 3.00 –" in page
    assert "Box 6, sales without VAT 100.00 83.33 -16.67" in page
    assert f"Settlement {settlement}" in page


def test_looking_changes_nothing_and_choosing_does(ada, world):
    ada.get("/vat-on-sales")
    assert settings.value("sales_tax_rows") == "fold"
    assert ada.post("/vat-on-sales", {"value": "own_account"}).location == "/vat-on-sales"
    assert settings.value("sales_tax_rows") == "own_account"
    assert "In an account of their own (now)" in in_words(ada.get("/vat-on-sales"))


def test_before_xero_is_known_the_page_stands_all_the_same(ada):
    assert ada.get("/vat-on-sales").status_code == 200


def test_an_unmapped_workspace_is_told_why_every_box_is_empty(connected):
    assert "Nothing is mapped yet, so every box below is 0.00" in in_words(connected.get("/vat-on-sales"))


def test_a_mapped_workspace_is_told_no_such_thing(ada, world):
    world.settlement()
    page = in_words(ada.get("/vat-on-sales"))
    assert "Nothing is mapped yet" not in page and "another currency" not in page
