"""Going live takes users, mappings and rules along, and nothing of what was tried out."""

from pathlib import Path

import pytest

from app import assemble
from models import AuditEntry, Contact, LineTypeRule, Mapping, Settlement, Workspace, XeroConnection, database
from services import going_live, line_types, users
from services.audit import COMMAND_LINE
from services.core.settlement import LineType
from services.errors import NotFound, Refused
from tests.conftest import EMAIL, PASSWORD, make_config
from tests.xero_world import ANN, SALE, World


@pytest.fixture
def tried_out(parts) -> Path:
    """A sandbox's data folder with a user, mappings, a rule and a settlement."""
    with database.connection_context():
        world = World(parts)
        world.connect_and_map()
        users.add_user(parts, EMAIL, "Ada Lovelace", PASSWORD, "admin", COMMAND_LINE)
        world.settlement((SALE, "120.00"), (("Order", "Amazon.co.uk", "Mystery", "New"), "1.00"))
        line_types.classify(parts, LineType("Order", "Mystery", "New"), "OTHER", ANN)
    return parts.config.data


@pytest.fixture
def live(tried_out, tmp_path, clock):
    """The live workspace, just begun."""
    return assemble(make_config(
        tmp_path / "live", mode="live", built_in_sandbox=False, xero_client_id="ours",
        xero_login_url="https://login.xero.com", xero_identity_url="https://identity.xero.com",
        xero_api_url="https://api.xero.com"), clock)  # fmt: skip


def test_users_mappings_and_rules_come_along(live, tried_out):
    copied = going_live.copy(live, tried_out, ANN)
    assert (copied.users, copied.rules) == (1, 1)
    assert copied.mappings == Mapping.select().count() > 10
    signed_in = users.sign_in(live, EMAIL, PASSWORD, "127.0.0.1", "a browser")
    assert signed_in
    assert LineTypeRule.get().category == "OTHER"
    assert AuditEntry.get(AuditEntry.action == "going_live.copied").facts["users"] == 1


def test_the_database_itself_may_be_named_where_it_lies_elsewhere(live, tried_out, tmp_path):
    elsewhere = (tried_out / "truebooks.db").rename(tmp_path / "elsewhere.db")
    with pytest.raises(NotFound, match="or its database, where DATABASE_URL named a file elsewhere"):
        going_live.copy(live, tried_out, ANN)
    assert going_live.copy(live, elsewhere, ANN).users == 1
    with pytest.raises(Refused, match="belongs to live Xero already"):
        going_live.copy(live, live.config.database_path, ANN)


def test_a_file_that_is_no_database_of_ours_is_told(live, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(NotFound, match=r"no TrueBooks data in .*letter\.txt"):
        going_live.copy(live, tmp_path / "letter.txt", ANN)


def test_settlements_documents_and_the_connection_stay_behind(live, tried_out):
    going_live.copy(live, tried_out, ANN)
    for table in (Settlement, Contact, XeroConnection):
        assert table.select().count() == 0
    assert Workspace.get_by_id(1).next_number == 10001


def test_what_is_here_already_stays_and_copying_again_changes_nothing(live, tried_out):
    Mapping.create(category="FBA_FEES", account_code="999", tax_type="NONE", changed_at=live.clock.now(),
                   changed_by="ann")
    first = going_live.copy(live, tried_out, ANN)
    assert Mapping.get((Mapping.category == "FBA_FEES") & (Mapping.marketplace == "")).account_code == "999"
    again = going_live.copy(live, tried_out, ANN)
    assert (again.users, again.mappings, again.rules) == (0, 0, 0)
    assert Mapping.select().count() == first.mappings + 1


def test_the_sandbox_is_left_as_it_was(live, tried_out):
    before = (tried_out / "truebooks.db").read_bytes()
    going_live.copy(live, tried_out, ANN)
    assert (tried_out / "truebooks.db").read_bytes() == before


def test_it_is_refused_in_the_sandbox_itself(parts, tmp_path):
    with pytest.raises(Refused, match=r"This is the sandbox\. Set XERO_CLIENT_ID"):
        going_live.copy(parts, tmp_path, ANN)


def test_a_folder_without_data_or_one_that_is_live_is_refused_by_name(live, tmp_path):
    with pytest.raises(NotFound, match="no TrueBooks data in"):
        going_live.copy(live, tmp_path, ANN)
    with pytest.raises(Refused, match="belongs to live Xero already"):
        going_live.copy(live, live.config.data, ANN)
