"""What vendors and offices usually call a column of a known feed: hints for drafting, never read without being asked."""

from functools import lru_cache
from importlib import resources
from typing import Any

from tsunagu.catalog.yaml_text import parse_yaml
from tsunagu.intake.drafting.words import Tokens, load_words, split_heading

USUAL_SHARE = 0.95
AMBIGUOUS_SHARE = 0.74
"""A heading that means other things too (区分, 出力年月): enough to propose, never enough to be sure."""
AMBIGUOUS = "?"
PART_SIGN = "→"
"""Between a heading and one of its targets: what that target's own column is called where it has one."""

Names = tuple[tuple[Tokens, float], ...]


@lru_cache(maxsize=1)
def load_usual_headings() -> dict[str, dict[str, tuple[str, ...]]]:
    """Usual headings by feed and by the feed's own heading."""
    text = (resources.files("tsunagu.intake.drafting") / "headings.yaml").read_text(encoding="utf-8")
    document = parse_yaml(text, "headings.yaml")
    assert not document.problems, document.problems
    data: Any = document.data
    return {
        feed: {header: tuple(map(str, names)) for header, names in columns.items()}
        for feed, columns in data.items()
    }


@lru_cache(maxsize=2_000)
def list_usual_names(feed_id: str, header: str) -> Names:
    """Usual headings of one column in words, and how much each counts; those that say nothing in words left out."""
    names = load_usual_headings().get(feed_id, {}).get(header, ())
    found = ((split_heading(name.rstrip(AMBIGUOUS)), name) for name in names)
    return tuple((tokens, _rate(tokens, name)) for tokens, name in found if tokens)


def _rate(tokens: Tokens, name: str) -> float:
    """A heading that only says what kind of value it holds (年月日, 区分) may stand in any file."""
    is_bare = all(load_words().kinds.get(token) == "tail" for token in tokens)
    return AMBIGUOUS_SHARE if is_bare or name.endswith(AMBIGUOUS) else USUAL_SHARE
