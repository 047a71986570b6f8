"""Accounts & Taxes: saved row by row, suggested without overwriting, refused where Xero would refuse."""

import pytest

from models import Account, AuditEntry, Mapping
from services import line_types, mappings, postings, reference_data, suggested_mappings
from services.core.settlement import LineType
from services.errors import NotFound, Refused
from tests.xero_world import ADS, ANN, SALE, World


@pytest.fixture
def synced(workspace) -> World:
    """Connected and synced; nothing is mapped."""
    made = World(workspace)
    made.connect()
    return made


def test_every_category_is_shown_with_what_the_settlements_hold(synced):
    synced.settlement((SALE, "120.00"), (ADS, "-30.00"))
    held = {row.category.id: row.held for row in mappings.rows() if row.held}
    assert held == {"SALES": {"GBP": 12000}, "ADVERTISING": {"GBP": -3000}}


def test_a_saved_mapping_is_used_and_remembered(synced):
    mappings.save(synced.parts, "sales", "200", "OUTPUT2", ANN)
    row = mappings.row_of("SALES")
    assert (row.mapping.account_code, row.mapping.tax_type, row.problem) == ("200", "OUTPUT2", "")
    assert AuditEntry.get(AuditEntry.action == "mapping.saved").facts["account_code"] == "200"


def test_a_marketplaces_own_mapping_stands_above_the_one_for_all(synced):
    german = ("Order", "Amazon.de", "ItemPrice", "Principal")
    settlement_id = synced.settlement((german, "119.00"), currency="EUR")
    mappings.save(synced.parts, "SALES", "200", "OUTPUT2", ANN)
    mappings.save(synced.parts, "SALES", "200", "NONE", ANN, marketplace="Amazon.de")
    assert [line.tax_type for line in postings.preview(settlement_id).plan.lines] == ["NONE"]
    mappings.drop_override(synced.parts, "SALES", "Amazon.de", ANN)
    assert [line.tax_type for line in postings.preview(settlement_id).plan.lines] == ["OUTPUT2"]


@pytest.mark.parametrize(
    ("category", "account", "tax", "marketplace", "words"),
    [
        ("SALES", "999", "OUTPUT2", "", "Account 999 is not in Xero"),
        ("SALES", "200", "NOSUCH", "", "Tax rate NOSUCH is not in Xero"),
        ("SALES", "200", "INPUT2", "", "cannot be used with account 200"),
        ("SALES", "090", "NONE", "", "bank account"),
        ("UNKNOWN", "200", "OUTPUT2", "", "cannot be mapped"),
        ("COLOURS", "200", "OUTPUT2", "", "There is no category “COLOURS”"),
        ("SALES", "200", "OUTPUT2", "Amazon.mars", "There is no marketplace “Amazon.mars”"),
    ],
)
def test_what_xero_would_refuse_is_refused_when_it_is_saved(synced, category, account, tax, marketplace, words):
    with pytest.raises((NotFound, Refused), match=words):
        mappings.save(synced.parts, category, account, tax, ANN, marketplace=marketplace)
    assert Mapping.select().count() == 0


def test_before_the_first_sync_nothing_can_be_mapped(workspace):
    with pytest.raises(Refused, match="Sync from Xero first"):
        mappings.save(workspace, "SALES", "200", "OUTPUT2", ANN)
    with pytest.raises(Refused, match="Sync from Xero first"):
        suggested_mappings.suggested()


def test_suggestions_are_shown_first_and_fill_only_empty_rows(synced):
    mappings.save(synced.parts, "SALES", "260", "NONE", ANN)
    shown = {each.category: each for each in suggested_mappings.suggested()}
    assert "SALES" not in shown and Mapping.select().count() == 1
    assert (shown["REFUNDS"].account_code, shown["REFUNDS"].tax_type) == ("201", "OUTPUT2")
    suggested_mappings.apply_suggested(synced.parts, ANN)
    assert (mappings.row_of("SALES").mapping.account_code, mappings.row_of("REFUNDS").mapping.account_code) == (
        "260",
        "201",
    )
    assert [each for each in suggested_mappings.suggested() if each.is_complete] == []


def test_an_organisation_not_registered_for_vat_is_suggested_no_tax_throughout(workspace):
    world = World(workspace)
    world.connect("not registered")
    filled = suggested_mappings.apply_suggested(world.parts, ANN)
    assert filled and {each.tax_type for each in filled} == {"NONE"}


def test_an_american_organisation_is_suggested_its_own_accounts_without_tax(workspace):
    world = World(workspace)
    world.connect("US")
    filled = {each.category: each for each in suggested_mappings.apply_suggested(world.parts, ANN)}
    assert (filled["SALES"].account_code, filled["SELLER_FEES"].account_code) == ("400", "601")
    assert {each.tax_type for each in filled.values()} == {"NONE"}
    assert "sales tax" in suggested_mappings.advice()


def test_a_mapping_whose_account_was_archived_is_flagged_and_kept(synced):
    mappings.save(synced.parts, "SALES", "200", "OUTPUT2", ANN)
    settlement_id = synced.settlement((SALE, "120.00"))
    Account.update(status="ARCHIVED").where(Account.code == "200").execute()
    assert "archived" in mappings.row_of("SALES").problem
    assert synced.status(settlement_id) == "needs_mapping"
    reference_data.sync(synced.parts, ANN)
    assert mappings.row_of("SALES").problem == ""
    assert synced.status(settlement_id) == "ready"


def test_only_accounts_xero_takes_and_rates_their_class_may_use_are_offered(synced):
    codes = {account.code for account in mappings.usable_accounts()}
    assert {"200", "401", "610", "835"} <= codes and "090" not in codes
    assert "INPUT2" not in {rate.tax_type for rate in mappings.usable_tax_rates("200")}
    assert "INPUT2" in {rate.tax_type for rate in mappings.usable_tax_rates("401")}


def test_line_types_in_other_scripts_are_told_apart(synced):
    ads, storage = (("other-transaction", "", "other-transaction", words) for words in ("広告費", "保管料"))
    synced.settlement((ads, "-100.00"), (storage, "-200.00"))
    waiting = {item.line_type.amount_description: item for item in line_types.unclassified()}
    assert set(waiting) == {"広告費", "保管料"}
    line_types.classify(synced.parts, waiting["広告費"].line_type, "ADVERTISING", ANN)
    assert [item.line_type.amount_description for item in line_types.unclassified()] == ["保管料"]


def test_a_euro_settlement_that_names_no_marketplace_can_have_mappings_of_its_own(synced):
    synced.settlement((ADS, "-60.00"), currency="EUR")
    assert mappings.save(synced.parts, "ADVERTISING", "400", "REVERSECHARGES", ANN, marketplace="Amazon EU")


@pytest.mark.parametrize("words", [("???", "---", "!!!"), ("", "", "")])
def test_a_line_type_without_any_letter_can_be_classified(synced, words):
    transaction, amount, description = words
    synced.settlement((SALE, "1.00"), ((transaction, "", amount, description), "-30.00"))
    (waiting,) = line_types.unclassified()
    line_types.classify(synced.parts, waiting.line_type, "OTHER", ANN)
    assert line_types.unclassified() == []


def test_of_two_without_letters_each_is_its_own(synced):
    synced.settlement((("???", "", "", ""), "-30.00"), (("!!!", "", "", ""), "-5.00"))
    line_types.classify(synced.parts, line_types.unclassified()[0].line_type, "OTHER", ANN)
    assert [item.line_type.transaction_type for item in line_types.unclassified()] == ["!!!"]


def test_no_words_at_all_are_refused_where_no_settlement_holds_them(synced):
    with pytest.raises(Refused, match="Choose a line type first"):
        line_types.classify(synced.parts, LineType("", " ", ""), "OTHER", ANN)


def test_a_star_that_amazon_printed_is_a_star(synced):
    starred, other = (("Order", "", "Levies", words) for words in ("Alpha*", "Alphabet soup"))
    synced.settlement((starred, "-3.00"), (other, "-5.00"))
    line_types.classify(synced.parts, LineType("Order", "Levies", "Alpha*"), "OTHER", ANN)
    assert [item.line_type.amount_description for item in line_types.unclassified()] == ["Alphabet soup"]
    assert line_types.stars_in(LineType("Order", "Levies", "Alpha*")) == (False, False, False)
    line_types.classify(synced.parts, LineType("Order", "Levies", "Alpha*"), "OTHER", ANN, (False, False, True))
    assert line_types.unclassified() == []


def test_a_beginning_that_would_stand_for_everything_is_refused(synced):
    with pytest.raises(Refused, match="would stand for everything"):
        line_types.classify(synced.parts, LineType("Order", "ItemFees", "???*"), "OTHER", ANN, (False, False, True))


@pytest.mark.parametrize("typed", ["Amazon Sales", " amazon sales ", "200 – Amazon Sales"])
def test_an_account_can_be_given_by_its_name(synced, typed):
    assert mappings.save(synced.parts, "SALES", typed, "OUTPUT2", ANN).account_code == "200"


def test_a_name_that_two_accounts_have_is_not_guessed(synced):
    Account.update(name="Amazon Sales").where(Account.code == "260").execute()
    with pytest.raises(Refused, match="2 accounts are called amazon sales: give its code"):
        mappings.save(synced.parts, "SALES", "amazon sales", "OUTPUT2", ANN)


def test_an_empty_account_is_told_as_that(synced):
    with pytest.raises(Refused, match="No account was chosen"):
        mappings.save(synced.parts, "SALES", " ", "OUTPUT2", ANN)
