"""Corrected files with all they say, difference lines, settlements booked elsewhere, rules in Amazon's own words."""

STATEMENTS = (
    *(
        f'ALTER TABLE "corrected_file" ADD COLUMN "{name}" VARCHAR(255)'
        for name in ("received_by", "format", "marketplace", "currency", "start_date", "end_date", "deposit_date")
    ),
    'ALTER TABLE "corrected_file" ADD COLUMN "groups" TEXT',
    'CREATE TABLE "difference_line" ("id" INTEGER NOT NULL PRIMARY KEY, "settlement_id" INTEGER NOT NULL, '
    '"amount" INTEGER NOT NULL, "account_code" VARCHAR(255) NOT NULL, "reason" TEXT NOT NULL, '
    '"added_at" DATETIME NOT NULL, "added_by" VARCHAR(255) NOT NULL, '
    'FOREIGN KEY ("settlement_id") REFERENCES "settlement" ("id") ON DELETE CASCADE)',
    'CREATE UNIQUE INDEX "difference_line_settlement_id" ON "difference_line" ("settlement_id")',
    'CREATE TABLE "booked_elsewhere" ("id" INTEGER NOT NULL PRIMARY KEY, "settlement_id" INTEGER NOT NULL, '
    '"reason" TEXT NOT NULL, "marked_at" DATETIME NOT NULL, "marked_by" VARCHAR(255) NOT NULL, '
    'FOREIGN KEY ("settlement_id") REFERENCES "settlement" ("id") ON DELETE CASCADE)',
    'CREATE UNIQUE INDEX "booked_elsewhere_settlement_id" ON "booked_elsewhere" ("settlement_id")',
    'ALTER TABLE "line_type_rule" ADD COLUMN "words" TEXT',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
