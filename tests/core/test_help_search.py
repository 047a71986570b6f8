"""Searching the help: forgiving about how a word is written, exact about where it stands."""

import pytest

from services.core.help_search import HelpIndex
from services.core.help_sections import Section, sections

PAGES = {
    "posting": """<p>Before the first heading.</p><h2 id="roll-back">Roll back</h2><p>It voids the document in Xero.</p>
        <h2 id="repost">Repost</h2><p>The same number again.</p><h3 id="match">Match the deposit</h3>
        <p>Reconcile it with the bank line.</p>""",
    "troubleshooting": """<h2 id="tax">Which tax rate</h2><p>VAT on sales and fees.</p>
        <h2 id="remove">Remove a wrong upload</h2><p>A number is not given again. Duplicates are refused.</p>
        <h2 id="long">Long</h2><p>FILLER the needle stands here </p>""".replace("FILLER", "filler " * 200),
}
INDEX = HelpIndex(section for topic, html in PAGES.items() for section in sections(topic, topic.title(), html))


def anchors(query: str) -> list[str]:
    return [hit.section.anchor for hit in INDEX.search(query).hits]


@pytest.mark.parametrize("query", ["Roll back", "rollback", "UNDO", "rolled back", "undoing", "voided"])
def test_taking_back_is_found_under_any_of_its_names(query):
    assert anchors(query)[0] == "roll-back"


@pytest.mark.parametrize(
    ("query", "anchor"),
    [("double", "remove"), ("duplicate", "remove"), ("twice", "remove"), ("delete", "remove"), ("GST", "tax"),
     ("taxes", "tax"), ("reconc", "match"), ("how do I match the deposits?", "match"), ("numbers again", "repost")],
)  # fmt: skip
def test_case_plural_beginnings_and_synonyms_do_not_matter(query, anchor):
    assert anchor in anchors(query)


def test_a_heading_counts_for_more_than_a_mention():
    assert anchors("repost")[0] == "repost"
    assert anchors("number")[0] in ("repost", "remove")


def test_sections_with_every_word_stand_alone():
    assert anchors("remove number") == ["remove"]


def test_what_was_asked_for_is_marked_in_its_surroundings():
    (hit,) = INDEX.search("needles").hits
    words = "".join(piece.text for piece in hit.snippet)
    assert [piece.text.strip() for piece in hit.snippet if piece.is_found] == ["needle"]
    assert words.startswith("… ")
    assert len(words) < 400


def test_nothing_found_says_so_and_offers_the_nearest_words():
    found = INDEX.search("reconsile")
    assert found.hits == ()
    assert "reconcile" in found.suggestions
    assert INDEX.search("xylophone").hits == ()


@pytest.mark.parametrize("query", ["", "   ", "the", "?!", "a" * 500, "<script>", "..", "\0", "%s' OR 1=1"])
def test_odd_queries_do_no_harm(query):
    INDEX.search(query)


def test_a_page_is_taken_apart_at_its_headings():
    found = sections("x", "X", "<p>One &amp; two</p><h2 id='a'>A <em>b</em></h2><ul><li>c</li><li>d</li></ul>")
    assert found == [Section("x", "X", "", "", "One & two"), Section("x", "X", "a", "A b", "c d")]


def test_forms_and_menus_are_no_part_of_what_is_told():
    assert sections("x", "X", "<nav>menu</nav><form>field</form><p>word</p>")[0].text == "word"
