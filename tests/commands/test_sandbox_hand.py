"""The hand in the sandbox, from the command line: faults, clock, switches, limits, reset."""

import pytest

from tests.sandbox.served import served

INVOICES = "/api.xro/2.0/Invoices"


@pytest.fixture(params=["built in", "served alone"])
def hand(request, run, tmp_path):
    """``hand("switch")`` on the sandbox of the data folder, and on one served alone."""
    if request.param == "built in":
        yield lambda *arguments: run("sandbox", *arguments)
        return
    with served(tmp_path / "alone") as address:
        yield lambda *arguments: run("sandbox", *arguments, "--url", address)


def test_faults_are_ordered_listed_and_cancelled(hand):
    assert hand("fault").out == "Nothing is ordered.\n"
    details = ("--times", "0", "--seconds", "600", "--percent", "30", "--seed", "7")
    ordered = hand("fault", "PUT", INVOICES, "late", *details)
    assert (ordered.status, ordered.out) == (0, f"late for PUT {INVOICES}, until cancelled, 30 %\n")
    assert hand("fault", "--json").json == [
        {"method": "PUT", "path": INVOICES, "fault": "late", "times": 0, "seconds": 600, "percent": 30, "seed": "7"}
    ]
    assert hand("fault", "--clear").out == "Nothing is ordered.\n"


def test_the_clock_is_told_and_moved(hand):
    assert hand("clock", "--json").json["offset_seconds"] == 0
    assert "86400 seconds off" in hand("clock", "86400").out
    assert hand("clock", "-86400", "--json").json["offset_seconds"] == 0


def test_switches_and_limits_are_listed_and_set(hand):
    assert "voided_numbers = free" in hand("switch").out.splitlines()
    assert hand("switch", "voided_numbers", "held", "--json").json["voided_numbers"] == "held"
    assert hand("limit", "minute", "5", "--json").json["minute"] == 5
    assert "minute = 5" in hand("limit").out.splitlines()


def test_a_reset_brings_back_the_beginning(hand):
    hand("switch", "voided_numbers", "held")
    assert hand("reset").out == "The sandbox was reset.\n"
    assert hand("switch", "--json").json["voided_numbers"] == "free"


@pytest.mark.parametrize(("words", "said"), [
    (("fault", "PUT", INVOICES, "nonsense"), "There is no fault “nonsense”"),
    (("fault", "PUT", INVOICES), "Name a method, a path and a fault"),
    (("switch", "nonsense", "x"), "There is no switch “nonsense”"),
    (("switch", "voided_numbers"), "Say what “voided_numbers” is to be"),
    (("limit", "minute", "0"), "must be a whole number from 1 up"),
    (("reset", "--tenant", "0a1b2c3d-0000-4000-8000-000000000001"), "There is no such organisation"),
])
def test_what_cannot_be_done_is_told(hand, words, said):
    ran = hand(*words)
    assert ran.status == 1
    assert said in ran.err


@pytest.mark.parametrize(("url", "said"), [
    ("http://127.0.0.1:9", "No sandbox answers at http://127.0.0.1:9"), ("http://xero.example", "plain http"),
])
def test_a_sandbox_that_is_not_there_is_told(run, url, said):
    ran = run("sandbox", "clock", "--url", url)
    assert (ran.status, said in ran.err) == (1, True)


@pytest.mark.parametrize("words", [("switch",), ("fault",), ("reset",), ("serve", "--port", "0")])
def test_a_data_folder_of_live_xero_never_becomes_the_sandboxs(run, tmp_path, monkeypatch, words):
    live = tmp_path / "live"
    monkeypatch.setenv("TRUEBOOKS_DATA", str(live))
    monkeypatch.setenv("XERO_CLIENT_ID", "a")
    monkeypatch.setenv("XERO_CLIENT_SECRET", "b")
    ran = run("sandbox", *words)
    assert ran.status == 1
    assert "is for live Xero, so it holds no sandbox" in ran.err
    assert not (live / "sandbox").exists()


def test_nor_does_one_that_is_marked_as_live_when_the_credentials_are_out(run, tmp_path, monkeypatch):
    live = tmp_path / "live"
    live.mkdir()
    (live / "mode").write_text("live")
    monkeypatch.setenv("TRUEBOOKS_DATA", str(live))
    assert run("sandbox", "switch").status == 1
    assert not (live / "sandbox").exists()
