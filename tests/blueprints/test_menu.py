"""The menu: five areas, the parts of the present one, and nothing that cannot be reached."""

import re

import pytest

from blueprints.menu import MENU
from tests.conftest import in_words

PLACES = {
    "/settlements": ("Settlements", "All settlements"),
    "/batches": ("Settlements", "Batches"),
    "/mappings": ("Accounts & Taxes", "Mappings"),
    "/mappings/suggestion": ("Accounts & Taxes", "Mappings"),
    "/catalogue": ("Accounts & Taxes", "Line types"),
    "/line-types": ("Accounts & Taxes", "Your own rules"),
    "/vat-on-sales": ("Accounts & Taxes", "VAT on sales"),
    "/settings/account": ("Settings", "Account"),
    "/settings/integrity": ("Settings", "Integrity tools"),
    "/settings/jobs": ("Settings", "Jobs"),
}


def current(page: str, menu: str) -> list[str]:
    """What the menu of that name marks as where one is."""
    found = re.search(f'<nav class="[a-z]+" aria-label="{menu}">(.*?)</nav>', page, re.DOTALL)
    return re.findall(r"aria-current=[^>]*>([^<]*)<", found[1]) if found else []


@pytest.mark.parametrize("path", PLACES)
def test_the_menu_and_its_second_line_say_where_one_is(ada, path):
    area, part = (words.replace("&", "&amp;") for words in PLACES[path])
    page = ada.get(path).text
    assert current(page, "Main") == [area]
    assert current(page, area) == [part]


def test_every_page_offers_the_five_areas_and_sign_out(ada):
    words = in_words(ada.get("/settings/jobs"))
    assert "Home Settlements Accounts & Taxes Settings Help" in words
    assert "Sign out" in words


def test_on_a_phone_the_folded_menu_holds_every_part(ada):
    folded = re.search(r'<details class="fold">.*?</details>', ada.get("/help").text, re.DOTALL)[0]
    labels = {label for parts in MENU.values() for label, _ in parts[1:]}
    assert {"Batches", "VAT on sales", "Jobs"} <= labels
    assert all(f">{label}<" in folded for label in labels)


def test_a_stranger_sees_no_menu(stranger):
    assert "<nav" not in stranger.get("/sign-in").text
