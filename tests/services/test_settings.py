"""Settings: shown with their defaults, changed with an audit entry, refused in words."""

import pytest

from models import AuditEntry, Workspace, database
from services import settings
from services.audit import Actor
from services.errors import AppError

ANN = Actor("ann@example.com")


@pytest.fixture(autouse=True)
def connected(parts):
    with database.connection_context():
        yield


def test_every_setting_is_shown_with_its_default():
    assert settings.values() == {
        "lines": "line_type", "sales_tax_rows": "fold", "post_as": "invoice", "negative_as": "credit_note",
        "document_status": "authorised", "clearing_account": "", "start_date": "", "next_number": "10001"}  # fmt: skip


def test_a_change_stays_and_is_remembered_with_who_made_it(parts):
    settings.change(parts, "lines", "category", ANN)
    assert settings.value("lines") == "category"
    entry = AuditEntry.get(AuditEntry.action == "setting.changed")
    assert (entry.actor, entry.facts) == (
        "ann@example.com",
        {"name": "lines", "before": "line_type", "after": "category"},
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("colour", "red", "There is no setting “colour”"),
        ("lines", "sku", "can be line_type or category"),
        ("negative_as", "invoice", "can be credit_note or bill"),
        ("post_as", "bill", "can be invoice or manual_journal"),
        ("clearing_account", "610", "no active account 610"),
        ("document_status", "approved", "can be authorised or draft"),
        ("next_number", "ten", "whole number"),
        ("next_number", "0", "whole number"),
        ("next_number", "99999999999999999999", "^The next number must be a whole number from 1 to 999,999,999"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(parts, name, value, words):
    with pytest.raises(AppError, match=words):
        settings.change(parts, name, value, ANN)


def test_the_counter_can_be_moved_ahead(parts):
    settings.change(parts, "next_number", "20000", ANN)
    assert Workspace.get_by_id(1).next_number == 20000
