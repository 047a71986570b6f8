"""What settlements in hand are ready for is kept; triggers mark whatever it was worked out from as changed.

A trigger sees every write, whoever makes it (a page, the command line, a restore by hand), in the very
transaction of the change: what is kept can be trusted exactly as long as its mark stands.
"""

_RENEW = "UPDATE \"change_mark\" SET \"token\" = lower(hex(randomblob(16))) WHERE \"name\" = '{}'"
_UNSETTLE = "UPDATE \"change_mark\" SET \"token\" = '' WHERE \"name\" = 'readiness'"
_FORGET = 'DELETE FROM "readiness" WHERE "settlement_id" = {row}."settlement_id"'
_FORGET_OWN = 'DELETE FROM "readiness" WHERE "settlement_id" = NEW."id"'
_IN_HAND = "NEW.\"state\" IN ('in_hand', 'draft', 'failed')"

# What every plan depends on, whatever the settlement.
_PLANS_DEPEND_ON = (
    "mapping", "line_type_rule", "setting", "account", "tax_rate", "tracking_category", "currency", "organisation",
    "marketplace_contact", "contact",
)  # fmt: skip
_SAID_BY_THE_FILE = ("total", "lines_total", "currency", "marketplace", "deposit_date", "end_date")
_PERIOD = ("marketplace", "currency", "start_date", "end_date")

STATEMENTS = (
    'CREATE TABLE "change_mark" ("name" VARCHAR(255) NOT NULL PRIMARY KEY, "token" VARCHAR(255) NOT NULL)',
    "INSERT INTO \"change_mark\" VALUES ('plans', lower(hex(randomblob(16)))), "
    "('periods', lower(hex(randomblob(16)))), ('readiness', '')",
    'CREATE TABLE "readiness" ("settlement_id" INTEGER NOT NULL PRIMARY KEY, "status" VARCHAR(255) NOT NULL, '
    '"reason" TEXT NOT NULL, "code" VARCHAR(255) NOT NULL, "category" VARCHAR(255) NOT NULL, '
    '"problems" INTEGER NOT NULL, "basis" VARCHAR(255) NOT NULL, '
    'FOREIGN KEY ("settlement_id") REFERENCES "settlement" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "readiness_status" ON "readiness" ("status")',
    'CREATE INDEX "settlement_dated" ON "settlement" '
    '(COALESCE(NULLIF("deposit_date", \'\'), "end_date"), "settlement_id")',
)


def _trigger(name: str, on: str, does: str, when: str = "") -> str:
    return f'CREATE TRIGGER "{name}" AFTER {on} {f"WHEN {when} " if when else ""}BEGIN {does}; END'


def _on_every_change(table: str, does: str) -> list[str]:
    return [
        _trigger(f"{table}_{event.lower()}", f'{event} ON "{table}"', does.replace("{row}", row))
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ]


def _differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)


def _triggers() -> list[str]:
    plans, periods = _RENEW.format("plans"), _RENEW.format("periods")
    made = [
        _trigger("link_insert", 'INSERT ON "xero_connection"', plans),
        _trigger("link_update", 'UPDATE ON "xero_connection"', plans, _differs(("tenant_id",))),
        _trigger("settlement_insert", 'INSERT ON "settlement"', f"{_UNSETTLE}; {periods}"),
        _trigger("settlement_delete", 'DELETE ON "settlement"', periods),
        _trigger("settlement_file_says", 'UPDATE ON "settlement"', _FORGET_OWN, _differs(_SAID_BY_THE_FILE)),
        _trigger("settlement_period", 'UPDATE ON "settlement"', periods, _differs(_PERIOD)),
        _trigger("settlement_in_hand", 'UPDATE OF "state" ON "settlement"', _UNSETTLE, _IN_HAND),
        _trigger("readiness_forgotten", 'DELETE ON "readiness"', _UNSETTLE),
    ]
    for table in _PLANS_DEPEND_ON:
        made += _on_every_change(table, plans)
    for table in ("settlement_group", "difference_line", "booked_elsewhere"):
        made += _on_every_change(table, _FORGET)
    return made


def up(migrator, db):
    for statement in (*STATEMENTS, *_triggers()):
        db.execute_sql(statement)
