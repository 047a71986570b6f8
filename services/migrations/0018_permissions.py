"""Plans depend on what Xero has allowed, too: a connection with other permissions marks them as changed."""

_RENEW = "UPDATE \"change_mark\" SET \"token\" = lower(hex(randomblob(16))) WHERE \"name\" = 'plans'"
_DIFFERS = 'OLD."tenant_id" IS NOT NEW."tenant_id" OR OLD."scopes" IS NOT NEW."scopes"'


def up(migrator, db):
    db.execute_sql('DROP TRIGGER "link_update"')
    db.execute_sql(
        f'CREATE TRIGGER "link_update" AFTER UPDATE ON "xero_connection" WHEN {_DIFFERS} BEGIN {_RENEW}; END')
