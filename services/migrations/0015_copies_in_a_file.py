"""Which copy of a settlement is meant, where one file holds it several times."""


def up(migrator, db):
    for table in ("settlement", "corrected_file"):
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "copy" INTEGER')
