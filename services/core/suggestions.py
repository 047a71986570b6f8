"""Suggested mappings: the organisation's own accounts and rates for each category, found by name. Pure."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.core.books import AccountFacts, Books

_DATA = Path(__file__).parent / "data" / "suggested_mappings.toml"


@dataclass(frozen=True)
class Suggestion:
    """What a category would be mapped to; ``missing`` says in words why there is nothing to suggest."""

    category: str
    account_code: str = ""
    account_name: str = ""
    tax_type: str = ""
    tax_name: str = ""
    look: str = ""  # where an accountant should look
    missing: str = ""

    @property
    def is_complete(self) -> bool:
        return not self.missing


@cache
def _countries() -> dict:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def has_suggestions(country: str) -> bool:
    """Whether there are suggestions for organisations of this country (Xero's code, GB)."""
    return country in _countries()


def suggest(categories: list[str], country: str, pays_tax: bool, books: Books) -> list[Suggestion]:
    """One suggestion for each of ``categories``, in their order."""
    table = _countries()[country]
    entries = {entry["id"]: entry for entry in table["category"]}
    no_tax = None if pays_tax else table["no_tax"]
    return [_suggestion(category, entries.get(category), no_tax, books) for category in categories]


def _suggestion(category: str, entry: dict | None, no_tax: str | None, books: Books) -> Suggestion:
    if entry is None:
        return Suggestion(category, missing="There is no usual place for this: choose one yourself.")
    look = entry.get("look", "")
    account = _account(entry, books)
    if account is None:
        looked = " or ".join(f"“{name}”" for name in entry["accounts"])
        return Suggestion(
            category,
            look=look,
            missing=f"No account like {looked} in your chart: add one in Xero and sync, or choose another.",
        )
    rate = books.tax_rates.get(no_tax or entry["tax"])
    if rate is None or rate.status != "ACTIVE" or account.class_ not in rate.applies_to:
        wanted = no_tax or entry["tax"]
        return Suggestion(
            category,
            account.code,
            account.name,
            look=look,
            missing=f"The tax rate {wanted} is not available for account {account.code}: choose one yourself.",
        )
    return Suggestion(category, account.code, account.name, rate.tax_type, rate.name, look)


def _account(entry: dict, books: Books) -> AccountFacts | None:
    candidates = [
        account
        for account in books.accounts.values()
        if account.status == "ACTIVE"
        and account.class_ in entry["classes"]
        and account.type != "BANK"
        and not account.system_account
    ]
    for wanted in entry["accounts"]:
        fitting = [account for account in candidates if _words(wanted) <= _words(account.name)]
        if fitting:  # the plainest name, then the lowest code
            return min(fitting, key=lambda account: (len(_words(account.name)), account.code))
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))
