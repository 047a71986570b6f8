"""Every settlement worked out by hand comes out of the command line as worked out."""

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
WORKED = SHARED / "worked"
CASES = sorted(WORKED.glob("*.expected.json"))
LINE = ("category", "account_code", "tax_type", "gross", "tax", "net")


@pytest.mark.skipif(not CASES, reason="the settlements worked out by hand are not beside this checkout")
@pytest.mark.parametrize(
    "case", CASES or [None], ids=lambda path: path.name.removesuffix(".expected.json") if path else ""
)
def test_a_settlement_worked_out_by_hand(connected, case):
    expected = json.loads(case.read_text(encoding="utf-8"))
    connected("settings", "set", "lines", "category")
    for category, mapped in json.loads((WORKED / "mapping.json").read_text(encoding="utf-8")).items():
        assert connected("mappings", "set", category, mapped["account_code"], mapped["tax_type"]).status == 0
    for category, mapped in expected["mapping_overrides"].items():
        override = ("--marketplace", mapped["marketplace"])
        assert connected("mappings", "set", category, mapped["account_code"], mapped["tax_type"], *override).status == 0
    taken = connected("import", WORKED / case.name.replace(".expected.json", ".txt"), "--json").json[0]
    assert (taken["outcome"], taken["problems"], taken["total"]) == ("imported", [], expected["settlement_total"])
    plan = connected("preview", expected["settlement_id"], "--json").json
    facts = ("kind", "reference", "date", "total", "settlement_total", "currency")
    assert [plan[name] for name in facts] == [expected[name] for name in facts]
    assert plan["problems"] == []
    assert len(plan["lines"]) == len(expected["lines"])
    assert by_category(plan["lines"]) == by_category(expected["lines"])
    posted = connected("post", expected["settlement_id"], "--json")
    assert (posted.status, posted.json[0]["outcome"], posted.json[0]["reference"]) == (
        0,
        "posted",
        expected["reference"],
    )


def by_category(lines):
    return {line["category"]: {name: line[name] for name in LINE} for line in lines}


SETTLEMENTS = SHARED / "settlements"


@pytest.mark.skipif(not SETTLEMENTS.is_dir(), reason="the settlement files are not beside this checkout")
@pytest.mark.parametrize("name", ["real-ca-v1-12746358451", "derived-ca-v2-12746358451", "synthetic-us-v2-28471003921"])
def test_the_settlement_files_beside_us_go_all_the_way(connected, name):
    connected("mappings", "suggest", "--apply")
    taken = connected("import", SETTLEMENTS / f"{name}.txt", "--json").json[0]
    settlement_id = taken["settlement_id"]
    plan = connected("preview", settlement_id, "--json").json
    assert plan["settlement_total"] == taken["total"]
    assert plan["total"] == taken["total"].removeprefix("-")
    first = connected("post", settlement_id, "--json").json[0]
    assert first["outcome"] == "posted"
    again = connected("repost", settlement_id, "--json").json[0]
    assert (again["outcome"], again["number"], again["reference"]) == ("posted", first["number"], first["reference"])
    if "ca" in name:
        assert (plan["kind"], plan["total"], plan["reference"]) == (
            "credit_note",
            "29.99",
            "(-CA$29.99) TBCA-12746358451",
        )
