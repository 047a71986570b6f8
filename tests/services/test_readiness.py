"""What settlements are ready for is kept, and never stale: whatever changes, the list says what the plan says."""

import pytest

from models import Account, ChangeMark, Mapping, Readiness, Settlement, database
from services import (
    booked_elsewhere,
    bookkeeping,
    change_marks,
    corrections,
    difference_lines,
    line_types,
    mappings,
    postings,
    readiness,
    reference_data,
    settings,
    settlement_list,
)
from services.core.settlement import LineType
from tests.xero_world import ADS, ANN, FEE, SALE, settlement_text

MOON = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy")


@pytest.fixture
def shelf(world) -> dict[str, str]:
    """One settlement of each sort, by what it is; everything worked out."""
    made = {
        "clean": world.settlement(),
        "unknown": world.settlement((SALE, "10.00"), (MOON, "-2.00")),
        "short": world.settlement((SALE, "10.00"), total="11.00"),
        "negative": world.settlement((FEE, "-18.00")),
        "nothing": world.settlement((SALE, "10.00"), (SALE, "-10.00")),
        "posted": world.settlement((SALE, "70.00"), (ADS, "-7.00")),
    }
    postings.post(world.parts, made["posted"], ANN)
    assert readiness.bring_up_to_date() == 0
    return made


def by_plan() -> dict[str, tuple]:
    """Every settlement in hand as its own plan has it, read from nothing that is kept."""
    bookkeeping._latest.clear()
    desk = bookkeeping.gather()
    rows = Settlement.select().where(Settlement.state.in_(readiness.WAITING))
    return {row.settlement_id: readiness.told_by(desk.plan(row)) for row in rows}


def ready_of(kept: Readiness) -> readiness.Ready:
    return readiness.Ready(kept.status, kept.reason, kept.code, kept.category, kept.problems)


def as_kept() -> dict[str, tuple]:
    """The same, by what is kept after it was brought up to date."""
    readiness.bring_up_to_date()
    rows = Settlement.select().where(Settlement.state.in_(readiness.WAITING))
    kept = {row.settlement_id: row for row in Readiness.select()}
    return {row.settlement_id: ready_of(kept[row.id]) for row in rows}


CHANGES = {
    "a mapping is changed": lambda world, shelf: mappings.save(world.parts, "SALES", "260", "ZERORATEDOUTPUT", ANN),
    "a mapping is gone": lambda world, shelf: Mapping.delete().where(Mapping.category == "SELLER_FEES").execute(),
    "a mapping for one marketplace": lambda world, shelf: mappings.save(
        world.parts, "SALES", "260", "OUTPUT2", ANN, "Amazon.co.uk"),
    "a rule is made": lambda world, shelf: line_types.classify(
        world.parts, LineType(MOON[0], *MOON[2:]), "FBA_FEES", ANN),
    "an account is archived": lambda world, shelf: Account.update(status="ARCHIVED").where(
        Account.code == Mapping.get(Mapping.category == "SALES").account_code).execute(),
    "manual journals without a clearing account": lambda world, shelf: settings.change(
        world.parts, "post_as", "manual_journal", ANN),
    "a permission that was not asked for": lambda world, shelf: database.execute_sql(
        "UPDATE xero_connection SET scopes = 'openid profile email offline_access accounting.contacts'"),
    "a start date": lambda world, shelf: settings.change(world.parts, "start_date", "2026-06-01", ANN),
    "a period is locked": lambda world, shelf: (world.lock("2026-12-31"), reference_data.sync(world.parts, ANN)),
    "booked elsewhere": lambda world, shelf: booked_elsewhere.mark(world.parts, shelf["clean"], "by hand", ANN),
    "a difference line": lambda world, shelf: difference_lines.add(world.parts, shelf["short"], "404", "a penny", ANN),
    "a posted one is rolled back": lambda world, shelf: postings.roll_back(world.parts, shelf["posted"], ANN),
    "another file is used": lambda world, shelf: use_another_file(world, shelf["clean"]),
    "another organisation's lists": lambda world, shelf: database.execute_sql(
        "UPDATE xero_connection SET tenant_id = 'another'"),
}  # fmt: skip


def use_another_file(world, settlement_id: str) -> None:
    world.take(settlement_text((SALE, "120.00"), (MOON, "-1.00"), settlement_id=settlement_id))
    other = corrections.of(world.stored(settlement_id))[0]
    corrections.use(world.parts, settlement_id, other.version, ANN)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_after_a_change_the_list_says_what_the_plans_say(world, shelf, change):
    CHANGES[change](world, shelf)
    shown = {row.settlement.settlement_id: row for row in settlement_list.everything()}
    for settlement_id, ready in by_plan().items():
        told = shown[settlement_id].ready or as_kept()[settlement_id]
        assert told == ready, settlement_id
    assert as_kept() == by_plan()


@pytest.mark.parametrize("change", sorted(set(CHANGES) - {"a posted one is rolled back"}), ids=str)
def test_each_of_these_changes_is_noticed_at_once(world, shelf, change):
    CHANGES[change](world, shelf)
    assert not readiness.is_up_to_date()


def test_nothing_is_worked_out_again_while_nothing_changed(world, shelf, monkeypatch):
    monkeypatch.setattr(readiness, "worked_out", lambda rows: pytest.fail("it was worked out again"))
    assert readiness.bring_up_to_date() == 0
    assert len(settlement_list.everything()) == len(shelf)


def test_one_settlement_s_own_change_leaves_the_others_alone(world, shelf, monkeypatch):
    booked_elsewhere.mark(world.parts, shelf["clean"], "by hand", ANN)
    again, real = [], readiness.worked_out
    monkeypatch.setattr(readiness, "worked_out", lambda rows: (again.extend(rows), real(rows))[1])
    readiness.bring_up_to_date()
    assert [row.settlement_id for row in again] == [shelf["clean"]]


def test_a_new_settlement_is_worked_out_and_a_removed_one_leaves_nothing(world, shelf):
    new = world.settlement()
    assert world.status(new) == "ready"
    Settlement.delete().where(Settlement.settlement_id == new).execute()
    assert Readiness.select().count() == len(shelf) - 1  # what is posted has none


def test_another_version_of_the_deciding_code_works_everything_out_again(world, shelf, monkeypatch):
    monkeypatch.setattr(readiness, "_deciders", lambda: "another")
    assert not readiness.is_up_to_date()
    readiness.bring_up_to_date()
    assert {row.basis for row in Readiness.select()} == {f"{change_marks.mark('plans')}-another"}


def test_much_is_worked_out_a_part_at_a_time_and_the_visible_rows_are_right_meanwhile(world, shelf, monkeypatch):
    monkeypatch.setattr(readiness, "AT_ONCE", 1)
    Mapping.delete().execute()
    listed = settlement_list.listed(settlement_list.Wanted())
    assert listed.pending == len(shelf) - 2
    plans = by_plan()
    assert {row.settlement.settlement_id: row.ready for row in listed.rows if row.ready} == plans
    assert readiness.bring_up_to_date() == 0


def test_posting_never_trusts_what_is_kept(world, shelf):
    Readiness.update(status="ready", reason="", code="").execute()
    outcome = postings.post(world.parts, shelf["unknown"], ANN)
    assert outcome.outcome == "needs_mapping"


def test_every_table_a_plan_is_made_from_is_watched(world, shelf, monkeypatch):
    """Whoever makes plans depend on another table must let its changes renew the mark (migration 0011)."""
    read, real = set(), database.obj.execute_sql

    def noting(sql, *rest):
        read.update(table for table in database.get_tables_cached if f'"{table}"' in sql)
        return real(sql, *rest)

    tables = [row[0] for row in real("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    database.obj.get_tables_cached = tables
    monkeypatch.setattr(database.obj, "execute_sql", noting)
    bookkeeping._latest.clear()
    bookkeeping.ground()
    own_facts = {"settlement", "settlement_group", "difference_line", "booked_elsewhere"}
    triggers = {row[0] for row in real("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'").fetchall()}
    not_part_of_a_plan = {"change_mark", "workspace"}  # workspace: the next number, which an arrived settlement has
    assert read - not_part_of_a_plan - own_facts <= triggers
    assert "account" in read and own_facts <= triggers


def test_marks_are_never_given_twice(world, shelf):
    seen = {change_marks.mark("plans")}
    for account in ("200", "260", "200"):
        mappings.save(world.parts, "SALES", account, "OUTPUT2", ANN)
        seen.add(change_marks.mark("plans"))
    assert len(seen) == 4
    assert ChangeMark.select().count() == 4
