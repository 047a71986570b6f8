"""Every commit to a posting is counted, so that a run that was overtaken keeps nothing more."""


def up(migrator, db):
    db.execute_sql('ALTER TABLE "posting" ADD COLUMN "version" INTEGER')
