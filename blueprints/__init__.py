"""The site's table of contents: every blueprint, in the order of the menu."""

from flask import Flask, redirect, url_for

from blueprints import health, help, settlements, sign_in


def register_all(app: Flask) -> None:
    for area in (settlements, help, sign_in, health):
        app.register_blueprint(area.bp)
    app.add_url_rule("/", "home", lambda: redirect(url_for("settlements.index"), 303))
