"""Home: sums of each settlement and month for its pictures, and how far the first steps are.

The sums themselves are made by services/settlement_sums.py when the data is next opened: what a line
type belongs to is decided there, by rules that a frozen step cannot know.
"""

STATEMENTS = (
    'ALTER TABLE "workspace" ADD COLUMN "sums_basis" VARCHAR(255)',
    'ALTER TABLE "workspace" ADD COLUMN "first_preview_at" DATETIME',
    'ALTER TABLE "workspace" ADD COLUMN "first_steps_left_at" DATETIME',
    'ALTER TABLE "workspace" ADD COLUMN "first_steps_left_by" VARCHAR(255)',
    'CREATE INDEX "posting_posted_at" ON "posting" ("posted_at")',
    'CREATE TABLE "line_type_slice" ("id" INTEGER NOT NULL PRIMARY KEY, "transaction_type" VARCHAR(255) NOT NULL, '
    '"amount_type" VARCHAR(255) NOT NULL, "amount_description" VARCHAR(255) NOT NULL, "slice" VARCHAR(255) NOT NULL)',
    'CREATE UNIQUE INDEX "line_type_slice_transaction_type_amount_type_amount_description" ON "line_type_slice" '
    '("transaction_type", "amount_type", "amount_description")',
    'CREATE TABLE "settlement_sum" ("id" INTEGER NOT NULL PRIMARY KEY, "settlement_id" INTEGER NOT NULL, '
    '"slice" VARCHAR(255) NOT NULL, "currency" VARCHAR(255) NOT NULL, "marketplace" VARCHAR(255) NOT NULL, '
    '"dated" VARCHAR(255) NOT NULL, "amount" INTEGER NOT NULL, '
    'FOREIGN KEY ("settlement_id") REFERENCES "settlement" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "settlement_sum_settlement_id" ON "settlement_sum" ("settlement_id")',
    'CREATE INDEX "settlement_sum_currency_slice_dated_marketplace" ON "settlement_sum" '
    '("currency", "slice", "dated", "marketplace")',
    'CREATE TABLE "month_sum" ("id" INTEGER NOT NULL PRIMARY KEY, "currency" VARCHAR(255) NOT NULL, '
    '"marketplace" VARCHAR(255) NOT NULL, "month" VARCHAR(255) NOT NULL, "slice" VARCHAR(255) NOT NULL, '
    '"amount" INTEGER NOT NULL, "settlements" INTEGER NOT NULL)',
    'CREATE UNIQUE INDEX "month_sum_currency_marketplace_month_slice" ON "month_sum" '
    '("currency", "marketplace", "month", "slice")',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
