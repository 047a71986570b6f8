"""What a line type means: rules of the workspace first, then the catalogue, and never a guess."""

import pytest

from services.core.catalogue import normalised, standard
from services.core.classifier import Classifier, amazons_words
from services.core.settlement import LineType

CLASSIFIER = Classifier(standard())


def classify(triple, accounted=False, sales_tax_rows="fold", classifier=CLASSIFIER):
    return classifier.classify(LineType(*triple.split("/")), accounted, sales_tax_rows)


@pytest.mark.parametrize(
    ("triple", "category", "label"),
    [
        ("Order/ItemPrice/Principal", "SALES", "Product sales"),
        ("Order/ItemPrice/GiftWrap", "GIFT_WRAP", "Gift wrap income"),
        ("Order/ItemFees/Commission", "SELLER_FEES", "Commission"),
        ("Order/ItemFees/FBAPerUnitFulfillmentFee", "FBA_FEES", "FBA fulfilment fee"),
        ("Refund/ItemPrice/Principal", "REFUNDS", "Refunded product sales"),
        ("ServiceFee/Cost of Advertising/TransactionTotalAmount", "ADVERTISING", "Sponsored ads"),
        ("other-transaction/other-transaction/Current Reserve Amount", "RESERVE", "Reserve held back"),
        ("other-transaction/other-transaction/Payable to Amazon", "BALANCE_MOVEMENT", "Owed to Amazon"),
    ],
)
def test_a_known_line_type_has_its_category_and_plain_words(triple, category, label):
    assert classify(triple) == (category, label)


@pytest.mark.parametrize(
    ("triple", "category"),
    [
        ("ORDER/ITEM_FEES/DIGITAL SERVICES FEE", "SELLER_FEES"),
        ("Pedido/ItemFees/Commission", "SELLER_FEES"),
        ("Order/Other charges/FBAPerUnitFulfillmentFee", "FBA_FEES"),
        ("other-transaction/FBA Inventory Reimbursement/SOME_NEW_REASON", "REIMBURSEMENTS"),
        ("Refund/ItemWithheldTax/SomethingNew-Principal", "MF_TAX_WITHHELD"),
        ("CouponRedemptionFee/CouponRedemptionFee/Commission free week", "PROMO_FEES"),
        ("CouponRedemptionFee/CouponRedemptionFee/Commission", "PROMO_FEES"),
        ("Transfer/other-transaction/Previous Reserve Amount Balance", "RESERVE"),
        ("Transfer/other-transaction/To your account ending in 123", "BALANCE_MOVEMENT"),
        ("Debt Adjustment/Debt Adjustment/Cross-Account Debt Adjustment against DE, FR", "BALANCE_MOVEMENT"),
        ("other-transaction/other-transaction/Inbound Defect Fee - Box too heavy", "INBOUND_FEES"),
        ("AmazonFees/Eco-contribution for EPR Pay on Behalf - FR - Textiles/Base fee", "SELLER_FEES"),
        ("AmazonFees/Some Fee Of Next Year/Base fee", "SELLER_FEES"),
        ("AmazonFees/FBA Inventory Storage Fee/Base fee", "STORAGE_FEES"),
        ("FBAFees/FBA Inventory Storage Fee/Adjustment", "STORAGE_FEES"),
    ],
)
def test_renamed_and_variable_line_types_are_still_known(triple, category):
    assert classify(triple).category == category


@pytest.mark.parametrize(
    "triple",
    [
        "Order/ItemPrice/SomethingNew",
        "Strange Refund/ItemPrice/Principal",
        "ServiceFee/Something New/TransactionTotalAmount",
        "Other/Something/New",
        "/Something New/Base fee",
        "FBAFees/Something New/Base fee",
        "other-transaction/other-transaction/Packaging Pilot Contribution",
        "//",
    ],
)
def test_what_the_catalogue_does_not_agree_on_is_unknown(triple):
    assert classify(triple).category == "UNKNOWN"


def test_an_unknown_line_type_is_called_by_amazons_own_words():
    assert classify("Order/ItemFees/Moon Landing Fee").label == "Order / ItemFees / Moon Landing Fee"
    assert classify("other-transaction/other-transaction/Pilot").label == "Pilot"
    assert amazons_words(LineType("", "", "")) == "Unnamed amount"


def test_a_buyers_tax_joins_the_line_it_belongs_to():
    assert classify("Order/ItemPrice/Tax") == classify("Order/ItemPrice/Principal")
    assert classify("Order/ItemPrice/ShippingTax") == classify("Order/ItemPrice/Shipping")
    assert classify("Order/ItemPrice/GiftWrapTax") == classify("Order/ItemPrice/GiftWrap")
    assert classify("Order/Promotion/TaxDiscount") == classify("Order/Promotion/Principal")
    assert classify("Refund/ItemPrice/Tax") == classify("Refund/ItemPrice/Principal")


def test_or_goes_to_an_account_of_its_own_if_the_workspace_says_so():
    assert classify("Order/ItemPrice/Tax", sales_tax_rows="own_account") == ("SALES_TAX", "Tax on product sales")


def test_a_tax_row_that_belongs_to_no_line_stays_sales_tax():
    assert classify("Commingling VAT/other-transaction/Commingling VAT").category == "SALES_TAX"


@pytest.mark.parametrize(
    ("triple", "category"),
    [
        ("Order/ItemPrice/Principal", "SALES_AMAZON_TAXED"),
        ("Order/ItemPrice/Shipping", "SALES_AMAZON_TAXED"),
        ("Order/ItemPrice/GiftWrap", "SALES_AMAZON_TAXED"),
        ("Order/Promotion/Principal", "SALES_AMAZON_TAXED"),
        ("Refund/ItemPrice/Principal", "REFUNDS_AMAZON_TAXED"),
        ("Order/ItemPrice/Tax", "MF_TAX_WITHHELD"),
        ("Order/Promotion/TaxDiscount", "MF_TAX_WITHHELD"),
        ("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "MF_TAX_WITHHELD"),
        ("Refund/ItemPrice/ShippingTax", "MF_TAX_WITHHELD"),
        ("Order/ItemFees/Commission", "SELLER_FEES"),
        ("Liquidations/ItemPrice/Principal", "SALES_AMAZON_TAXED"),
    ],
)
@pytest.mark.parametrize("sales_tax_rows", ["fold", "own_account"])
def test_where_amazon_accounts_for_the_tax_sales_are_apart_and_tax_rows_meet_the_withheld_ones(
    triple, category, sales_tax_rows
):
    assert classify(triple, accounted=True, sales_tax_rows=sales_tax_rows).category == category


def test_tax_rows_and_withheld_rows_share_a_label_so_that_they_cancel_in_one_line():
    withheld = "Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal"
    assert classify("Order/ItemPrice/Tax", accounted=True) == classify(withheld, accounted=True)


def ruled(triple, category):
    return Classifier(standard(), {normalised(LineType(*triple.split("/"))): category})


def test_a_rule_stands_above_the_catalogue_whatever_the_spelling():
    classifier = ruled("Order/ItemFees/Commission", "OTHER")
    assert classify("order/item-fees/COMMISSION", classifier=classifier).category == "OTHER"


def test_a_rule_gives_an_unknown_line_type_its_category_everywhere():
    classifier = ruled("Order/ItemPrice/SomethingNew", "SALES")
    assert classify("Order/ItemPrice/SomethingNew", classifier=classifier) == (
        "SALES",
        "Order / ItemPrice / SomethingNew",
    )
    assert classify("Order/ItemPrice/SomethingNew", True, classifier=classifier).category == "SALES_AMAZON_TAXED"


def test_tax_follows_its_line_where_a_rule_moves_the_line():
    classifier = ruled("Order/ItemPrice/Principal", "LIQUIDATIONS")
    assert classify("Order/ItemPrice/Tax", classifier=classifier).category == "LIQUIDATIONS"


def test_a_rule_on_a_tax_row_is_taken_literally():
    classifier = ruled("Order/ItemPrice/Tax", "SALES_TAX")
    assert classify("Order/ItemPrice/Tax", classifier=classifier).category == "SALES_TAX"


def test_a_rule_may_hold_for_all_that_begin_so_and_the_longer_one_counts():
    rules = {
        ("order", "itemfees", "moon*"): "SELLER_FEES",
        ("order", "itemfees", "moonstorage*"): "STORAGE_FEES",
        ("order", "itemfees", "moonstoragerefund"): "OTHER",
    }
    classifier = Classifier(standard(), rules)

    def category(description):
        return classify(f"Order/ItemFees/{description}", classifier=classifier).category

    assert category("Moon levy 2026-05") == "SELLER_FEES"
    assert category("Moon storage, June") == "STORAGE_FEES"
    assert category("Moon storage refund") == "OTHER"
    assert classify("Refund/ItemFees/Moon levy", classifier=classifier).category == "UNKNOWN"


def test_a_rule_may_leave_a_part_open():
    classifier = Classifier(standard(), {("*", "*", "commission"): "OTHER"})
    assert classify("Refund/Whatever/Commission", classifier=classifier).category == "OTHER"
