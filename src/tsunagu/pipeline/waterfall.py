"""A pair's weight as a waterfall: one SVG file that needs nothing else, and says no value of anybody."""

from html import escape
from pathlib import Path

from tsunagu.pipeline.link_explain import PairExplanation, Step
from tsunagu.vocabulary.identifiers import show_id

_ROW, _TOP, _LEFT, _WIDTH, _RIGHT = 30, 64, 300, 420, 90
_FOR, _AGAINST, _WHOLE, _INK, _LINE = "#0072b2", "#d55e00", "#444444", "#222222", "#bbbbbb"


def draw_waterfall(pair: PairExplanation) -> str:
    """The SVG text; every bar begins where the one before ended."""
    whole = pair.match_millibits or 0
    ends = [0]
    for step in pair.steps:
        ends.append(ends[-1] + step.millibits)
    least, most = min(ends), max(ends)
    scale = _WIDTH / max(most - least, 1)

    def place(millibits: int) -> float:
        return _LEFT + (millibits - least) * scale

    rows = [
        _draw_bar(
            number,
            step,
            place(ends[number]),
            place(ends[number + 1]),
            _FOR if step.millibits > 0 else _AGAINST,
        )
        for number, step in enumerate(pair.steps)
    ]
    total = Step("合計(同じ人らしさ)", f"見込み {pair.match_probability or 0:.1%}", whole)
    rows.append(_draw_bar(len(pair.steps), total, place(0), place(whole), _WHOLE))
    height = _TOP + _ROW * (len(pair.steps) + 1) + 16
    width = _LEFT + _WIDTH + _RIGHT
    title = f"記録 {show_id(pair.subject_id)} と 人 {show_id(pair.person_id)} の比べ方"
    zero = place(0)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"',
            f' aria-label="{escape(title)}" font-family="sans-serif" font-size="13" fill="{_INK}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="16" y="26" font-size="16">{escape(title)}</text>',
            '<text x="16" y="46">右へ伸びるほど同じ人らしい(単位: ビット) / bits for one person</text>',
            f'<line x1="{zero:.1f}" y1="{_TOP - 6}" x2="{zero:.1f}" y2="{height - 10}" stroke="{_LINE}"/>',
            *rows,
            "</svg>",
            "",
        ]
    )


def write_waterfall(pair: PairExplanation, out: Path) -> None:
    """Write the file, whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    part.write_text(draw_waterfall(pair), encoding="utf-8")
    part.replace(out)


def _draw_bar(number: int, step: Step, start: float, end: float, colour: str) -> str:
    y = _TOP + number * _ROW
    left, right = min(start, end), max(start, end)
    bits = f"{step.millibits / 1000:+.1f}"
    return (
        f'<text x="16" y="{y + 13}">{escape(step.title)}</text>'
        f'<text x="16" y="{y + 26}" font-size="10">{escape(step.note)}</text>'
        f'<rect x="{left:.1f}" y="{y + 3}" width="{max(right - left, 1):.1f}" height="16" fill="{colour}"/>'
        f'<text x="{right + 6:.1f}" y="{y + 16}">{bits}</text>'
    )
