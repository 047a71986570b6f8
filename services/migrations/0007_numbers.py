"""The counter remembers the highest number it gave or saw, and in which organisation it looked."""

STATEMENTS = (
    'ALTER TABLE "workspace" ADD COLUMN "highest_number" INTEGER',
    'ALTER TABLE "workspace" ADD COLUMN "numbers_seen_in" VARCHAR(255)',
    'UPDATE "workspace" SET "highest_number" = "next_number" - 1 WHERE EXISTS (SELECT 1 FROM "settlement")',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
