"""The help's pictures stay true: where each is taken, the page still says what the picture's words say."""

import json
import os

import pytest

from blueprints.help_pictures import FOLDER, pictures
from tests.browser.help_tour import HEIGHT, WIDTH, clip, take, tour, words_within
from tests.browser.test_journey import become_first_admin

TAKE = os.environ.get("TRUEBOOKS_PICTURES") == "take"  # bin/pictures sets it
MOST_BYTES = 20_000


@pytest.fixture
def narrow(chromium):
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=1.5,
        color_scheme="light",
        reduced_motion="reduce",
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


@pytest.mark.timeout(240)
def test_every_picture_still_shows_what_its_words_say(narrow, server):
    become_first_admin(narrow, server)
    sizes = {}
    for stop in tour(narrow, server):
        box = clip(narrow, stop)
        told = words_within(narrow, box)
        missing = [words for words in pictures()[stop.name].shows if words not in told]
        assert missing == [], f"{stop.name} shows: {told}"
        sizes[stop.name] = [round(box["width"]), round(box["height"])]
        if TAKE:
            take(narrow, box, FOLDER / f"{stop.name}.webp", MOST_BYTES)
    assert set(sizes) == set(pictures())
    if TAKE:
        (FOLDER / "sizes.json").write_text(json.dumps(sizes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
