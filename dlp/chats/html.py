"""Text of HTML as people see it in letters and messages."""

from __future__ import annotations

from html.parser import HTMLParser

LIMIT = 1 << 20
_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "hr", "section"}
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "head", "template"})
_SPOKEN = ("alt", "title")


def text_of_html(html: str) -> str:
    """The words of the first MiB of an HTML text, a line per block, with the addresses behind links.

    Hidden elements are kept: what the reader is not shown leaves the company all the same.
    """
    reader = _Reader()
    reader.feed(html[:LIMIT])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(filter(None, lines))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0
        self._addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        self.words.append("\n" if tag in _BREAKS else "\t" if tag in _CELLS else "")
        for name, value in attrs:
            if value and name in _SPOKEN:
                self.words.append(f" {value} ")
        if tag == "a":
            self._addresses.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "a" and self._addresses:
            address = self._addresses.pop()
            shown = "".join(self.words[-3:])
            if address and not address.startswith("#") and address.removeprefix("mailto:") not in shown:
                self.words.append(f" ({address})")
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # Line breaks inside a paragraph of HTML are spaces.
            self.words.append(data.replace("\n", " ").replace("\r", " "))
