"""Help: short pages in the order a new user needs them."""

from flask import Blueprint, abort, redirect, render_template, url_for

from blueprints.context import parts

bp = Blueprint("help", __name__, url_prefix="/help")

TOPICS = {
    "getting-started": "Getting started",
    "connecting": "Connecting Xero",
    "mappings": "Account & tax mappings",
    "importing": "Importing settlements",
    "posting": "Posting & rolling back",
    "going-live": "Going live",
    "troubleshooting": "Troubleshooting",
}


@bp.get("")
def index():
    return redirect(url_for("help.show", topic="getting-started"), 303)


@bp.get("/<topic>")
def show(topic: str):
    if topic not in TOPICS:
        abort(404)
    name = topic.replace("-", "_")
    return render_template(f"help/{name}.html", topic=topic, topics=TOPICS, config=parts().config)
