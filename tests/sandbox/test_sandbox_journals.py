"""Manual journals: balanced, in the accounts journals may touch, posted and voided."""

import pytest

from tests.sandbox.xero_app import journal, journal_line

PATH = "/ManualJournals"


def test_a_draft_comes_back_as_it_was_sent(full):
    made = full.save(journal(), PATH)
    assert (made["Status"], made["LineAmountTypes"], made["ShowOnCashBasisReports"]) == ("DRAFT", "NoTax", True)
    assert made["Narration"] == "AMZ-TB-10001 (£100.00) TBUK-1"
    assert [(each["AccountCode"], each["LineAmount"]) for each in made["JournalLines"]] == [
        ("855", 100.00), ("200", -100.00)
    ]
    assert {each["TaxType"] for each in made["JournalLines"]} == {"NONE"}
    assert full.get(f"{PATH}/{made['ManualJournalID']}")[0]["JournalLines"] == made["JournalLines"]


def test_debits_must_equal_credits(full):
    lines = [journal_line("100.00", "855"), journal_line("-10.00", "200")]
    assert full.refused(journal(*lines), PATH) == ["The total debits (100.00) must equal total credits (-10.00)"]
    assert full.get(PATH) == []


def test_tax_inclusive_amounts_balance_gross(full):
    lines = [journal_line("120.00", "855", TaxType="NONE"), journal_line("-120.00", "200", TaxType="OUTPUT2")]
    made = full.save(journal(*lines, LineAmountTypes="Inclusive", Status="POSTED"), PATH)
    assert [each["TaxAmount"] for each in made["JournalLines"]] == [0.00, -20.00]
    exact = [lines[0], {**lines[1], "TaxAmount": -19.99}]
    made = full.save(journal(*exact, LineAmountTypes="Inclusive"), PATH)
    assert made["JournalLines"][1]["TaxAmount"] == -19.99


def test_tax_exclusive_amounts_balance_with_their_tax(full):
    lines = [journal_line("120.00", "855", TaxType="NONE"), journal_line("-100.00", "200", TaxType="OUTPUT2")]
    assert full.save(journal(*lines, LineAmountTypes="Exclusive", Status="POSTED"), PATH)["Status"] == "POSTED"
    assert full.refused(journal(*lines, LineAmountTypes="Inclusive"), PATH) == [
        "The total debits (120.00) must equal total credits (-100.00)"
    ]


@pytest.mark.parametrize(("changes", "words"), [
    ({"Narration": ""}, "The Narration must be specified."),
    ({"JournalLines": [journal_line("0.00", "855")]}, "A manual journal must have two journal lines at least."),
    ({"Status": "VOIDED"}, "Manual journal not of valid status for creation"),
    ({"LineAmountTypes": "Gross"}, "LineAmountTypes must be Exclusive, Inclusive or NoTax."),
    ({"Url": "https://xero.example/"}, "The Url must be a valid absolute address and must not contain xero."),
])
def test_a_journal_has_its_rules(full, changes, words):
    assert words in full.refused(journal(**changes), PATH)


@pytest.mark.parametrize("account", ["090", "600", "800", "960"])
def test_banks_debtors_creditors_and_retained_earnings_are_closed_to_journals(full, account):
    lines = [journal_line("100.00", account), journal_line("-100.00", "200")]
    assert full.refused(journal(*lines), PATH) == [f"Account code '{account}' is not a valid code for this document."]


def test_other_accounts_of_xeros_own_are_open(full):
    lines = [journal_line("100.00", "820"), journal_line("-100.00", "860")]
    assert full.save(journal(*lines, Status="POSTED"), PATH)


def test_a_draft_drops_an_account_nobody_knows_and_posting_refuses_it(full):
    lines = [journal_line("100.00", "999"), journal_line("-100.00", "200")]
    made = full.save(journal(*lines), PATH)
    assert made["Warnings"] == [
        {"Message": "Account code '999' has been removed as it does not match a recognised account."}
    ]
    assert full.refused(journal(*lines, Status="POSTED"), PATH) == [
        "Account code '999' is not a valid code for this document."
    ]


ROADS = {"DRAFT": ["DRAFT"], "POSTED": ["POSTED"], "VOIDED": ["POSTED", "VOIDED"], "DELETED": ["DRAFT", "DELETED"]}
ALLOWED = {"DRAFT": {"DRAFT", "POSTED", "DELETED"}, "POSTED": {"POSTED", "VOIDED"}, "VOIDED": set(), "DELETED": set()}


@pytest.mark.parametrize("old", ROADS)
@pytest.mark.parametrize("new", ["DRAFT", "POSTED", "VOIDED", "DELETED"])
def test_which_status_may_follow_which(full, old, new):
    first, *rest = ROADS[old]
    path = f"{PATH}/{full.save(journal(Status=first), PATH)['ManualJournalID']}"
    for step in rest:
        full.save({"Status": step, "Narration": "n"}, path, "POST")
    if new in ALLOWED[old]:
        assert full.save({"Status": new, "Narration": "n"}, path, "POST")["Status"] == new
    else:
        assert full.refused({"Status": new, "Narration": "n"}, path, "POST") == [
            "Manual journal not of valid status for modification"
        ]


def test_voiding_leaves_everything_else_as_it_was(full):
    made = full.save(journal(Status="POSTED"), PATH)
    voided = full.save({"ManualJournalID": made["ManualJournalID"], "Narration": "other", "Status": "VOIDED"},
                       PATH, "POST")
    assert (voided["Narration"], voided["JournalLines"]) == (made["Narration"], made["JournalLines"])


def test_nothing_is_posted_or_voided_in_a_locked_period(full):
    posted = full.save(journal(Status="POSTED"), PATH)
    full.lock(PeriodLockDate="2026-05-28")
    words = ["The document date cannot be before the period lock date, currently set at 28-May-2026"]
    assert full.refused(journal(Status="POSTED"), PATH) == words
    void = {"Status": "VOIDED", "Narration": "n"}
    assert full.refused(void, f"{PATH}/{posted['ManualJournalID']}", "POST") == words
    assert full.save(journal(), PATH)["Status"] == "DRAFT"


def test_nothing_protects_against_the_same_journal_twice(full):
    first, second = (full.save(journal(), PATH, "POST") for _ in range(2))
    assert first["ManualJournalID"] != second["ManualJournalID"]
    assert len(full.get(PATH, where='Narration=="AMZ-TB-10001 (£100.00) TBUK-1"')) == 2


def test_they_are_found_by_a_part_of_their_narration(full):
    for key in ("TBUK-1", "TBUK-2"):
        full.save(journal(Narration=f"AMZ {key}"), PATH)
    [found] = full.get(PATH, where='Narration.Contains("tbuk-2")', page=1)
    assert (found["Narration"], len(found["JournalLines"])) == ("AMZ TBUK-2", 2)
    assert full.get(PATH)[0]["JournalLines"] == []
    page = full.call("GET", PATH, page=1, pageSize=1, order="Narration DESC").json
    assert (page["ManualJournals"][0]["Narration"], page["pagination"]["itemCount"]) == ("AMZ TBUK-2", 2)


def test_tracking_stands_on_journal_lines_too(full):
    tracked = journal_line("-100.00", "200", Tracking=[{"Name": "Region", "Option": "Europe"}])
    made = full.save(journal(journal_line("100.00", "855"), tracked), PATH)
    assert made["JournalLines"][1]["Tracking"][0]["Option"] == "Europe"


def test_an_unknown_journal_is_not_found(full):
    nothing = "00000000-0000-0000-0000-000000000001"
    assert full.call("GET", f"{PATH}/{nothing}").status_code == 404
    assert full.refused(journal(ManualJournalID=nothing), PATH, "POST") == [
        "An existing Manual journal with the specified ManualJournalID could not be found"
    ]


@pytest.mark.parametrize("lines", [True, 5, "x", [5], {"LineAmount": 1}])
def test_nonsense_for_lines_is_refused_and_never_a_500(full, lines):
    answer = full.client.put("/api.xro/2.0/ManualJournals", headers=full.headers(),
                             json={"Narration": "n", "JournalLines": lines})
    assert answer.status_code == 400
    assert full.get(PATH) == []


def test_a_refused_journal_comes_back_even_when_it_was_nonsense(full):
    answer = full.call("PUT", PATH, {"ManualJournals": [{"JournalLines": None}]}, summarizeErrors="false")
    assert answer.json["ManualJournals"][0]["StatusAttributeString"] == "ERROR"
