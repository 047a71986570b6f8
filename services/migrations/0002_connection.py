"""Parking and pacing of calls, progress of a sync, contacts by marketplace, and when each job is next due."""

STATEMENTS = (
    'ALTER TABLE "o_auth_attempt" ADD COLUMN "came_with" TEXT',
    'ALTER TABLE "xero_connection" ADD COLUMN "limits_at" DATETIME',
    'ALTER TABLE "xero_connection" ADD COLUMN "parked_until" DATETIME',
    'ALTER TABLE "xero_connection" ADD COLUMN "parked_by" VARCHAR(255)',
    'ALTER TABLE "sync_run" ADD COLUMN "progress" TEXT',
    'ALTER TABLE "sync_run" ADD COLUMN "attention" TEXT',
    'ALTER TABLE "job_run" ADD COLUMN "next_due" DATETIME',
    'CREATE TABLE "list_read" ("name" VARCHAR(255) NOT NULL PRIMARY KEY, "whole_at" DATETIME NOT NULL, '
    '"changes_since" DATETIME NOT NULL)',
    'CREATE TABLE "marketplace_contact" ("marketplace" VARCHAR(255) NOT NULL PRIMARY KEY, '
    '"contact_id" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL, "changed_at" DATETIME NOT NULL, '
    '"changed_by" VARCHAR(255) NOT NULL)',
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
