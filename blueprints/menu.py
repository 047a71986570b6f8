"""The menu: five areas, and what each is divided into. Every page that is not opened from another stands here."""

from dataclasses import dataclass
from functools import cache

from flask import current_app, request, url_for

# area → (label, endpoint) of its parts; the first is where the area leads. What lies below an address belongs to it.
MENU = {
    "Home": (("Home", "home.index"),),
    "Settlements": (("All settlements", "settlements.index"), ("Batches", "batches.index")),
    "Accounts & Taxes": (
        ("Mappings", "mappings.index"),
        ("VAT on sales", "vat.sales_tax_rows"),
        ("Line types", "catalogue.index"),
        ("Your own rules", "line_types.index"),
    ),
    "Settings": (
        ("Account", "settings.account"),
        ("Integrity tools", "integrity.index"),
        ("Jobs", "jobs.index"),
    ),
    "Help": (("Help", "help.index"),),
}


@dataclass(frozen=True)
class Link:
    """One entry: what it says, where it leads, whether one is there now."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class Area(Link):
    """An entry of the main menu, and its parts."""

    parts: tuple[Link, ...] = ()


def areas() -> list[Area]:
    """The menu as seen from the page asked for."""
    return [area for label, parts in MENU.items() if (area := _area(label, parts))]


def _area(label: str, parts: tuple) -> Area | None:
    known = [part for part in parts if part[1] in current_app.view_functions]
    addresses = [(name, _address(endpoint)) for name, endpoint in known]
    links = tuple(Link(name, address, _is_at(address)) for name, address in addresses)
    return Area(label, links[0].address, any(link.is_current for link in links), links) if links else None


@cache
def _address(endpoint: str) -> str:
    return url_for(endpoint)


def _is_at(address: str) -> bool:
    """At the page itself or below it; ``/`` is above every page, and so only itself. Help leads to its first page."""
    return request.path == address or (address != "/" and request.path.startswith(f"{address}/"))
