"""A help page's HTML taken apart into its sections: what can be found, and where a link to it leads. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_HEADINGS = {"h2", "h3"}
_UNREAD = {"nav", "form", "script", "style", "template"}  # no part of what is told
_BREAKS = {"p", "li", "dt", "dd", "td", "th", "tr", "pre", "h2", "h3", "figcaption", "caption", "summary", "br"}


@dataclass(frozen=True)
class Section:
    """What stands under one heading. ``anchor`` is the heading's id, empty for the words before the first one."""

    topic: str
    title: str  # of the page
    anchor: str
    heading: str
    text: str


def sections(topic: str, title: str, html: str) -> list[Section]:
    """The sections of a page in order; one without any words is left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [Section(topic, title, anchor, heading, text) for anchor, heading, text in reader.told() if heading or text]


class _Reader(HTMLParser):
    """Collects (anchor, heading, text); a heading begins the next one, and so does a term with an id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[tuple[str, list[str], list[str]]] = [("", [], [])]
        self._in_heading = False
        self._unread = 0

    def told(self) -> Iterator[tuple[str, str, str]]:
        for anchor, heading, text in self._found:
            yield anchor, _joined(heading), _joined(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        anchor = dict(attrs).get("id") or ""
        if tag in _HEADINGS or (tag == "dt" and anchor):
            self._found.append((anchor, [], []))
            self._in_heading = True
        elif tag in _BREAKS:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread -= 1
        if tag in _HEADINGS or tag == "dt":
            self._in_heading = False
        if tag in _BREAKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._found[-1][1 if self._in_heading else 2].append(data)


def _joined(parts: list[str]) -> str:
    return " ".join("".join(parts).split())
