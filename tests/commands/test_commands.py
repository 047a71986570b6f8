"""The main job on the command line: what each command prints, and its exit status."""

from decimal import Decimal

import pytest

from tests.xero_world import ADS, FEE, SALE, settlement_text

ID = "26881161592"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "settlement.txt"
    path.write_text(settlement_text((SALE, "1500.00"), (FEE, "-164.80"), (ADS, "-60.00"), settlement_id=ID))
    return path


def test_the_whole_journey(connected, file):
    assert connected("mappings", "suggest", "--apply").status == 0
    (taken,) = connected("import", file, "--json").json
    assert taken == {"file": str(file), "settlement_id": ID, "currency": "GBP", "total": "1275.20", "lines": 3,
                     "outcome": "imported", "problems": []}  # fmt: skip
    (listed,) = connected("settlements", "--json").json
    assert listed == {"settlement_id": ID, "marketplace": "Amazon.co.uk", "start": "2026-05-01", "end": "2026-05-15",
                      "deposit_date": "2026-05-17", "currency": "GBP", "total": "1275.20", "status": "ready",
                      "number": "AMZ-TB-10001", "reference": f"(£1,275.20) TBUK-{ID}"}  # fmt: skip
    plan = connected("preview", ID, "--json").json
    assert (plan["kind"], plan["contact"], plan["date"], plan["due_date"]) == (
        "invoice",
        "Amazon.co.uk",
        "2026-05-17",
        "2026-05-17",
    )
    assert sum(Decimal(line["gross"]) for line in plan["lines"]) == Decimal(plan["total"]) == Decimal("1275.20")
    posted = connected("post", ID, "--json")
    assert (posted.status, posted.json[0]["outcome"], posted.json[0]["number"]) == (0, "posted", "AMZ-TB-10001")
    assert set(posted.json[0]) == {"settlement_id", "outcome", "number", "reference", "document_id", "reason"}
    assert connected("post", ID, "--json").json[0]["outcome"] == "already_there"
    assert connected("rollback", ID, "--json").json[0]["outcome"] == "rolled_back"
    assert connected("settlements", "--json").json[0]["status"] == "draft"
    assert connected("repost", ID, "--json").json[0]["outcome"] == "posted"


def test_the_preview_for_people_ends_with_the_proof(connected, file):
    connected("mappings", "suggest", "--apply")
    connected("import", file)
    shown = connected("preview", ID).out
    assert (
        "Proof: lines £1,275.20 = settlement total £1,275.20 = Amazon's stated transfer £1,275.20, difference 0.00"
        in shown
    )


def test_a_file_that_is_no_settlement_is_refused_in_words_on_standard_error(run, tmp_path, file):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    ran = run("import", photo, file, "--json")
    assert ran.status == 1
    assert {each["outcome"] for each in ran.json} == {"refused", "imported"}
    assert str(photo) in ran.err


def test_a_file_that_is_not_there_is_refused_in_words(run):
    ran = run("import", "nowhere.txt", "--json")
    assert (ran.status, ran.json[0]["outcome"]) == (1, "refused")
    assert "nowhere.txt cannot be read" in ran.err


def test_an_unmapped_settlement_is_not_posted_and_the_exit_status_says_so(connected, file):
    connected("import", file)
    ran = connected("post", ID, "--json")
    assert (ran.status, ran.json[0]["outcome"]) == (1, "needs_mapping")
    assert "Product sales" in ran.err


def test_of_several_each_has_its_own_outcome(connected, file):
    connected("mappings", "suggest", "--apply")
    connected("import", file)
    ran = connected("post", ID, "999", "--json")
    assert [each["outcome"] for each in ran.json] == ["posted", "failed"]
    assert ran.status == 1 and "There is no settlement 999" in ran.err


def test_without_a_connection_the_user_is_told_what_to_do(run, file):
    run("import", file)
    assert run("sync").status == 1
    assert "connect" in run("sync").err.lower()


def test_status_says_how_everything_stands(connected, file):
    connected("import", file)
    status = connected("status", "--json").json
    assert status["mode"] == "sandbox"
    assert (status["connection"]["state"], status["connection"]["organisation"]) == ("connected", "TrueBooks Demo (UK)")
    assert status["last_sync"]["outcome"] == "done"


def test_before_connecting_the_status_is_disconnected(run):
    assert run("status", "--json").json["connection"]["state"] == "disconnected"


def test_a_sync_gives_its_counts_calls_and_seconds(connected):
    result = connected("sync", "--json").json
    assert {"accounts", "tax_rates", "calls", "seconds"} <= set(result)
    assert result["accounts"] == {"added": 0, "changed": 0, "archived": 0} | result["accounts"]
    assert result["calls"] == 6


def test_mappings_can_be_suggested_set_and_listed(connected):
    shown = connected("mappings", "suggest", "--json").json
    assert {"category": "SALES", "account_code": "200", "tax_type": "OUTPUT2", "applied": False} in shown
    mapping = connected("mappings", "set", "SALES", "260", "NONE", "--marketplace", "Amazon.de", "--json").json
    assert mapping == {"category": "SALES", "marketplace": "Amazon.de", "account_code": "260", "tax_type": "NONE"}
    assert mapping in connected("mappings", "--json").json


def test_a_mapping_xero_would_refuse_is_refused_in_words(connected):
    ran = connected("mappings", "set", "SALES", "200", "INPUT2")
    assert ran.status == 1 and "cannot be used with account 200" in ran.err


def test_settings_are_shown_and_set(run):
    assert run("settings", "set", "lines", "category", "--json").json == {"lines": "category"}
    assert run("settings", "--json").json["lines"] == "category"
    assert run("settings", "set", "lines", "sku").status == 1


def test_the_demo_posts_the_large_sample_and_shows_the_document(run, monkeypatch, tmp_path):
    import commands.demo

    monkeypatch.setattr(commands.demo, "FOLDER", tmp_path / "demo")
    ran = run("demo", "--json")
    assert ran.status == 0, ran.err
    document = ran.json
    assert (document["status"], document["number"], document["kind"]) == ("AUTHORISED", "AMZ-TB-10001", "invoice")
    assert sum(Decimal(line["gross"]) for line in document["lines"]) == Decimal(document["total"])


def test_the_demo_for_people_prints_the_invoice_and_the_proof(run, monkeypatch, tmp_path):
    import commands.demo

    monkeypatch.setattr(commands.demo, "FOLDER", tmp_path / "demo")
    shown = run("demo").out
    assert "In Xero now: invoice AMZ-TB-10001, AUTHORISED" in shown
    assert "difference 0.00" in shown
    assert "VOIDED" in shown


def test_several_are_posted_together_each_with_its_outcome_and_a_missing_one_fails_alone(connected, tmp_path):
    connected("mappings", "suggest", "--apply")
    ids = ["26000000001", "26000000002", "26000000003"]
    for settlement_id in ids:
        path = tmp_path / f"{settlement_id}.txt"
        path.write_text(settlement_text((SALE, "10.00"), settlement_id=settlement_id))
        connected("import", path)
    ran = connected("post", *ids, "999", "--json")
    assert [(row["settlement_id"], row["outcome"]) for row in ran.json] == [
        *((each, "posted") for each in ids), ("999", "failed")]
    assert all(row["document_id"] for row in ran.json[:3])
    assert {row["outcome"] for row in connected("rollback", *ids, "--json").json} == {"rolled_back"}


def test_integrity_scan_dry_run_and_repair(connected, file):
    connected("mappings", "suggest", "--apply")
    connected("import", file)
    connected("post", ID)
    assert connected("integrity", "scan", "--json").json == []
    assert "1 documents looked at" in connected("integrity", "repair", "--dry-run").out
    assert connected("integrity", "repair", "--json").status == 0
