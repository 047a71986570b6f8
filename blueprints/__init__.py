"""The site's table of contents: every blueprint, in the order of the menu."""

from flask import Flask, current_app

from blueprints import (
    batches,
    catalogue,
    components,
    document_states,
    evidence,
    first_run,
    health,
    help,
    home,
    integrity,
    jobs,
    line_types,
    mappings,
    marketplace_contacts,
    menu,
    postings,
    reference_data,
    rows_behind,
    sandbox,
    selections,
    settings,
    settlements,
    sign_in,
    vat,
    xero_connection,
)
from blueprints.security import public

AREAS = (
    home,
    first_run,
    settlements,
    selections,
    evidence,
    rows_behind,
    postings,
    batches,
    document_states,
    mappings,
    line_types,
    catalogue,
    vat,
    settings,
    xero_connection,
    reference_data,
    marketplace_contacts,
    integrity,
    jobs,
    help,
    components,
    sign_in,
    sandbox,
    health,
)


def register_all(app: Flask) -> None:
    for area in AREAS:
        app.register_blueprint(area.bp)
    app.add_url_rule("/favicon.ico", "favicon", public(lambda: app.send_static_file("icon.svg")))  # asked for unbidden
    app.context_processor(_surroundings)


def _surroundings() -> dict:
    """What the layout shows on every page: the menu, and whether this is the sandbox."""
    return {
        "areas": menu.areas,
        "sandbox_mode": current_app.extensions["parts"].config.mode == "sandbox",
        "sandbox_page": "/sandbox/" if current_app.extensions["sandbox"] else "",
    }
