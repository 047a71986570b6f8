"""The help can be searched, its links lead somewhere, its pictures are small and described."""

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from blueprints.help import TOPICS
from blueprints.help_pictures import FOLDER, pictures
from tests.conftest import in_words

TEMPLATES = sorted((Path(__file__).resolve().parents[2] / "templates").rglob("*.html"))


@pytest.fixture
def pages(ada) -> dict[str, str]:
    return {topic: ada.get(f"/help/{topic}").text for topic in TOPICS}


def ids(page: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', page)


# --- the search -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("undo", "/help/posting#roll-back"), ("rollback", "/help/posting#roll-back"),
        ("double", "/help/integrity#finding-duplicate"), ("reverse charge", "/help/accountants#fees"),
        ("backup", "/help/hosting#backup"), ("gst", "/help/accountants#vat-on-sales"),
        ("delete a wrong file", "/help/importing#remove"), ("lock date", "/help/troubleshooting#problem-period-locked"),
        ("csrf", "/help/troubleshooting#csrf"), ("reserves", "/help/accountants#reserves"),
        ("redirect_uri", "/help/troubleshooting#redirect"), ("forgot password", "/help/troubleshooting#wrong-sign-in"),
        ("credit note", "/help/accountants#document-credit-note"), ("fly.io", "/help/hosting#fly"),
    ],
)  # fmt: skip
def test_what_people_type_leads_to_the_right_section(ada, query, link):
    found = ada.htmx("GET", f"/help?{urlencode({'q': query})}", target="help-found").text
    links = re.findall(r'<li><a href="([^"]+)"', found)[:5]
    assert link in links


@pytest.mark.parametrize(
    ("message", "anchor"),
    [
        ("Something changed since this preview was made (a mapping, a setting or the file). Nothing was sent. Look at "
         "the new preview, then press again.", "stale-preview"),
        ("Account 200 – Amazon Sales is archived in Xero. Choose another account under Accounts & Taxes, or put it "
         "right in Xero and press Sync from Xero.", "problem-account-unusable"),
        ("“Packaging Pilot Contribution” (-£6.15) is a line type that TrueBooks does not know yet. Give it a category "
         "under Accounts & Taxes, Needs a category.", "problem-needs-category"),
        ("The lines add up to £120.00, but Amazon states £104.00: the difference is -£16.00.",
         "problem-does-not-add-up"),
        ("Xero will not void this document because a payment or credit note is allocated to it.", "cannot-void"),
        ("EUR is not enabled in your Xero organisation. Add EUR in Xero.", "problem-currency-not-enabled"),
        ("This looks like a Date Range report, not a settlement report.", "file-other-report"),
    ],
)  # fmt: skip
def test_a_message_put_in_whole_leads_to_what_is_said_of_it(ada, message, anchor):
    found = ada.htmx("GET", f"/help?{urlencode({'q': message})}", target="help-found").text
    links = re.findall(r'<li><a href="([^"]+)"', found)[:3]
    assert f"/help/troubleshooting#{anchor}" in links


def test_a_search_shows_where_it_found_the_words(ada):
    page = ada.get("/help?q=clearing+account").text
    assert "<mark>clearing</mark>" in page.replace(" </mark>", "</mark>")
    assert "places in the help for “clearing account”" in in_words(ada.get("/help?q=clearing+account"))


def test_htmx_gets_the_findings_alone(ada):
    answer = ada.htmx("GET", "/help?q=reserve", target="help-found")
    assert "<html" not in answer.text
    assert "reserve" in answer.text


def test_nothing_found_is_said_with_words_that_would_do(ada):
    page = in_words(ada.get("/help?q=recoincile"))
    assert "The help has nothing on “recoincile”" in page
    assert "Did you mean" in page


def test_what_was_typed_is_shown_as_text(ada):
    page = ada.get("/help", query_string={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_without_a_query_every_page_stands_in_the_contents(ada):
    page = ada.get("/help").text
    for topic in TOPICS:
        assert f'href="/help/{topic}"' in page


def test_every_help_page_has_the_search(pages):
    for page in pages.values():
        assert 'role="search"' in page


# --- every link leads somewhere ---------------------------------------------------------------


def test_no_help_page_uses_an_id_twice(pages):
    for topic, page in pages.items():
        assert len(ids(page)) == len(set(ids(page))), topic


def test_every_heading_can_be_linked_to(pages):
    for topic, page in pages.items():
        bare = re.findall(r"<h[23]>(.*?)</h[23]>", page.split("<article>")[1])
        assert bare == [], topic


def test_every_link_into_the_help_leads_to_a_section(app, pages):
    """As written in the templates; links whose anchor is worked out are held by the tests of statuses and problems."""
    written = [(path, *link) for path in TEMPLATES for link in help_links(path.read_text(encoding="utf-8"))]
    assert len(written) > 15
    for path, topic, anchor in written:
        assert topic in TOPICS, path
        assert not anchor or anchor in ids(pages[topic]), (path, anchor)


def help_links(template: str) -> list[tuple[str, str]]:
    """(topic, anchor) of every link written with url_for or with the macro help_link."""
    words, text = r"['\"]([\w-]+)['\"]", r"\s*,\s*(?:words=)?['\"][^'\"]*['\"]"
    call = (
        rf"url_for\(\s*['\"]help\.show['\"]\s*,\s*topic={words}(?:\s*,\s*_anchor={words})?\s*\)(?:\s*\}}\}}#([\w-]+))?"
    )
    macro = rf"help_link\({words}(?:{text})?(?:\s*,\s*(?:anchor=)?{words})?\s*\)"
    called = [(topic, anchor or behind) for topic, anchor, behind in re.findall(call, template)]
    return called + re.findall(macro, template)


def test_every_link_out_of_the_help_leads_to_a_page_and_a_place(connected, pages):
    for topic, page in pages.items():
        for link in set(re.findall(r'href="(/[^"]*)"', page.split("<article>")[1])):
            address, _, anchor = html.unescape(link).partition("#")
            answer = connected.get(address, follow_redirects=True)
            assert answer.status_code == 200, (topic, link)
            assert not anchor or anchor in ids(answer.text), (topic, link)


def test_links_within_a_page_lead_to_a_section(pages):
    for topic, page in pages.items():
        for anchor in re.findall(r'href="#([\w-]+)"', page.split("<article>")[1]):
            assert anchor in ids(page), (topic, anchor)


# --- pictures ---------------------------------------------------------------------------------


def test_every_picture_is_used_small_and_described():
    written = " ".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    used = set(re.findall(r'picture\("([\w-]+)"\)', written))
    assert used == set(pictures())
    for name, picture in pictures().items():
        assert 40 < len(picture.alt) < 300, name
        if picture.width:
            assert (FOLDER / f"{name}.webp").stat().st_size <= 30_000, name
