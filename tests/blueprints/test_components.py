"""The page that shows every component in its states."""

import re
from pathlib import Path

from tests.conftest import in_words

CSS = Path(__file__).resolve().parents[2] / "static" / "css"


def test_every_status_has_its_icon_and_its_word(ada):
    page = ada.get("/components")
    for word in ("Ready", "Needs mapping", "Unsure", "Posted", "Failed", "Booked elsewhere"):
        assert re.search(rf'<span class="status [a-z-]+"><svg[^>]*aria-hidden="true".*?</svg> {word}</span>', page.text)


def test_it_is_linked_from_the_foot_of_every_page_and_not_for_strangers(ada, app):
    assert 'href="/components"' in ada.get("/settings/jobs").text
    ada.post("/sign-out")
    assert ada.get("/components").status_code == 303


def test_its_button_is_answered_in_its_place(ada):
    answer = ada.htmx("GET", "/components/pressed")
    assert answer.text.lstrip().startswith('<div id="answer"')
    assert "Posted to Xero as AMZ-TB-10001." in in_words(answer)
    assert "Xero refused" in in_words(ada.htmx("GET", "/components/pressed?fails=1"))


def test_no_sheet_fetches_from_elsewhere_and_each_keeps_to_a_layer():
    for sheet in CSS.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@layer" in text, sheet.name
        assert "url(" not in text, sheet.name


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of ``#rrggbb``."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def themes() -> dict[str, dict[str, str]]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8").partition("@media print")[0]
    light, _, dark = text.partition("prefers-color-scheme: dark")
    return {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for name, part in (("light", light), ("dark", dark))
    }


def test_ink_can_be_read_on_every_ground_in_both_themes():
    for theme, tokens in themes().items():
        grounds = [name for name in tokens if name in ("paper", "sheet") or name.endswith("tint")]
        assert len(grounds) == 8
        for ink in ("ink", "ink-soft", "accent", "negative", "good", "wait", "todo", "bad"):
            poor = [ground for ground in grounds if contrast(tokens[ink], tokens[ground]) < 4.5]
            assert not poor, f"{theme}: {ink} on {poor}"
        assert contrast(tokens["on-accent"], tokens["accent"]) >= 4.5
        assert min(contrast(tokens["rule-strong"], tokens[ground]) for ground in ("paper", "sheet", "tint")) >= 3
