"""What the posting protocol remembers: sends, documents whose end was begun, and how Xero last showed the document."""

STATEMENTS = (
    'ALTER TABLE "posting" ADD COLUMN "stays_draft" INTEGER',
    'ALTER TABLE "posting" ADD COLUMN "sends" INTEGER',
    'ALTER TABLE "posting" ADD COLUMN "doomed" TEXT',
    'ALTER TABLE "posting" ADD COLUMN "xero_status" VARCHAR(255)',
    'ALTER TABLE "posting" ADD COLUMN "xero_seen_at" DATETIME',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
