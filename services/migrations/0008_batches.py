"""Many at once: a durable queue of settlements to be posted or rolled back."""

STATEMENTS = (
    'CREATE TABLE "batch" ("id" INTEGER NOT NULL PRIMARY KEY, "action" VARCHAR(255) NOT NULL, '
    '"created_at" DATETIME NOT NULL, "created_by" VARCHAR(255) NOT NULL, "finished_at" DATETIME, "note" TEXT NOT NULL)',
    'CREATE INDEX "batch_finished_at" ON "batch" ("finished_at")',
    'CREATE TABLE "batch_row" ("id" INTEGER NOT NULL PRIMARY KEY, "batch_id" INTEGER NOT NULL, '
    '"settlement_id" INTEGER NOT NULL, "posting_id" INTEGER, "outcome" VARCHAR(255) NOT NULL, "reason" TEXT NOT NULL, '
    'FOREIGN KEY ("batch_id") REFERENCES "batch" ("id") ON DELETE CASCADE, '
    'FOREIGN KEY ("settlement_id") REFERENCES "settlement" ("id") ON DELETE CASCADE, '
    'FOREIGN KEY ("posting_id") REFERENCES "posting" ("id") ON DELETE SET NULL)',
    'CREATE INDEX "batch_row_batch_id" ON "batch_row" ("batch_id")',
    'CREATE INDEX "batch_row_settlement_id" ON "batch_row" ("settlement_id")',
    'CREATE INDEX "batch_row_posting_id" ON "batch_row" ("posting_id")',
    'CREATE INDEX "batch_row_outcome" ON "batch_row" ("outcome")',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
