"""A data folder belongs to the sandbox or to live Xero for its whole life."""

import pytest

from app import assemble
from models import Workspace
from services.errors import BadSetting
from tests.conftest import make_config


def test_a_fresh_folder_gets_its_workspace_once(config, parts, clock):
    assemble(config, clock)
    assert [(row.mode, row.next_number) for row in Workspace.select()] == [("sandbox", 10001)]


def live_in(folder, **changes):
    return make_config(folder, mode="live", built_in_sandbox=False, **changes)


def apart(tmp_path, name: str):
    """A database outside of the data folder, as DATABASE_URL may name it."""
    (tmp_path / "databases").mkdir(exist_ok=True)
    return tmp_path / "databases" / name


def test_a_sandbox_folder_is_refused_even_when_its_database_lies_elsewhere(tmp_path, clock):
    assemble(make_config(tmp_path / "data", database_path=apart(tmp_path, "first.db")), clock)
    with pytest.raises(BadSetting) as refusal:
        assemble(live_in(tmp_path / "data", database_path=apart(tmp_path, "second.db")), clock)
    assert f"The data folder {tmp_path / 'data'} belongs to the sandbox" in str(refusal.value)
    assert "set TRUEBOOKS_DATA to another folder, or take XERO_CLIENT_ID out again" in str(refusal.value)
    assert Workspace.select().count() == 0, "the new database is nobody's yet"


def test_nor_does_a_live_folder_ever_serve_the_sandbox(tmp_path, clock):
    assemble(live_in(tmp_path / "data", database_path=apart(tmp_path, "first.db")), clock)
    with pytest.raises(BadSetting, match=r"belongs to live Xero.*or put XERO_CLIENT_ID back"):
        assemble(make_config(tmp_path / "data", database_path=apart(tmp_path, "second.db")), clock)


def test_a_database_of_the_other_mode_is_refused_naming_the_setting_that_chose_it(tmp_path, clock):
    shared = apart(tmp_path, "shared.db")
    assemble(make_config(tmp_path / "sandbox", database_path=shared), clock)
    with pytest.raises(BadSetting) as refusal:
        assemble(live_in(tmp_path / "live", database_path=shared), clock)
    assert f"The database {shared}, which DATABASE_URL names, belongs to the sandbox" in str(refusal.value)
    assert "set DATABASE_URL to another file, or take it out" in str(refusal.value)
    assemble(make_config(tmp_path / "live"), clock)
    assert Workspace.get_by_id(1).mode == "sandbox", "the folder was refused nothing: it is nobody's yet"


@pytest.mark.parametrize("known_by", ["its database", "the sandbox's state"])
def test_a_folder_from_before_there_was_a_marker_is_known_by_what_it_holds(tmp_path, clock, known_by):
    if known_by == "its database":
        assemble(make_config(tmp_path / "data"), clock)
        (tmp_path / "data" / "mode").unlink()
    else:
        (tmp_path / "data" / "sandbox" / "xero").mkdir(parents=True)
    with pytest.raises(BadSetting, match=r"The data folder .* belongs to the sandbox"):
        assemble(live_in(tmp_path / "data", database_path=apart(tmp_path, "new.db")), clock)


def test_a_sandbox_folder_is_refused_by_name_when_opened_live(config, parts, clock):
    live = live_in(config.data)
    with pytest.raises(BadSetting) as refusal:
        assemble(live, clock)
    assert str(config.data) in str(refusal.value)
    assert "TRUEBOOKS_DATA" in str(refusal.value)
    assert Workspace.get_by_id(1).mode == "sandbox"
