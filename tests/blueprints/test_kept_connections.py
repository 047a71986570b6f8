"""Threads keep their connection to the database: no page leaves a reading open that would show a past state next."""

import threading

import pytest

from models import Settlement, database
from tests.conftest import in_words
from tests.xero_world import FEE, SALE

PAGES = (
    "/", "/settlements", "/settlements?q=120.00", "/settlements?status=ready", "/settlements/{}", "/batches",
    "/mappings", "/mappings/SALES", "/catalogue", "/settings/account", "/settings/integrity", "/settings/jobs", "/help",
)  # fmt: skip


def elsewhere(do) -> None:
    """Done by another thread, over a connection of its own."""

    def run():
        with database.connection_context():
            done.append(do())

    done: list = []
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done, "it failed; its trace is above"


@pytest.mark.parametrize("address", PAGES)
def test_after_a_page_the_next_one_shows_what_another_thread_wrote(ada, world, address):
    settlement_id = world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    assert ada.get(address.format(settlement_id)).status_code == 200
    elsewhere(lambda: Settlement.update(number="AMZ-TB-90210").execute())
    assert "AMZ-TB-90210" in in_words(ada.get("/settlements"))


def test_a_request_that_failed_gives_its_connection_back(ada):
    assert ada.get("/settlements").status_code == 200
    assert not database.is_closed()
    assert ada.get("/settlements/123").status_code == 404
    assert database.is_closed()
