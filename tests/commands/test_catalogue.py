"""catalogue: what is known, how much of a reference list, and the workspace's own rules to give away."""

from pathlib import Path

import pytest

from services.core.catalogue import standard
from tests.xero_world import SALE, settlement_text

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "amazon-line-types.csv"


def test_line_types_are_counted_by_category(run):
    told = run("catalogue", "coverage", "--json").json
    assert told["line_types"] == len(standard().entries) == sum(told["categories"].values())
    assert told["categories"]["FBA_FEES"] > 10
    assert "FBA_FEES" in run("catalogue", "coverage").out


def test_a_reference_list_is_measured(run, tmp_path):
    path = tmp_path / "reference.csv"
    path.write_text(
        "transaction_type,amount_type,amount_description,suggested_category\n"
        ",,,(HEADER)\nOrder,ItemPrice,Principal,SALES\nOrder,ItemFees,Commission,OTHER\n"
        "Order,ItemPrice,Zebra|Tax,SALES_TAX\n",
        encoding="utf-8",
    )
    told = run("catalogue", "coverage", path, "--json").json["reference"]
    assert (told["line_types"], told["covered"], told["same_category"]) == (4, 3, 2)
    assert told["other_category"] == [["Order", "ItemFees", "Commission", "OTHER", "SELLER_FEES"]]
    assert told["missing"] == [["Order", "ItemPrice", "Zebra", "SALES_TAX"]]
    assert "3 of 4 line types are known (75 %)" in run("catalogue", "coverage", path).out


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference of line types is not beside this checkout")
def test_the_whole_reference_is_covered(run):
    told = run("catalogue", "coverage", REFERENCE, "--json").json["reference"]
    assert told["line_types"] > 300
    assert told["missing"] == []
    assert told["other_category"] == [["Order", "ItemPrice", "GiftWrap", "SALES_SHIPPING", "GIFT_WRAP"]]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n"])
def test_what_is_no_list_is_refused_in_words(run, tmp_path, content):
    path = tmp_path / "wrong.csv"
    path.write_text(content, encoding="utf-8")
    refused = run("catalogue", "coverage", path)
    assert refused.status == 1 and "cannot be read as a list of line types" in refused.err


def test_the_catalogue_is_searched(run):
    found = run("catalogue", "list", "--find", "storage", "--category", "storage_fees", "--json").json
    assert found and {entry["category"] for entry in found} == {"STORAGE_FEES"}


def test_own_rules_are_exported(run, tmp_path):
    path = tmp_path / "may.txt"
    levy = ("Order", "", "ItemFees", "Moon levy")
    path.write_text(settlement_text((SALE, "1.00"), (levy, "-1.00")), encoding="utf-8")
    run("import", path)
    assert "Order,ItemFees,Moon levy,UNKNOWN,-" in run("catalogue", "export").out
    assert run("mappings", "waiting", "--json").json[0]["amounts"] == {"GBP": "-1.00"}
    assert "-£1.00, 1 line in 26000000001" in run("mappings", "waiting").out
    run("mappings", "classify", "Order", "ItemFees", "Moon*", "SELLER_FEES")
    assert "Order,ItemFees,Moon*,SELLER_FEES" in run("catalogue", "export").out
    assert run("mappings", "waiting", "--json").json == []
