"""A data folder belongs to the sandbox or to live Xero for its whole life."""

import pytest

from app import assemble
from models import Workspace
from services.errors import BadSetting
from tests.conftest import make_config


def test_a_fresh_folder_gets_its_workspace_once(config, parts, clock):
    assemble(config, clock)
    assert [(row.mode, row.next_number) for row in Workspace.select()] == [("sandbox", 10001)]


def test_a_sandbox_folder_is_refused_by_name_when_opened_live(config, parts, clock):
    live = make_config(config.data, mode="live", built_in_sandbox=False)
    with pytest.raises(BadSetting) as refusal:
        assemble(live, clock)
    assert str(config.data) in str(refusal.value)
    assert "TRUEBOOKS_DATA" in str(refusal.value)
    assert Workspace.get_by_id(1).mode == "sandbox"
