"""A posting remembers the organisation it was sent to."""

STATEMENTS = (
    'ALTER TABLE "posting" ADD COLUMN "tenant_id" VARCHAR(255)',
    'ALTER TABLE "posting" ADD COLUMN "organisation" VARCHAR(255)',
    # Those sent so far went to the one organisation there has been.
    'UPDATE "posting" SET "tenant_id" = (SELECT "tenant_id" FROM "xero_connection" WHERE "id" = 1), '
    '"organisation" = (SELECT "tenant_name" FROM "xero_connection" WHERE "id" = 1) '
    'WHERE EXISTS (SELECT 1 FROM "xero_connection" WHERE "id" = 1)',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
