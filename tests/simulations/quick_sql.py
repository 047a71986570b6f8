"""Peewee writes a column's name along a shorter way: the same text, in a third less time for each seed of a long run.

Only the simulations use it. ``tests/simulations/test_quick_sql.py`` holds that nothing else comes out.
"""

import peewee

_COLUMN = peewee.Column.__sql__


def column(self: peewee.Column, ctx: peewee.Context) -> peewee.Context:
    """``"t1"."name"``, or ``"name"`` where values are set; any other source than a plain table goes Peewee's way."""
    source = self.source
    if type(source) is not peewee.Table or '"' in self.name:
        return _COLUMN(self, ctx)
    if ctx.scope == peewee.SCOPE_VALUES:
        return ctx.literal(f'"{self.name}"')
    if source._alias:
        ctx.alias_manager[source] = source._alias
    return ctx.literal(f'"{ctx.alias_manager[source]}"."{self.name}"')


def field(self: peewee.Field, ctx: peewee.Context) -> peewee.Context:
    return column(self.column, ctx)


def begin() -> None:
    peewee.Column.__sql__ = column
    peewee.Field.__sql__ = field
