"""Every page, wide and narrow, light and dark: nothing for axe-core to find, no sideways scrolling, a light load."""

from pathlib import Path

import pytest

from tests.browser.conftest import Complaints
from tests.browser.gallery import PAGES, SCHEMES, WIDTHS, Gallery, Shown, furnished_gallery

AXE = (Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js").read_text()
MOST_BYTES = 100_000
RULES = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(
    each => each.id + ": " + each.help + "\\n" + each.nodes.map(node => "   " + node.target + " " + node.failureSummary)
        .join("\\n")))"""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Gallery:
    with furnished_gallery(tmp_path_factory.mktemp("gallery") / "data") as furnished:
        yield furnished


@pytest.fixture(scope="module")
def signed_in(chromium, gallery):
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    gallery.sign_in(page)
    page.close()
    yield context
    context.close()


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_a_page_is_accessible_fits_every_screen_and_loads_light(chromium, gallery, signed_in, shown):
    context = signed_in if shown.signed_in else chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints, weight = Complaints(), weigh(page)
    complaints.watch(page, gallery.server.address)
    page.goto(gallery.address(shown), wait_until="networkidle")
    loaded = sum(weight)
    if shown.press:
        shown.press(page)
    found = [each for width in WIDTHS for each in looked_at(page, width)]
    page.close()
    assert found == []
    assert [each for each in complaints if not expected(shown, each)] == []
    assert loaded < MOST_BYTES


def weigh(page) -> list[int]:
    """Collects the bytes of each answer as they cross the wire, nothing taken from a cache."""
    wire, weights = page.context.new_cdp_session(page), []
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    return weights


def looked_at(page, width: str) -> list[str]:
    wide, high = WIDTHS[width]
    page.set_viewport_size({"width": wide, "height": high})
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE)
        found += [f"{width}, {scheme}: {each}" for each in page.evaluate(RULES)]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{width}: scrolls sideways by {too_wide} px"] if too_wide else found


def expected(shown: Shown, complaint: str) -> bool:
    """A page that is to answer 404 makes Chromium say so."""
    return shown.name == "not-found" and "404" in complaint
