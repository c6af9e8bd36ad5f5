"""One self-contained page about a linkage of files: counts, rules, weights. It shows no person."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import jinja2
import numpy as np
import pyarrow.compute as pc

from tsunagu.linkage.learning import Parameters, weigh_field
from tsunagu.linkage.levels import FIELDS, describe_level, list_groups
from tsunagu.linkage.link_files import LINK_PROBABILITY, REVIEW_PROBABILITY, LinkedFiles
from tsunagu.linkage.people_files import PeopleFileError
from tsunagu.linkage.rules import WEIGHED_RULE_TITLES

_TALLEST = 110.0
_LOWEST_BITS, _HIGHEST_BITS = -10, 40
_STEP_BITS = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """Pairs whose weight lies in `bits` to `bits` + 2."""

    bits: int
    pairs: int
    height: float


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """What one outcome of one comparison is worth, before rarity."""

    field: str
    level: str
    same_bits: float
    relative_bits: float


def write_file_report(result: LinkedFiles, path: Path) -> None:
    """Write the page; the file is replaced as a whole."""
    text = resources.files("tsunagu.linkage").joinpath("templates", "link_files.html.j2").read_text("utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(text)
    html = template.render(
        counts=result.counts,
        is_one_file=result.entities is not None,
        titles=WEIGHED_RULE_TITLES,
        bars=_draw_bars(result),
        weights=list_field_weights(result.parameters),
        link_bits=float(np.log2(LINK_PROBABILITY / (1 - LINK_PROBABILITY))),
        review_bits=float(np.log2(REVIEW_PROBABILITY / (1 - REVIEW_PROBABILITY))),
    )
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(html, encoding="utf-8")
        part.replace(path)
    except OSError:
        raise PeopleFileError(
            "報告書を書き込めませんでした。",
            why="書き込み先のフォルダがないか、権限か空き容量が足りません。",
            todo="--report に、書き込めるフォルダのファイル名を指定してください。",
        ) from None


def list_field_weights(parameters: Parameters) -> list[FieldWeight]:
    """The outcomes that people or strangers show at all, strongest first within a field."""
    rows: list[FieldWeight] = []
    for field in FIELDS:
        levels = [level for level in range(field.levels) if list_groups(field)[level]]
        patterns = np.array(levels, dtype=np.int64) << field.shift
        same, relative = weigh_field(parameters.shares, field, patterns)
        found = [
            FieldWeight(field.title, describe_level(field, level), float(a), float(b))
            for level, a, b in zip(levels, same, relative, strict=True)
        ]
        rows += sorted(found, key=lambda row: -row.same_bits)
    return rows


def _draw_bars(result: LinkedFiles) -> list[Bar]:
    weights = pc.drop_null(result.pairs["match_weight"].combine_chunks()).to_numpy(zero_copy_only=False)
    edges = np.arange(_LOWEST_BITS, _HIGHEST_BITS + _STEP_BITS, _STEP_BITS)
    pairs, _ = np.histogram(np.clip(weights, _LOWEST_BITS, _HIGHEST_BITS - 1), bins=edges)
    # Rare outcomes are the ones to look at, so bars grow with the logarithm.
    heights = np.log1p(pairs) / max(float(np.log1p(pairs.max(initial=1))), 1.0) * _TALLEST
    return [
        Bar(int(bits), int(count), round(float(height), 1))
        for bits, count, height in zip(edges[:-1], pairs, heights, strict=True)
    ]
