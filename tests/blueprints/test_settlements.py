"""Settlements on the page: dropped in, listed, previewed under their row and on a page of their own."""

import re
from io import BytesIO

from services.upload_progress import readings
from tests.conftest import in_words
from tests.xero_world import FEE, SALE, World, settlement_text

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}\u202e.txt"


def drop(browser, *files: tuple[str, str], htmx: bool = False):
    data = {"csrf_token": browser.token(), "files": [(BytesIO(text.encode()), name) for name, text in files]}
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.client.post("/settlements", base_url=browser.base, data=data, headers=headers)


def one_settlement(settlement_id: str = "26000000001") -> str:
    return settlement_text((SALE, "120.00"), (FEE, "-18.00"), settlement_id=settlement_id)


def test_an_empty_list_says_what_to_do(ada):
    page = in_words(ada.get("/settlements"))
    assert "No settlements yet. Drop a settlement file above" in page
    assert "Load sample settlements" in page


def test_until_xero_is_connected_the_page_says_so_and_leads_there(ada):
    page = ada.get("/settlements")
    assert "Xero is not connected yet." in in_words(page)
    assert 'href="/settings/account"' in page.text


def test_the_banner_goes_once_xero_is_connected(connected):
    assert "not connected" not in in_words(connected.get("/settlements"))


def test_a_dropped_file_becomes_a_row(ada):
    answer = drop(ada, ("may.txt", one_settlement()))
    assert (answer.status_code, answer.location) == (303, "/settlements")
    page = in_words(ada.get("/settlements"))
    assert "1 settlement taken in." in page
    assert "Amazon.co.uk 1 – 15 May 2026 17 May 2026 £102.00 AMZ-TB-10001" in page


def test_the_message_is_shown_once(ada):
    drop(ada, ("may.txt", one_settlement()))
    ada.get("/settlements")
    assert "1 settlement taken in." not in in_words(ada.get("/settlements"))


def test_with_htmx_only_the_list_comes_back(ada):
    answer = drop(ada, ("may.txt", one_settlement()), htmx=True)
    assert answer.text.lstrip().startswith('<section id="settlements"')
    assert "1 settlement taken in." in in_words(answer)
    assert "AMZ-TB-10001" in in_words(answer)


def test_several_files_are_taken_in_and_each_refusal_is_told(ada):
    drop(ada, ("a.txt", one_settlement()), ("b.txt", one_settlement()), ("c.pdf", "%PDF-1.7 nothing"))
    page = in_words(ada.get("/settlements"))
    assert "1 settlement taken in, 1 here already, 1 file refused." in page
    assert "“c.pdf”:" in page


def test_each_of_several_files_has_its_own_outcome(ada):
    answer = in_words(drop(ada, ("a.txt", one_settlement()), ("b.txt", one_settlement()), ("c.pdf", "%PDF"), htmx=True))
    assert "a.txt: settlement 26000000001, £102.00: taken in" in answer
    assert "b.txt: settlement 26000000001, £102.00: here already" in answer
    assert "c.pdf: refused" in answer


def test_dropping_nothing_is_told(ada):
    answer = drop(ada)
    assert answer.status_code == 400
    assert "No file was chosen" in in_words(answer)


def test_many_refusals_still_fit_into_the_message(ada):
    drop(ada, *((f"{number}.pdf", "%PDF-1.7 nothing") for number in range(40)))
    page = in_words(ada.get("/settlements"))
    assert "40 files refused." in page
    assert "And 34 more." in page


def test_samples_can_be_loaded_in_the_sandbox(ada):
    assert ada.post("/settlements/samples").location == "/settlements"
    page = in_words(ada.get("/settlements"))
    assert "4 settlements taken in." in page
    assert "-£23.99" in page


def test_the_list_says_what_stands_in_the_way(ada, parts):
    World(parts).connect()
    drop(ada, ("may.txt", one_settlement()))
    page = in_words(ada.get("/settlements"))
    assert "Needs mapping Product sales (£120.00) has no account yet." in page
    assert "And 1 more." in page


def test_preview_without_javascript_is_the_settlement_s_own_page(ada, world):
    settlement = world.settlement()
    row = ada.get("/settlements").text
    assert f'href="/settlements/{settlement}"' in row
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Sales invoice" in page
    assert "200 – Amazon Sales" in page


def test_preview_opens_under_the_row_and_closes_again(ada, world):
    settlement = world.settlement()
    opened = ada.htmx("GET", f"/settlements/{settlement}/preview")
    assert opened.text.lstrip().startswith(f'<tbody id="entry-{settlement}"')
    assert "Proof" in in_words(opened)
    assert f'hx-get="/settlements/{settlement}/entry"' in opened.text
    closed = ada.htmx("GET", f"/settlements/{settlement}/entry")
    assert closed.text.lstrip().startswith(f'<tbody id="entry-{settlement}"')
    assert "Proof" not in in_words(closed)


def test_fragments_asked_for_by_address_lead_to_whole_pages(ada, world):
    settlement = world.settlement()
    assert ada.get(f"/settlements/{settlement}/preview").location == f"/settlements/{settlement}"
    assert ada.get(f"/settlements/{settlement}/entry").location == "/settlements"


def test_the_preview_proves_that_the_lines_make_the_total(ada, world):
    preview = in_words(ada.htmx("GET", f"/settlements/{world.settlement()}/preview"))
    assert ("Proof lines £102.00 = settlement total £102.00 = Amazon’s stated transfer £102.00 "
            "difference £0.00") in preview
    assert re.search(r"Product sales 200 – Amazon Sales 20% \(VAT on Income\) 100\.00 20\.00 120\.00", preview)
    assert re.search(r"Commission .* 20% \(VAT on Expenses\) -15\.00 -3\.00 -18\.00", preview)
    assert "Total 85.00 17.00 102.00" in preview


def test_its_own_page_lays_the_proof_out_and_says_where_each_figure_comes_from(ada, world):
    page = in_words(ada.get(f"/settlements/{world.settlement()}"))
    assert "Lines £102.00 all 2 rows of settlement.txt, added up; none is left out" in page
    assert "Settlement total £102.00 what the settlement is entered with here, and what the document comes to" in page
    assert "Amazon’s stated transfer £102.00 “total-amount” in the summary row of settlement.txt" in page
    assert "Difference £0.00 adds up to the penny" in page


def test_a_negative_settlement_previews_as_a_credit_note_with_turned_signs(ada, world):
    preview = ada.get(f"/settlements/{world.settlement((FEE, '-18.00'))}")
    words = in_words(preview)
    assert "Credit note" in words
    assert "every sign is turned" in words
    assert "Total 15.00 3.00 18.00" in words
    assert "Settlement total -£18.00" in words and "with every sign turned" in words
    assert '<span class="amount negative">-£18.00</span>' in preview.text


def test_a_group_that_comes_to_zero_is_shown_as_left_out(ada, world):
    settlement = world.settlement((SALE, "120.00"), (FEE, "-18.00"), (FEE, "18.00"))
    assert "Commission left out of the document" in in_words(ada.get(f"/settlements/{settlement}"))


def test_lines_that_do_not_add_up_show_the_difference_and_offer_no_post(ada, world):
    settlement = world.settlement((SALE, "120.00"), total="121.00")
    page, row = ada.get(f"/settlements/{settlement}"), ada.htmx("GET", f"/settlements/{settlement}/preview")
    assert "Does not add up" in in_words(page)
    assert "Difference £1.00 does not add up" in in_words(page)
    assert "≠ settlement total £121.00" in in_words(row) and "difference £1.00" in in_words(row)
    assert f"/settlements/{settlement}/posting" not in page.text + row.text


def test_the_fix_is_one_click_away_inside_the_preview(ada, parts):
    world = World(parts)
    world.connect()
    settlement = world.settlement((SALE, "120.00"), (("Order", "Amazon.co.uk", "ItemFees", "Moon levy"), "-2.00"))
    preview = ada.htmx("GET", f"/settlements/{settlement}/preview")
    assert "This cannot be posted yet" in in_words(preview)
    assert 'href="/mappings#SALES"' in preview.text
    assert 'href="/mappings#needs-a-category"' in preview.text
    assert f"/settlements/{settlement}/posting" not in preview.text


def test_the_page_tells_where_the_figures_come_from(ada):
    drop(ada, ("may.txt", one_settlement()))
    page = in_words(ada.get("/settlements/26000000001"))
    assert "Amazon’s id 26000000001" in page
    assert "Lines in the file 2" in page
    assert "Taken in from “may.txt” as AMZ-TB-10001, total £102.00" in page
    assert "ada@example.com" in page


def test_hostile_names_and_words_are_shown_as_text(ada):
    hostile = ("Order", "<b>Amazon</b>", "ItemFees", "<script>alert(2)</script>")
    text = settlement_text((SALE, "120.00"), (hostile, "-2.00"), settlement_id="26000000009")
    told = drop(ada, (HOSTILE, text), ("<svg onload=alert(3)>.pdf", "%PDF"), htmx=True).text
    pages = told + "".join(ada.get(path).text for path in ("/settlements", "/settlements/26000000009", "/mappings"))
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in pages
    assert "{{7*7}}" in pages
    for raw in ("<img src=x", "<script>alert", "<svg onload", "<b>Amazon"):
        assert raw not in pages


def test_an_unknown_settlement_is_told_as_not_here(ada):
    answer = ada.get("/settlements/99")
    assert answer.status_code == 404
    assert "There is no settlement 99 here" in in_words(answer)


def test_a_period_without_a_settlement_is_pointed_out(ada, world):
    world.settlement()
    later = settlement_text((SALE, "1.00"), settlement_id="26000000002").replace("01.05.2026", "29.05.2026")
    world.take(later.replace("15.05.2026", "12.06.2026"))
    page = in_words(ada.get("/settlements"))
    assert "Amazon.co.uk between 15 May 2026 and 29 May 2026" in page


def test_while_a_file_is_read_the_page_can_ask_how_far_it_is(ada, app):
    page = ada.get("/settlements").text
    key = re.search(r'name="key" value="([\w-]+)"', page)[1]
    assert f'hx-get="/settlements/reading/{key}?tries=0"' in page
    before = ada.htmx("GET", f"/settlements/reading/{key}?tries=0").text
    assert 'hx-trigger="load delay:1s"' in before and "tries=1" in before
    readings.watch(key)(50_000_000, 200_000_000)
    during = ada.htmx("GET", f"/settlements/reading/{key}?tries=1")
    assert "Reading: 50 MB of 200 MB" in in_words(during)
    readings.end(key, app.extensions["parts"].clock)
    assert 'hx-trigger="submit from:form.drop delay:1s"' in ada.htmx("GET", f"/settlements/reading/{key}?tries=2").text


def test_what_is_taken_in_is_told_as_read_to_its_end(ada, app):
    drop(ada, ("may.txt", one_settlement()))
    key = re.search(r'name="key" value="([\w-]+)"', ada.get("/settlements").text)[1]
    data = {"csrf_token": ada.token(), "key": key, "files": [(BytesIO(one_settlement().encode()), "may.txt")]}
    ada.client.post("/settlements", base_url=ada.base, data=data)
    found = readings.of(key, app.extensions["parts"].clock)
    assert found.ended_at and found.read == found.whole == len(one_settlement().encode())


def test_a_page_that_asks_for_ever_is_let_go(ada):
    assert "load delay" not in ada.htmx("GET", "/settlements/reading/nobody?tries=5000").text


def test_a_bad_settlement_of_a_file_is_told_beside_the_good_ones(ada):
    good, bad = (settlement_text((SALE, "1.00"), settlement_id=each) for each in "12")
    both = BytesIO((good + bad.replace("1.00\t\t\t05", "abc\t\t\t05")).encode())
    page = in_words(ada.htmx("POST", "/settlements", {"files": (both, "both.txt")}, "settlements"))
    assert "1 settlement taken in, 1 settlement of a file refused." in page
    assert "“both.txt”: Settlement 2 of this file is not taken in. Line 6: “abc” is not an amount." in page
    assert "settlement 2 refused" in page


def test_the_limit_stands_where_files_are_dropped(ada):
    assert "up to 200 MB" in in_words(ada.get("/settlements"))


def test_the_proof_speaks_of_no_document_while_the_lines_do_not_reach_the_total(ada, world):
    page = in_words(ada.get(f"/settlements/{world.settlement((SALE, '120.00'), total='121.00')}"))
    assert "Settlement total £121.00 what the settlement is entered with here; the lines do not come to it" in page
    assert "what the document comes to" not in page


def test_the_proof_of_a_negative_settlement_lets_nothing_reach_the_bank(ada, world):
    page = in_words(ada.get(f"/settlements/{world.settlement((FEE, '-18.00'))}"))
    assert "what is owed to Amazon; nothing was paid out" in page
    paid_out = in_words(ada.get(f"/settlements/{world.settlement()}"))
    assert "in the summary row of settlement.txt: what Amazon pays out on 17 May 2026" in paid_out
