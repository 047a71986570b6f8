"""Help: pages in the order a new user needs them, and a search over all of them."""

from flask import Blueprint, abort, current_app, render_template, request

from blueprints.context import parts
from blueprints.help_pictures import pictures
from services import jobs, settings, xero_permissions
from services.core.catalogue import UNKNOWN, standard
from services.core.help_search import Found, HelpIndex
from services.core.help_sections import Section, sections
from services.xero.scopes import NEVER_ASKED

bp = Blueprint("help", __name__, url_prefix="/help")

TOPICS = {
    "getting-started": "Getting started",
    "connecting": "Connecting Xero",
    "mappings": "Account & tax mappings",
    "importing": "Importing settlements",
    "posting": "Posting, rolling back and reposting",
    "integrity": "Integrity tools",
    "troubleshooting": "Troubleshooting",
    "accountants": "For accountants",
    "going-live": "Going live",
    "hosting": "Hosting",
}
LONGEST_QUERY = 200


@bp.get("")
def index():
    """The table of contents, or what was looked for; HTMX gets the findings alone while it is typed."""
    query = request.args.get("q", "")[:LONGEST_QUERY]
    template = "help/_found.html" if request.htmx else "help/index.html"
    return render_template(template, topics=TOPICS, topic="", query=query, found=_search(query))


@bp.get("/<topic>")
def show(topic: str):
    if topic not in TOPICS:
        abort(404)
    return _page(topic, "help/page.html")


def _page(topic: str, shell: str) -> str:
    """The topic's words within ``shell``."""
    name = topic.replace("-", "_")
    return render_template(
        f"help/{name}.html", shell=shell, topic=topic, topics=TOPICS, query="", pictures=pictures(), **_facts()
    )


def _facts() -> dict:
    """What the pages take from the program itself, so that it stays true of it."""
    return {
        "config": parts().config,
        "definitions": settings.DEFINITIONS,
        "jobs": jobs.JOBS,
        "permissions": xero_permissions.needed(),
        "never_asked": NEVER_ASKED,
        "categories": [each for each in standard().categories.values() if each.id != UNKNOWN],
    }


def _search(query: str) -> Found | None:
    """None while nothing was looked for. The index is made of the rendered pages, once a process."""
    if not query.strip():
        return None
    kept = current_app.extensions
    if "help_index" not in kept:
        kept["help_index"] = HelpIndex(all_sections())
    return kept["help_index"].search(query)


def all_sections() -> list[Section]:
    """Every section of every page, as rendered here."""
    rendered = ((topic, title, _page(topic, "help/words.html")) for topic, title in TOPICS.items())
    return [section for page in rendered for section in sections(*page)]
