"""Every table TrueBooks keeps: relations and indexes, no rules, no HTTP.

Money is whole minor units (pence, cents) in big integers beside its currency; moments are
UTC; dates of documents are plain text as printed (``2026-05-28``), never shifted.
"""

import json
from datetime import UTC, datetime

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DatabaseProxy,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

database = DatabaseProxy()


class MomentField(DateTimeField):
    """A moment: aware UTC in Python, naive UTC text in the database."""

    def db_value(self, value):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None))

    def python_value(self, value):
        value = super().python_value(value)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class MinorField(BigIntegerField):
    """An amount in minor units; refuses anything but a whole number."""

    def db_value(self, value):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError(f"amounts are whole minor units, not {value!r}")
        return super().db_value(value)


class JsonField(TextField):
    """A small JSON value (lists and facts that are never queried into)."""

    def db_value(self, value):
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def python_value(self, value):
        return None if value is None else json.loads(value)


class Table(Model):
    class Meta:
        database = database
        legacy_table_names = False


# --- the workspace and its people ---------------------------------------------------------


class Workspace(Table):
    """The one row (id 1) about this installation."""

    mode = CharField()  # sandbox or live, for the data folder's whole life
    created_at = MomentField()
    next_number = IntegerField(default=10001)
    voided_numbers_held = BooleanField(default=False)  # learnt from Xero: a voided number stays taken
    setup_code_hash = CharField(null=True)  # the first admin's one-time code
    setup_code_expires_at = MomentField(null=True)
    highest_number = IntegerField(null=True)  # ever given here or seen in Xero: the counter never goes back
    numbers_seen_in = CharField(null=True)  # the organisation whose numbers the counter was moved past
    sums_basis = CharField(null=True)  # what settlements' sums were made by, see services/settlement_sums.py
    first_preview_at = MomentField(null=True)  # when somebody was first shown a whole preview
    first_steps_left_at = MomentField(null=True)  # the first steps are not to be shown on Home any more
    first_steps_left_by = CharField(null=True)


class Setting(Table):
    """A setting that differs from its default (defaults: services/settings.py)."""

    name = CharField(primary_key=True)
    value = CharField()
    changed_at = MomentField()
    changed_by = CharField()


class User(Table):
    email = CharField(unique=True)  # lower case
    name = CharField()
    password_hash = CharField()
    role = CharField(default="admin")  # admin, member, viewer
    created_at = MomentField()
    disabled_at = MomentField(null=True)


class SignIn(Table):
    """A server-side session: ending the row ends the session, whatever cookie is kept."""

    token_hash = CharField(unique=True)
    user = ForeignKeyField(User, backref="sign_ins", on_delete="CASCADE")
    created_at = MomentField()
    seen_at = MomentField()
    ended_at = MomentField(null=True)
    address = CharField(default="")
    agent = CharField(default="")


class SignInFailure(Table):
    """A refused sign-in, counted per account so that a restart does not reset the limit."""

    account = CharField(index=True)
    address = CharField()
    at = MomentField(index=True)


class AuditEntry(Table):
    """Who did what, when, from where; append-only, written in the transaction of the change."""

    at = MomentField(index=True)
    actor = CharField()  # an e-mail address, "command line", or "job: <name>"
    action = CharField(index=True)  # see services/audit.py ACTIONS
    subject = CharField(index=True)  # e.g. settlement:26881161592, workspace
    facts = JsonField(default=dict)
    address = CharField(default="")


class Lease(Table):
    """A named claim that ends by itself: one refresher, one sync, one posting at a time."""

    name = CharField(primary_key=True)
    owner = CharField()
    until = MomentField()


# --- Xero: connection and reference data --------------------------------------------------


class OAuthAttempt(Table):
    """A started authorisation: single use, bound to the browser that started it."""

    state_hash = CharField(unique=True)
    browser_hash = CharField()
    nonce = CharField()
    verifier_sealed = BlobField()
    started_by = CharField()
    started_at = MomentField()
    used_at = MomentField(null=True)
    came_with = JsonField(null=True)  # the names of what the callback carried; never the values


class XeroConnection(Table):
    """The one row (id 1) about the link to Xero. Tokens are sealed, see services/token_vault.py."""

    state = CharField(default="disconnected")  # disconnected, choosing, connected, reconnect_required
    reason = TextField(default="")  # the sentence shown with reconnect_required
    tenant_id = CharField(default="")  # kept while reconnecting: a workspace stays tied to it
    tenant_name = CharField(default="")
    connection_id = CharField(default="")  # Xero's id of the link itself; DELETE /connections/{this}
    choices = JsonField(default=list)  # organisations to pick from while choosing
    scopes = TextField(default="")
    linked_at = MomentField(null=True)
    linked_by = CharField(default="")
    access_sealed = BlobField(null=True)
    access_expires_at = MomentField(null=True)
    refresh_sealed = BlobField(null=True)
    previous_refresh_sealed = BlobField(null=True)  # Xero takes the old one for 30 more minutes
    refreshed_at = MomentField(null=True)
    day_remaining = IntegerField(null=True)  # X-DayLimit-Remaining of the last answer
    minute_remaining = IntegerField(null=True)
    limits_at = MomentField(null=True)  # when Xero last said how many calls are left
    parked_until = MomentField(null=True)  # Xero takes no call before this moment
    parked_by = CharField(null=True)  # the limit that says so: day, minute, appminute
    forced = BooleanField(null=True)  # renewed because Xero turned the access token before it down


class Organisation(Table):
    """The one row (id 1) of facts about the connected organisation, as last synced."""

    organisation_id = CharField()
    name = CharField()
    country = CharField()  # GB, US, …
    base_currency = CharField()
    pays_tax = BooleanField()
    short_code = CharField(default="")
    period_lock_date = CharField(default="")  # YYYY-MM-DD or empty
    year_lock_date = CharField(default="")


class Account(Table):
    account_id = CharField(primary_key=True)
    code = CharField(index=True)
    name = CharField()
    type = CharField()  # REVENUE, EXPENSE, CURRENT, …
    class_ = CharField(column_name="class")  # ASSET, EQUITY, EXPENSE, LIABILITY, REVENUE
    tax_type = CharField(default="")
    status = CharField()  # ACTIVE, ARCHIVED
    system_account = CharField(default="")
    gone_at = MomentField(null=True)  # no longer in Xero's list


class TaxRate(Table):
    tax_type = CharField(primary_key=True)
    name = CharField()
    rate = CharField()  # exact decimal text, per cent: "20", "12.5" (Xero's EffectiveRate)
    status = CharField()
    applies_to = JsonField(default=list)  # account classes: ["REVENUE", …]
    gone_at = MomentField(null=True)


class TrackingCategory(Table):
    tracking_category_id = CharField(primary_key=True)
    name = CharField()
    status = CharField()
    options = JsonField(default=list)  # [{"id", "name", "status"}]
    gone_at = MomentField(null=True)


class Currency(Table):
    code = CharField(primary_key=True)
    description = CharField()
    gone_at = MomentField(null=True)


class Contact(Table):
    contact_id = CharField(primary_key=True)
    name = CharField(index=True)
    status = CharField()
    gone_at = MomentField(null=True)


class SyncRun(Table):
    """One Sync from Xero: who or what started it, how it ended, what it cost."""

    started_at = MomentField(index=True)
    finished_at = MomentField(null=True)
    started_by = CharField()
    outcome = CharField(default="running")  # running, done, failed
    calls = IntegerField(default=0)
    counts = JsonField(default=dict)  # {"accounts": {"added": 3, "changed": 0, "archived": 1}, …}
    error = TextField(default="")
    progress = TextField(null=True)  # what it is fetching just now: "tax rates (3 of 6)"
    attention = JsonField(null=True)  # {"mappings": […], "contacts": […]}: sentences on what lost its ground


class ListRead(Table):
    """How far a list of Xero's is known: read whole when, and changes since which moment are still to come."""

    name = CharField(primary_key=True)  # contacts
    whole_at = MomentField()
    changes_since = MomentField()


class JobRun(Table):
    """The last run of each scheduled job (services/jobs.py)."""

    name = CharField(primary_key=True)
    outcome = CharField()  # running, done, failed
    words = TextField(default="")
    started_at = MomentField()
    finished_at = MomentField(null=True)
    next_due = MomentField(null=True)  # kept, so that a run missed while nothing was running is made up


# --- what categories mean in this workspace -----------------------------------------------


class Mapping(Table):
    """Category (and optionally marketplace) → account, tax rate, tracking."""

    category = CharField()
    marketplace = CharField(default="")  # empty: every marketplace
    account_code = CharField()
    tax_type = CharField()
    tracking = JsonField(default=list)  # [{"category_id", "option_id"}], two at most
    changed_at = MomentField()
    changed_by = CharField()

    class Meta:
        indexes = ((("category", "marketplace"), True),)


class MarketplaceContact(Table):
    """The contact of Xero's that a marketplace's documents go to; without one it goes by the marketplace's name."""

    marketplace = CharField(primary_key=True)
    contact_id = CharField()
    name = CharField()
    changed_at = MomentField()
    changed_by = CharField()


class LineTypeRule(Table):
    """A workspace's own word on a line type; stands above the catalogue. Keys are normalised."""

    transaction_type = CharField()
    amount_type = CharField()
    amount_description = CharField()
    category = CharField()
    created_at = MomentField()
    created_by = CharField()
    words = TextField(null=True)  # the line type as Amazon printed it, its three parts with tabs between

    class Meta:
        indexes = ((("transaction_type", "amount_type", "amount_description"), True),)


# --- settlements and their postings -------------------------------------------------------


class SettlementFile(Table):
    """The original bytes with their hash: the evidence behind every figure."""

    sha256 = CharField(unique=True)  # of the settlement file's own bytes, unpacked if it came in an archive
    name = CharField()  # as received; archive.zip/name for one of several in an archive
    size = BigIntegerField()
    received_at = MomentField()
    received_by = CharField()


class SettlementFilePart(Table):
    """The bytes themselves: one zstandard frame over all parts, apart from the row that is read so often."""

    file = ForeignKeyField(SettlementFile, backref="parts", on_delete="CASCADE")
    position = IntegerField()  # 0, 1, 2 …
    content = BlobField()

    class Meta:
        indexes = ((("file", "position"), True),)


class Settlement(Table):
    """What Amazon paid (or took) for one period."""

    settlement_id = CharField(unique=True)  # Amazon's
    file = ForeignKeyField(SettlementFile, on_delete="RESTRICT")
    fingerprint = CharField()  # of what it says, whatever format said it
    format = CharField()  # V1, V2
    marketplace = CharField()  # Amazon.co.uk; named by the file, else by the currency
    country = CharField()  # UK, DE, EU …
    currency = CharField()
    start_date = CharField()
    end_date = CharField()
    deposit_date = CharField(default="")
    total = MinorField()  # as Amazon states it
    lines_total = MinorField()  # as its lines add up
    line_count = IntegerField()
    number = CharField(unique=True)  # AMZ-TB-10001
    reference = CharField()  # (£1,275.20) TBUK-26881161592; fixed on arrival
    key = CharField(unique=True)  # TBUK-26881161592
    state = CharField(default="in_hand", index=True)
    # in_hand, queued, posting, unsure, posted, paid, changed_in_xero, draft (rolled back), failed.
    # What in_hand is ready for is worked out, not stored.
    state_reason = TextField(default="")
    received_at = MomentField()
    received_by = CharField()
    doomed = JsonField(null=True)  # documents whose end a repair began: never taken for it again (as Posting.doomed)
    copy = IntegerField(null=True)  # which one, where the file holds the settlement several times

    class Meta:
        indexes = ((("deposit_date",), False),)


# The day a settlement is listed under: the money's, else the period's end.
Settlement.add_index(SQL(
    'CREATE INDEX "settlement_dated" ON "settlement" '
    '(COALESCE(NULLIF("deposit_date", \'\'), "end_date"), "settlement_id")'
))


class Readiness(Table):
    """What a settlement in hand was ready for when it was last worked out (services/readiness.py)."""

    settlement = ForeignKeyField(Settlement, primary_key=True, on_delete="CASCADE")
    status = CharField(index=True)  # ready, needs_mapping, needs_category, does_not_add_up, …
    reason = TextField()
    code = CharField()  # of the problem that the reason tells; empty where there is none
    category = CharField()  # that problem's
    problems = IntegerField()  # how many there are
    basis = CharField()  # the mark of all it was worked out from


class ChangeMark(Table):
    """A mark that the database's triggers renew whenever what it stands for changes (migration 0011)."""

    name = CharField(primary_key=True)  # plans, periods, pictures, readiness
    token = CharField()


class CorrectedFile(Table):
    """Another file of a settlement we have, saying something else: kept beside the one in use."""

    settlement = ForeignKeyField(Settlement, backref="corrections", on_delete="CASCADE")
    file = ForeignKeyField(SettlementFile, on_delete="RESTRICT")
    fingerprint = CharField()
    total = MinorField()
    lines_total = MinorField()
    line_count = IntegerField()
    received_at = MomentField()
    received_by = CharField(null=True)
    format = CharField(null=True)
    marketplace = CharField(null=True)
    currency = CharField(null=True)
    start_date = CharField(null=True)
    end_date = CharField(null=True)
    deposit_date = CharField(null=True)
    groups = JsonField(null=True)  # the sums of its line types, as core.settlement.Group has them
    copy = IntegerField(null=True)  # as Settlement.copy


class DifferenceLine(Table):
    """What an admin added to make lines that do not add up reach the stated total."""

    settlement = ForeignKeyField(Settlement, unique=True, on_delete="CASCADE")
    amount = MinorField()
    account_code = CharField()
    reason = TextField()
    added_at = MomentField()
    added_by = CharField()


class BookedElsewhere(Table):
    """A settlement that was posted by hand or by another tool."""

    settlement = ForeignKeyField(Settlement, unique=True, on_delete="CASCADE")
    reason = TextField()
    marked_at = MomentField()
    marked_by = CharField()


class SettlementGroup(Table):
    """All lines of one line type, marketplace and tax treatment, summed."""

    settlement = ForeignKeyField(Settlement, backref="groups", on_delete="CASCADE")
    transaction_type = CharField()
    amount_type = CharField()
    amount_description = CharField()
    marketplace = CharField(default="")  # as printed; empty where the file leaves it out
    amazon_accounted = BooleanField(default=False)  # the order item's tax is Amazon's to account for
    amount = MinorField()
    line_count = IntegerField()


class LineTypeSlice(Table):
    """Which slice of a settlement a line type belongs to, as the rules stand; its parts as Amazon printed them."""

    transaction_type = CharField()
    amount_type = CharField()
    amount_description = CharField()
    slice = CharField()  # see services/core/slices.py

    class Meta:
        indexes = ((("transaction_type", "amount_type", "amount_description"), True),)


class SettlementSum(Table):
    """What one settlement holds of one slice; the slice ``payout`` is its total."""

    settlement = ForeignKeyField(Settlement, backref="sums", on_delete="CASCADE")
    slice = CharField()
    currency = CharField()
    marketplace = CharField()
    dated = CharField()  # the deposit, else the period's end
    amount = MinorField()

    class Meta:
        indexes = ((("currency", "slice", "dated", "marketplace"), False),)


class MonthSum(Table):
    """The same over all settlements of a month and marketplace: few rows, however many settlements there are."""

    currency = CharField()
    marketplace = CharField()
    month = CharField()  # 2026-05
    slice = CharField()
    amount = MinorField()
    settlements = IntegerField()

    class Meta:
        indexes = ((("currency", "marketplace", "month", "slice"), True),)


class Posting(Table):
    """The record that ties a settlement to its document, and how far it got."""

    settlement = ForeignKeyField(Settlement, backref="postings", on_delete="RESTRICT")
    active = IntegerField(null=True, unique=True)  # the settlement's row id while it holds the place
    kind = CharField(index=True)  # invoice, credit_note, bill, manual_journal
    state = CharField(index=True)  # see services/core/posting_states.py
    number = CharField()
    reference = CharField()
    key = CharField()
    currency = CharField()
    total = MinorField()  # as it stands in the document (positive in a credit note)
    tax = MinorField()
    plan_hash = CharField()
    payload = TextField()  # the JSON sent, frozen when the button was pressed
    plan = JsonField()  # the plan as previewed, for the page and for differences on repost
    idempotency_key = CharField()
    document_id = CharField(null=True, index=True)
    sent_at = MomentField(null=True)  # when a create that is not yet answered went out
    created_at = MomentField()
    created_by = CharField()
    posted_at = MomentField(null=True, index=True)
    ended_at = MomentField(null=True)
    ended_by = CharField(default="")
    reason = TextField(default="")  # in our words
    xero_words = TextField(default="")  # in Xero's
    tenant_id = CharField(null=True)  # the organisation it was sent to: only there can it be reached
    organisation = CharField(null=True)  # and its name then
    stays_draft = BooleanField(null=True)  # the workspace wanted a draft when the button was pressed
    sends = IntegerField(null=True)  # how often its create went out
    doomed = JsonField(null=True)  # documents whose voiding was begun: never taken for this settlement again
    xero_status = CharField(null=True)  # as Xero last told it
    xero_seen_at = MomentField(null=True)  # and when
    xero_updated_at = MomentField(null=True)  # when it was last changed there, by Xero's clock
    version = IntegerField(null=True)  # counts the commits: a run that another has overtaken keeps nothing more
    repost_hash = CharField(null=True)  # of the plan to be posted once this is rolled back; empty when that is done
    void_sent_at = MomentField(null=True)  # when a void went out whose answer is not in; it may still arrive
    shown_before = JsonField(null=True)  # the settlement's [state, reason] before its rollback began

    class Meta:
        indexes = ((("active", "number"), False),)  # to look for a number among those that stand


class KeySeen(Table):
    """A settlement's key on a document in a list of Xero's that not every look-up reads (services/keys_seen.py)."""

    key = CharField()
    kind = CharField()  # credit_note, manual_journal

    class Meta:
        indexes = ((("key", "kind"), True),)


class Batch(Table):
    """One press on *Post selected* or *Roll back selected*; carried through in the background."""

    action = CharField()  # post, roll_back
    created_at = MomentField()
    created_by = CharField()
    finished_at = MomentField(null=True, index=True)
    note = TextField(default="")  # why it is not going on just now


class BatchRow(Table):
    """One settlement of a batch; its plan was frozen with the press, in its posting."""

    batch = ForeignKeyField(Batch, backref="rows", on_delete="CASCADE")
    settlement = ForeignKeyField(Settlement, on_delete="CASCADE")
    posting = ForeignKeyField(Posting, null=True, on_delete="SET NULL")
    outcome = CharField(default="", index=True)  # empty while it waits; else as posting_outcomes has it
    reason = TextField(default="")


class IntegrityRun(Table):
    """One run of the integrity tools: what it found and, if it was told to, what it repaired."""

    mode = CharField()  # scan, dry_run, repair
    started_at = MomentField()
    started_by = CharField()
    finished_at = MomentField(null=True)
    documents = IntegerField(default=0)  # looked at in Xero
    calls = IntegerField(default=0)
    findings = JsonField(default=list)  # see services/integrity.py Reported.as_json
    error = TextField(default="")
    to_do = IntegerField(null=True)  # findings to deal with, once they are known
    done = IntegerField(null=True)  # of these


TABLES = [
    Workspace,
    Setting,
    User,
    SignIn,
    SignInFailure,
    AuditEntry,
    Lease,
    OAuthAttempt,
    XeroConnection,
    Organisation,
    Account,
    TaxRate,
    TrackingCategory,
    Currency,
    Contact,
    SyncRun,
    ListRead,
    JobRun,
    Mapping,
    MarketplaceContact,
    LineTypeRule,
    SettlementFile,
    SettlementFilePart,
    Settlement,
    Readiness,
    ChangeMark,
    CorrectedFile,
    DifferenceLine,
    BookedElsewhere,
    SettlementGroup,
    LineTypeSlice,
    SettlementSum,
    MonthSum,
    Posting,
    KeySeen,
    Batch,
    BatchRow,
    IntegrityRun,
]
