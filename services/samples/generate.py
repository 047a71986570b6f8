"""Makes the sample settlements: ``python -m services.samples.generate`` writes them anew, byte for byte the same."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.samples.flat_file import Line, Sample, flat_file
from services.samples.orders import Market, make_item, order, other_shop_order, refund
from services.samples.shop import Dice

FILES = Path(__file__).parent / "files"

_FAILED_TRANSFER = (
    "Transfer of funds unsuccessful: We could not transfer funds to your bank account because the account "
    "information on file is invalid. Please update your bank account information."
)

# Charges at the level of the settlement: (days into the period, transaction type, amount type, description, pence).
_ADVERTISING = tuple(
    (day, "ServiceFee", "Cost of Advertising", "TransactionTotalAmount", amount)
    for day, amount in ((1, -50000), (4, -50000), (7, -38764), (10, -50000), (13, -21419))
)
_UK_CHARGES = (
    *_ADVERTISING,
    (9, "ServiceFee", "Refund for Advertiser", "TransactionTotalAmount", 1875),
    (2, "FBAFees", "FBA Inventory Storage Fee", "Base fee", -18642),
    (2, "FBAFees", "FBA Long Term Storage Fee", "Base fee", -2310),
    (3, "FBAFees", "FBA Inbound Placement Service Fee", "Base fee", -4128),
    (3, "FBAFees", "FBA Amazon-Partnered Carrier Shipment Fee", "Base fee", -6390),
    (5, "FBAFees", "FBA Removal Order: Return Fee", "Base fee", -1584),
    (5, "FBAFees", "FBA Removal Order: Disposal Fee", "Base fee", -420),
    (6, "other-transaction", "other-transaction", "LowInventoryLevelFee", -936),
    (6, "other-transaction", "other-transaction", "FBACustomerReturnPerUnitFee", -1144),
    (8, "other-transaction", "other-transaction", "Subscription Fee", -3000),
    (8, "ServiceFee", "Deals", "Promotion Fee", -2500),
    (8, "CouponRedemptionFee", "CouponRedemptionFee", "Autumn tea coupon", -864),
    (9, "AmazonFees", "Vine Enrollment Fee", "Base fee", -16800),
    (9, "other-transaction", "other-transaction", "Shipping label purchase", -489),
    (9, "other-transaction", "other-transaction", "Shipping label purchase for return", -312),
    (10, "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_LOST", 2834),
    (10, "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE", 1219),
    (10, "other-transaction", "FBA Inventory Reimbursement", "REVERSAL_REIMBURSEMENT", 4467),
    (11, "other-transaction", "FBA Inventory Reimbursement", "COMPENSATED_CLAWBACK", -1219),
    (11, "SAFE-T Reimbursement", "SAFE-T Reimbursement", "SAFE-T Reimbursement", 1999),
    (11, "Liquidations", "ItemPrice", "Principal", 3750),
    (11, "Liquidations", "ItemPrice", "Tax", 750),
    (11, "Liquidations", "ItemFees", "LiquidationsBrokerageFee", -563),
    (12, "other-transaction", "other-transaction", "Balance Adjustment", -37),
    (12, "other-transaction", "other-transaction", "Amazon Capital Services", -25000),
    (12, "other-transaction", "other-transaction", _FAILED_TRANSFER, 14250),
    (13, "other-transaction", "other-transaction", "Current Reserve Amount", -86213),
)


def samples() -> list[Sample]:
    """The four samples, oldest first. The UK ones follow each other without a gap."""
    negative = _uk_negative()
    return [_uk_unknown(), negative, _uk_october(owed=negative.total), _german()]


def write(folder: Path) -> list[Path]:
    """Writes every sample into ``folder`` and returns the paths."""
    paths = []
    for sample in samples():
        path = folder / f"{sample.name}.txt"
        path.write_bytes(flat_file(sample))
        paths.append(path)
    return paths


def _uk_unknown() -> Sample:
    """September, with a line type that no catalogue knows."""
    start = datetime(2026, 9, 14, 7, 6, 34, tzinfo=UTC)
    lines = _sales(Dice(1), _uk(start), orders=12, refunds=1)
    charges = _charges(start, (
        (3, "ServiceFee", "Cost of Advertising", "TransactionTotalAmount", -4210),
        (6, "other-transaction", "other-transaction", "Packaging Pilot Contribution", -615),
        (8, "other-transaction", "other-transaction", "Subscription Fee", -3000),
        (13, "other-transaction", "other-transaction", "Current Reserve Amount", -9800),
    ))  # fmt: skip
    return Sample("1-uk-unknown-line-type", "27018365501", "GBP", ".", start, (*lines, *charges))


def _uk_negative() -> Sample:
    """A quiet fortnight that costs more than it brings."""
    start = datetime(2026, 9, 28, 7, 6, 34, tzinfo=UTC)
    lines = _sales(Dice(2), _uk(start), orders=4, refunds=2)
    charges = _charges(start, (
        (0, "other-transaction", "other-transaction", "Previous Reserve Amount Balance", 9800),
        (2, "FBAFees", "FBA Inventory Storage Fee", "Base fee", -17458),
        (5, "ServiceFee", "Cost of Advertising", "TransactionTotalAmount", -14093),
        (8, "other-transaction", "other-transaction", "Subscription Fee", -3000),
    ))  # fmt: skip
    return Sample("2-uk-negative", "27036744182", "GBP", ".", start, (*lines, *charges))


def _uk_october(owed: int) -> Sample:
    """A busy fortnight of some 3,000 lines over every main category; it opens with what the last one left owing."""
    start = datetime(2026, 10, 12, 7, 6, 34, tzinfo=UTC)
    dice, market = Dice(3), _uk(start)
    lines = [*_sales(dice, market, orders=421, refunds=31, amazon_accounted_per_cent=14)]
    for kind in ("Chargeback Refund", "A-to-z Guarantee Refund"):
        lines += refund(dice, make_item(dice, market, 0), kind)
    for _ in range(9):
        lines += other_shop_order(dice, make_item(dice, market, 0))
    charges = (
        (0, "other-transaction", "other-transaction", "Payable to Amazon", owed),
        (1, "other-transaction", "other-transaction", "Successful charge", -owed),
        *_UK_CHARGES,
    )
    return Sample("3-uk-october", "27055120936", "GBP", ".", start, (*lines, *_charges(start, charges)))


def _german() -> Sample:
    """Amazon.de, in euros with decimal commas."""
    start = datetime(2026, 10, 15, 7, 6, 34, tzinfo=UTC)
    market = Market("Amazon.de", "303", 19, 150, start)
    lines = _sales(Dice(4), market, orders=26, refunds=3)
    charges = _charges(start, (
        (4, "ServiceFee", "Cost of Advertising", "TransactionTotalAmount", -11870),
        (6, "FBAFees", "FBA Inventory Storage Fee", "Base fee", -2943),
        (9, "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_LOST", 1842),
    ))  # fmt: skip
    return Sample("4-de-october", "27058493017", "EUR", ",", start, (*lines, *charges))


def _uk(start: datetime) -> Market:
    return Market("Amazon.co.uk", "206", 20, 153, start)


def _sales(dice: Dice, market: Market, orders: int, refunds: int, amazon_accounted_per_cent: int = 0) -> Iterator[Line]:
    for _ in range(orders):
        yield from order(dice, make_item(dice, market, amazon_accounted_per_cent))
    for _ in range(refunds):
        yield from refund(dice, make_item(dice, market, amazon_accounted_per_cent))


def _charges(start: datetime, charges: Iterable[tuple[int, str, str, str, int]]) -> Iterator[Line]:
    for minute, (day, kind, amount_type, description, amount) in enumerate(charges):
        yield Line(kind, amount_type, description, amount, start + timedelta(days=day, minutes=minute))


if __name__ == "__main__":
    write(FILES)
