"""The catalogue's page: browsed, searched, and left for a rule of one's own."""

import html
import re

from services.core.catalogue import standard
from tests.conftest import in_words
from tests.xero_world import SALE


def test_it_shows_every_line_type_with_its_version(ada):
    page = in_words(ada.get("/catalogue"))
    assert f"version {standard().version}" in page
    assert f"{len(standard().entries)} line types" in page
    page = in_words(ada.get("/catalogue?q=tax+on+product+sales"))
    assert "Tax on product sales Tax the buyer paid on the goods; joins Order / ItemPrice / Principal" in page


def test_a_page_of_it_leads_to_the_next_until_all_of_them_were_shown(ada):
    shown, address = 0, "/catalogue"
    while address:
        page = ada.get(address).text
        shown += page.count('<th scope="row"')
        assert page.count('<th scope="row"') <= 75
        onward = re.search(r'<a href="([^"]+)" rel="next"', page)
        address = html.unescape(onward[1]) if onward else ""
    assert shown == len(standard().entries)


def test_pages_stay_with_what_was_looked_for(ada):
    page = ada.get("/catalogue?q=fee").text
    assert '<a href="/catalogue?q=fee&amp;page=2" rel="next"' in page
    assert 'rel="next"' not in ada.get("/catalogue?q=fee&page=99").text


def test_going_back_in_the_browser_gives_the_whole_page(ada):
    assert "<title>" in ada.get("/catalogue", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).text


def test_it_is_searched_by_words_and_category(ada):
    found = in_words(ada.get("/catalogue?q=long-term+storage"))
    assert "Commission Amazon's share" not in found
    only = ada.htmx("GET", "/catalogue?category=LOANS")
    assert "<title>" not in only.text
    assert "Loans" in in_words(only) and "Storage fees" not in in_words(only)


def test_what_is_not_found_is_told(ada):
    assert "Nothing in the catalogue holds these words." in in_words(ada.get("/catalogue?q=zebra+stripes"))


def test_hostile_words_are_shown_as_text(ada):
    page = ada.get("/catalogue?q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page


def test_a_known_line_type_is_moved_by_a_rule_of_ones_own(ada, world):
    settlement = world.settlement((SALE, "120.00"))
    page = ada.get("/catalogue?q=Principal").text
    assert "/line-types?transaction_type=Order&amp;amount_type=ItemPrice&amp;amount_description=Principal" in page
    asked = ada.get("/line-types?transaction_type=Order&amount_type=ItemPrice&amount_description=Principal")
    assert "Here it is" in in_words(asked)
    words = {"transaction_type": "Order", "amount_type": "ItemPrice", "amount_description": "Principal"}
    ada.post("/line-types", words | {"category": "LIQUIDATIONS"})
    assert "Order / ItemPrice / Principal" in in_words(ada.get("/line-types"))
    assert "120.00" in in_words(ada.get(f"/settlements/{settlement}"))
