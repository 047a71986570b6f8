"""Documents are found by number and kind in indexes; a mark tells when the sums of Home's pictures change."""

STATEMENTS = (
    'CREATE INDEX "posting_active_number" ON "posting" ("active", "number")',
    'CREATE INDEX "posting_kind" ON "posting" ("kind")',
    "INSERT INTO \"change_mark\" VALUES ('pictures', lower(hex(randomblob(16))))",
)
_RENEW = "UPDATE \"change_mark\" SET \"token\" = lower(hex(randomblob(16))) WHERE \"name\" = 'pictures'"


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
    for table in ("settlement_sum", "month_sum"):
        for event in ("insert", "update", "delete"):
            db.execute_sql(f'CREATE TRIGGER "{table}_{event}" AFTER {event.upper()} ON "{table}" BEGIN {_RENEW}; END')
