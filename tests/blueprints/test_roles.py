"""What a viewer, a member and an admin may press (product.md, sections 1 and 14)."""

import pytest

from services import users
from services.audit import COMMAND_LINE
from tests.blueprints.test_security import PUBLIC, routes
from tests.conftest import PASSWORD, Browser

ADMINS = {
    "/xero/connection", "/xero/choice", "/xero/disconnection", "/reference-data/sync", "/settings/workspace",
    "/settings/contacts", "/settings/contacts/forget", "/settings/integrity", "/settings/jobs/runs", "/vat-on-sales",
    "/first-steps/business", "/first-steps/leaving", "/first-steps/return", "/first-steps/settlements/start-date",
    "/settlements/something/difference-line", "/settlements/something/difference-line-removal",
}  # fmt: skip


@pytest.fixture
def people(app, ada) -> dict[str, Browser]:
    """Somebody of each role, signed in."""
    found = {"admin": ada}
    for role in ("member", "viewer"):
        users.add_user(app.extensions["parts"], f"{role}@example.com", role.title(), PASSWORD, role, COMMAND_LINE)
        found[role] = Browser(app)
        found[role].sign_in(f"{role}@example.com")
    return found


def presses(app) -> set[str]:
    open_to_all = PUBLIC | {"sign_in.sign_out"}
    return {address for endpoint, address in routes(app, "POST") if endpoint not in open_to_all}


def test_a_viewer_presses_nothing_and_is_told_whom_to_ask(app, people):
    for address in presses(app):
        answer = people["viewer"].post(address)
        assert answer.status_code == 403, address
        assert "Ask an admin" in answer.text


def test_a_member_presses_all_but_what_is_an_admins(app, people):
    assert presses(app) >= ADMINS
    for address in ADMINS:
        answer = people["member"].post(address)
        assert answer.status_code == 403, address
        assert "Only an admin may do this" in answer.text
    for address in presses(app) - ADMINS:
        assert "Only an admin may do this" not in people["member"].post(address).text, address


def test_everybody_looks_and_signs_out(people):
    for role in ("member", "viewer"):
        for page in ("/", "/settlements", "/mappings", "/settings/account", "/help"):
            assert people[role].get(page).status_code == 200, (role, page)
        assert people[role].post("/sign-out").status_code == 303


def test_a_viewer_s_post_leaves_the_settlement_as_it_was(app, people):
    people["viewer"].post("/settlements/samples")
    assert "No settlements yet" in people["admin"].get("/settlements").text
