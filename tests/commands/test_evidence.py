"""elsewhere, difference, corrected and remove, as a script uses them."""

import pytest

from tests.xero_world import FEE, SALE, settlement_text

ID = "26000000001"


@pytest.fixture
def imported(connected, tmp_path):
    def take(*lines, **facts):
        path = tmp_path / "settlement.txt"
        path.write_text(settlement_text(*lines, **facts), encoding="utf-8")
        return connected("import", path, "--json").json[0]

    connected("mappings", "suggest", "--apply")
    connected.take = take
    return connected


def status(run) -> str:
    (row,) = run("settlements", "--json").json
    return row["status"]


def test_booked_elsewhere_and_back(imported):
    imported.take((SALE, "120.00"))
    assert imported("elsewhere", ID, "--reason", "By hand").status == 0
    assert status(imported) == "booked_elsewhere"
    posted = imported("post", ID, "--json")
    assert posted.status == 1 and "By hand" in posted.json[0]["reason"]
    imported("elsewhere", ID, "--undo")
    assert status(imported) == "ready"


def test_the_difference_is_added_and_taken_back(imported):
    imported.take((SALE, "120.00"), total="121.00")
    assert imported("difference", ID, "429", "Amazon lost a line").status == 0
    plan = imported("preview", ID, "--json").json
    assert plan["lines"][-1] == {
        "description": "Difference to Amazon's total: Amazon lost a line", "category": "DIFFERENCE",
        "account_code": "429", "tax_type": "NONE", "gross": "1.00", "tax": "0.00", "net": "1.00",
    }  # fmt: skip
    assert (plan["total"], plan["settlement_total"], plan["problems"]) == ("121.00", "121.00", [])
    imported("difference", ID, "--undo")
    assert status(imported) == "does_not_add_up"


def test_another_file_is_shown_and_used(imported):
    imported.take((SALE, "120.00"))
    assert imported.take((SALE, "120.00"), (FEE, "-20.00"))["outcome"] == "corrected"
    (other,) = imported("corrected", ID, "--json").json
    assert (other["total"], other["total_in_use"]) == ("100.00", "120.00")
    assert other["lines"] == [
        {"line_type": "Order / ItemFees / Commission", "in_use": "0.00", "there": "-20.00", "lines_in_use": 0,
         "lines_there": 1}]  # fmt: skip
    for _ in range(2):
        assert imported("corrected", ID, "--use", other["version"]).status == 0
        assert imported("preview", ID, "--json").json["total"] == "100.00"


def test_differing_dates_are_told_as_well(imported, tmp_path):
    imported.take((SALE, "120.00"))
    path = tmp_path / "again.txt"
    path.write_text(settlement_text((SALE, "120.00")).replace("17.05.2026", "18.05.2026"), encoding="utf-8")
    imported("import", path)
    assert "Deposited: 2026-05-17 → 2026-05-18" in imported("corrected", ID).out
    (other,) = imported("corrected", ID, "--json").json
    assert other["facts"] == [{"fact": "Deposited", "in_use": "2026-05-17", "there": "2026-05-18"}]


def test_a_wrong_upload_is_removed(imported):
    imported.take((SALE, "120.00"))
    assert "AMZ-TB-10001 is retired" in imported("remove", ID).out
    assert imported("settlements", "--json").json == []
    assert imported("remove", ID).status == 1


def test_overrides_for_a_marketplace_abroad_are_suggested(imported):
    imported.take((("Order", "Amazon.de", "ItemPrice", "Principal"), "119.00"), currency="EUR")
    told = imported("mappings", "suggest")
    assert "mappings suggest --marketplace Amazon.de" in told.out
    applied = imported("mappings", "suggest", "--marketplace", "Amazon.de", "--apply", "--json").json
    assert {"category": "SALES", "account_code": "200", "tax_type": "NONE", "applied": True,
            "marketplace": "Amazon.de"} in applied  # fmt: skip
    assert imported("preview", ID, "--json").json["lines"][0]["tax_type"] == "NONE"


def test_tracking_is_set_by_its_names(imported):
    saved = imported("mappings", "set", "SALES", "200", "OUTPUT2", "--tracking", "Region: Europe", "--json").json
    assert saved["tracking"] == ["Region: Europe"]
    kept = imported("mappings", "set", "SALES", "200", "OUTPUT2", "--json").json
    assert kept["tracking"] == ["Region: Europe"]
    assert imported("mappings", "set", "SALES", "200", "OUTPUT2", "--tracking", "", "--json").json == {
        "category": "SALES", "marketplace": "", "account_code": "200", "tax_type": "OUTPUT2"}  # fmt: skip
    refused = imported("mappings", "set", "SALES", "200", "OUTPUT2", "--tracking", "Region: Mars")
    assert refused.status == 1 and "“Region: Europe”" in refused.err
