"""Made-up orders and refunds, row by row as Amazon breaks them down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.samples.flat_file import Line
from services.samples.shop import PRODUCTS, Dice, Product, net_of, share

_PROMOTIONS = ("Tea week: 10% off & free delivery", "Linen #5 offer", "Buy 2, save 10%", "Autumn “cosy table” deal")


@dataclass(frozen=True)
class Market:
    """Where the shop sells: names as printed, the tax on its goods, Amazon's commission in per mille of the price."""

    name: str
    order_prefix: str
    tax_rate: int
    commission: int
    start: datetime


@dataclass(frozen=True)
class Item:
    """One order item, and how it was sold."""

    market: Market
    product: Product
    quantity: int
    order_id: str
    code: str
    posted: datetime
    amazon_accounts: bool

    def line(self, kind: str, amount_type: str, description: str, amount: int, **cells: str) -> Line:
        return Line(kind, amount_type, description, amount, self.posted, {
            "order-id": self.order_id, "merchant-order-id": self.order_id, "marketplace-name": self.market.name,
            "fulfillment-id": "AFN", "order-item-code": self.code, "sku": self.product.sku,
            "quantity-purchased": str(self.quantity), **cells,
        })  # fmt: skip

    def taxed(self, kind: str, description: str, tax: str, gross: int) -> Iterator[Line]:
        """What the buyer paid, split into its net and its tax; where Amazon accounts for the tax, it takes it back."""
        net = net_of(abs(gross), self.market.tax_rate) * (1 if gross >= 0 else -1)
        yield self.line(kind, "ItemPrice", description, net)
        yield self.line(kind, "ItemPrice", tax, gross - net)
        if self.amazon_accounts and description in ("Principal", "Shipping"):
            yield self.line(kind, "ItemWithheldTax", f"MarketplaceFacilitatorVAT-{description}", net - gross)


def make_item(dice: Dice, market: Market, amazon_accounted_per_cent: int) -> Item:
    return Item(
        market=market,
        product=dice.one_of(PRODUCTS),
        quantity=dice.one_of((1, 1, 1, 1, 2, 3)),
        order_id=f"{market.order_prefix}-{dice.digits(7)}-{dice.digits(7)}",
        code=f"6{dice.digits(13)}",
        posted=dice.within(market.start, 14),
        amazon_accounts=dice.chance(amazon_accounted_per_cent),
    )


def order(dice: Dice, item: Item) -> Iterator[Line]:
    """A sale with what goes with it: delivery, gift wrap, discounts, fees."""
    price = item.product.price * item.quantity
    yield from item.taxed("Order", "Principal", "Tax", price)
    if dice.chance(30):
        yield from _delivery(dice, item)
    if dice.chance(8) and not item.amazon_accounts:
        yield from item.taxed("Order", "GiftWrap", "GiftWrapTax", 299)
        yield item.line("Order", "ItemFees", "GiftwrapChargeback", -299)
    if dice.chance(12) and not item.amazon_accounts:
        yield from _discount(dice, item, price)
    yield item.line("Order", "ItemFees", "Commission", -share(price, item.market.commission))
    yield item.line("Order", "ItemFees", "FBAPerUnitFulfillmentFee", -item.product.fulfilment * item.quantity)
    yield item.line("Order", "ItemFees", "DigitalServicesFee", -share(share(price, item.market.commission), 20))


def refund(dice: Dice, item: Item, kind: str = "Refund") -> Iterator[Line]:
    """A sale given back: price and tax return to the buyer, most of the commission to the seller."""
    price = item.product.price * item.quantity
    commission = share(price, item.market.commission)
    yield from item.taxed(kind, "Principal", "Tax", -price)
    yield item.line(kind, "ItemFees", "Commission", commission)
    yield item.line(kind, "ItemFees", "RefundCommission", -min(share(commission, 200), 500))
    if dice.chance(10):
        yield item.line(kind, "ItemPrice", "Goodwill", -200)


def other_shop_order(dice: Dice, item: Item) -> Iterator[Line]:
    """An order of the seller's own web shop, sent by Amazon: no sale here, only what sending it costs."""
    cells = {"order-id": f"S01-{dice.digits(7)}-{dice.digits(7)}", "marketplace-name": "Non-Amazon UK"}
    yield item.line("Order", "Shipment-Fees", "FBA transportation fee", -item.product.fulfilment - 120, **cells)
    yield item.line("Order", "ItemPrice", "Principal", 0, **cells)


def _delivery(dice: Dice, item: Item) -> Iterator[Line]:
    charged = dice.one_of((199, 299, 399, 499))
    yield from item.taxed("Order", "Shipping", "ShippingTax", charged)
    if dice.chance(50) or item.amazon_accounts:
        yield item.line("Order", "ItemFees", "ShippingChargeback", -charged)
        return
    promotion = {"promotion-id": dice.one_of(_PROMOTIONS)}
    net = net_of(charged, item.market.tax_rate)
    yield item.line("Order", "Promotion", "Shipping", -net, **promotion)
    yield item.line("Order", "Promotion", "TaxDiscount", net - charged, **promotion)


def _discount(dice: Dice, item: Item, price: int) -> Iterator[Line]:
    promotion = {"promotion-id": dice.one_of(_PROMOTIONS)}
    discount = share(price, 100)
    net = net_of(discount, item.market.tax_rate)
    yield item.line("Order", "Promotion", "Principal", -net, **promotion)
    yield item.line("Order", "Promotion", "TaxDiscount", net - discount, **promotion)
