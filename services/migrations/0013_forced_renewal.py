"""Tokens that were renewed because Xero turned the ones before them down are known as that."""


def up(migrator, db):
    db.execute_sql('ALTER TABLE "xero_connection" ADD COLUMN "forced" INTEGER')
