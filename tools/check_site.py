"""Checks that a built site fetches nothing from elsewhere: `python tools/check_site.py site`.

The manual is read on machines without the internet, and no reader's visit is told to anybody.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

FETCHING_LINKS = {"stylesheet", "preconnect", "dns-prefetch", "preload", "prefetch", "icon", "manifest"}
FETCHING_TAGS = {"script", "img", "iframe", "source", "video", "audio", "embed", "input", "track"}
REMOTE = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
REMOTE_IN_CSS = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


class _Fetches(HTMLParser):
    """Collects the addresses that a browser would load by itself when it opens the page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this tag would load."""
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and FETCHING_LINKS & set(values.get("rel", "").lower().split()):
            self.addresses.append(values.get("href", ""))
        elif tag in FETCHING_TAGS:
            self.addresses.append(values.get("src", ""))


def list_remote_fetches(page: Path) -> list[str]:
    """Addresses outside the site that opening `page` (HTML or CSS) would load."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".css":
        return REMOTE_IN_CSS.findall(text)
    parser = _Fetches()
    parser.feed(text)
    return [address for address in parser.addresses if REMOTE.match(address)] + REMOTE_IN_CSS.findall(text)


def main() -> int:
    """Print each remote address with its page; exit 1 when there is one."""
    site = Path(sys.argv[1])
    pages = sorted(path for path in site.rglob("*") if path.suffix in {".html", ".css"})
    if not pages:
        print(f"{site}: no pages to check")
        return 1
    found = [(page, address) for page in pages for address in list_remote_fetches(page)]
    for page, address in found:
        print(f"{page.relative_to(site)}: loads {address}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
