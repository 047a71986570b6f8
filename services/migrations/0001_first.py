"""The first schema, frozen as the SQL beside it: later models must not change what this step does."""

from pathlib import Path


def up(migrator, db):
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
