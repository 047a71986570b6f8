"""The bytes of settlement files move to parts of their own, so that a file's row is read without them."""

STATEMENTS = (
    'CREATE TABLE "settlement_file_part" ("id" INTEGER NOT NULL PRIMARY KEY, "file_id" INTEGER NOT NULL, '
    '"position" INTEGER NOT NULL, "content" BLOB NOT NULL, '
    'FOREIGN KEY ("file_id") REFERENCES "settlement_file" ("id") ON DELETE CASCADE)',
    'CREATE INDEX "settlement_file_part_file_id" ON "settlement_file_part" ("file_id")',
    'CREATE UNIQUE INDEX "settlement_file_part_file_id_position" ON "settlement_file_part" ("file_id", "position")',
    'INSERT INTO "settlement_file_part" ("file_id", "position", "content") '
    'SELECT "id", 0, "content" FROM "settlement_file"',
    'ALTER TABLE "settlement_file" DROP COLUMN "content"',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
