"""Which tax types put tax on a document."""

from decimal import Decimal

import pytest

from services.core.tax import document_rate


@pytest.mark.parametrize(
    "tax_type", ["NONE", "REVERSECHARGES", "ECACQUISITIONS", "DRCHARGE20", "DRCHARGESUPPLY20", "BASEXCLUDED"]
)
def test_what_the_buyer_or_nobody_accounts_for_puts_no_tax_on_the_document(tax_type):
    assert document_rate(tax_type, Decimal(20)) == 0


@pytest.mark.parametrize(
    ("tax_type", "rate"), [("OUTPUT2", "20"), ("INPUT2", "20"), ("RRINPUT", "5"), ("TAX001", "8.875")]
)
def test_every_other_type_puts_its_own_rate_on_it(tax_type, rate):
    assert document_rate(tax_type, Decimal(rate)) == Decimal(rate)
