"""A void whose answer was lost is looked after; a refused rollback changes nothing; keys seen in Xero's other lists."""

STEPS = (
    'ALTER TABLE "posting" ADD COLUMN "void_sent_at" DATETIME',
    'ALTER TABLE "posting" ADD COLUMN "shown_before" TEXT',
    'CREATE TABLE "key_seen" ("id" INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR(255) NOT NULL, '
    '"kind" VARCHAR(255) NOT NULL)',
    'CREATE UNIQUE INDEX "key_seen_key_kind" ON "key_seen" ("key", "kind")',
)


def up(migrator, db):
    for step in STEPS:
        db.execute_sql(step)
