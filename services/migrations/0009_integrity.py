"""The integrity tools keep what they found; a posting remembers when Xero last changed its document."""

STATEMENTS = (
    'ALTER TABLE "posting" ADD COLUMN "xero_updated_at" DATETIME',
    'CREATE TABLE "integrity_run" ("id" INTEGER NOT NULL PRIMARY KEY, "mode" VARCHAR(255) NOT NULL, '
    '"started_at" DATETIME NOT NULL, "started_by" VARCHAR(255) NOT NULL, "finished_at" DATETIME, '
    '"documents" INTEGER NOT NULL, "calls" INTEGER NOT NULL, "findings" TEXT NOT NULL, "error" TEXT NOT NULL)',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
