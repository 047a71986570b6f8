"""What five tasks cost somebody new, in presses and in words to read, may fall but not rise."""

import pytest

from tests.browser.conftest import start_server
from tests.browser.five_tasks import TASKS, Visitor, connect_and_post
from tests.browser.gallery import furnished_gallery
from tests.xero_world import ADS, FEE, SALE, settlement_text

MOST = {  # presses, words
    "find why a settlement is red": (1, 650),
    "fix an unknown line": (2, 1100),
    "explain one figure to the tax office": (3, 850),
    "roll back a posted one": (2, 850),
}


def test_from_the_one_time_code_to_the_first_document_in_xero(chromium, tmp_path):
    file = tmp_path / "settlement.txt"
    file.write_text(settlement_text((SALE, "1500.00"), (FEE, "-164.80"), (ADS, "-60.00")))
    server, page = start_server(tmp_path / "data"), chromium.new_page()
    try:
        visitor = Visitor(page)
        connect_and_post(visitor, server.address, server.code, file)
    finally:
        page.close()
        server.stop()
    assert visitor.cost.clicks <= 10
    assert visitor.cost.fields <= 4
    assert visitor.cost.words <= 1750


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    with furnished_gallery(tmp_path_factory.mktemp("tasks") / "data") as furnished:
        yield furnished


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_no_more_than_it_did(chromium, gallery, task):
    page = chromium.new_page()
    gallery.sign_in(page)
    visitor = Visitor(page)
    TASKS[task](visitor, gallery)
    page.close()
    presses, words = MOST[task]
    assert visitor.cost.clicks <= presses
    assert visitor.cost.words <= words
