"""A Repost and a repair are carried through whatever happens; what a repair began to end is never adopted again."""

STEPS = (
    'ALTER TABLE "settlement" ADD COLUMN "doomed" TEXT',
    'ALTER TABLE "posting" ADD COLUMN "repost_hash" VARCHAR(255)',
    'ALTER TABLE "integrity_run" ADD COLUMN "to_do" INTEGER',
    'ALTER TABLE "integrity_run" ADD COLUMN "done" INTEGER',
)


def up(migrator, db):
    for step in STEPS:
        db.execute_sql(step)
