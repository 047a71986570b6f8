"""Two hundred seeds of the posting simulation for each kind: invoices and drafts."""

import pytest

from tests.simulations.posting import violations


@pytest.mark.parametrize("kind", ["invoice", "draft"])
def test_nothing_is_doubled_lost_or_left_half_way(workspaces, kind):
    assert violations(workspaces, kind, range(200)) == {}
