"""Line type → category: a workspace's own rules first, then the catalogue, then UNKNOWN. Nothing is guessed."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.core.catalogue import ANY, UNKNOWN, Catalogue, Triple, normalise, normalised
from services.core.line_type_index import LineTypeIndex, Match
from services.core.settlement import LineType

SalesTaxRows = Literal["fold", "own_account"]

SALES_TAX = "SALES_TAX"
WITHHELD = "MF_TAX_WITHHELD"

# An order item whose tax Amazon accounts for: where its rows go instead (product.md, section 5).
_AMAZON_TAXED = {
    "SALES": "SALES_AMAZON_TAXED",
    "SALES_SHIPPING": "SALES_AMAZON_TAXED",
    "GIFT_WRAP": "SALES_AMAZON_TAXED",
    "PROMOTIONS": "SALES_AMAZON_TAXED",
    "LIQUIDATIONS": "SALES_AMAZON_TAXED",
    "REFUNDS": "REFUNDS_AMAZON_TAXED",
}


class Classified(NamedTuple):
    """A category's id and the plain words for the line type."""

    category: str
    label: str


class Classifier:
    """Classifies by ``catalogue``, with ``rules`` (normalised triple → category id) above it.

    A rule's cell may end in ``*``: then it holds for everything that begins so, and among several
    such rules the one that says most counts.
    """

    def __init__(self, catalogue: Catalogue, rules: Mapping[Triple, str] | None = None):
        self.catalogue = catalogue
        self._rules = {key: category for key, category in (rules or {}).items() if not _is_prefix(key)}
        prefixes = [(key, category) for key, category in (rules or {}).items() if _is_prefix(key)]
        self._prefixes = sorted(prefixes, key=lambda rule: (-len("".join(rule[0])), rule[0]))
        self._index = LineTypeIndex(catalogue.entries)

    def classify(
        self, line_type: LineType, amazon_accounted: bool = False, sales_tax_rows: SalesTaxRows = "fold"
    ) -> Classified:
        """The category and label of a line type.

        ``amazon_accounted`` says that the row belongs to an order item on which Amazon accounts for
        the tax; ``sales_tax_rows`` whether the buyer's tax joins the line it belongs to.
        """
        match = self._match(line_type)
        if amazon_accounted and match.category == SALES_TAX:
            return Classified(WITHHELD, self.catalogue.categories[WITHHELD].label)
        if match.category == SALES_TAX and sales_tax_rows == "fold" and match.folds_into:
            match = self._match(match.folds_into)
        if amazon_accounted and match.category in _AMAZON_TAXED:
            return Classified(_AMAZON_TAXED[match.category], f"{match.label} (tax accounted for by Amazon)")
        return Classified(match.category, match.label)

    def _match(self, line_type: LineType) -> Match:
        found = self._index.find(line_type)
        label = found.label if found and found.label else amazons_words(line_type)
        rule = self._rule(normalised(line_type))
        if rule is not None:
            # A workspace's word is taken literally: a row it calls sales tax stays sales tax.
            return Match(rule, label if found and found.category == rule else amazons_words(line_type), None)
        return Match(found.category, label, found.folds_into) if found else Match(UNKNOWN, label, None)

    def _rule(self, key: Triple) -> str | None:
        if key in self._rules:
            return self._rules[key]
        return next((category for prefix, category in self._prefixes if _begins(key, prefix)), None)


def _is_prefix(key: Triple) -> bool:
    """A key without any letter is a line type's own words (catalogue.normalised), where a star is a star."""
    return any(cell.endswith(ANY) for cell in key) and any(map(normalise, key))


def _begins(key: Triple, prefix: Triple) -> bool:
    return all(
        cell.startswith(wanted.removesuffix(ANY)) if wanted.endswith(ANY) else cell == wanted
        for cell, wanted in zip(key, prefix, strict=True)
    )


def amazons_words(line_type: LineType) -> str:
    """A line type in Amazon's own words, each said once: ``AmazonFees / Some New Fee / Base fee``."""
    words: list[str] = []
    for part in (line_type.transaction_type, line_type.amount_type, line_type.amount_description):
        if part and normalise(part) not in {"othertransaction", *map(normalise, words)}:
            words.append(part)
    return " / ".join(words) or "Unnamed amount"
