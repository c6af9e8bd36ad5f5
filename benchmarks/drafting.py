"""How much of a file nobody has described `tsunagu feed new` understands. See README.md.

python benchmarks/drafting.py [--detail]
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "spec" / "intake" / "drafting"))

from layouts import Layout, list_layouts, write_layout

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.intake.drafting.draft import Draft, look_at

SETS = {
    "heldout.yaml": "開発に使っていない様式",
    "blind3.yaml": "見ずに書いた様式（5つ目）",
    "blind2.yaml": "見ずに書いた様式（4つ目）",
    "blind.yaml": "見ずに書いた様式（3つ目）",
    "unseen.yaml": "見ずに書いた様式（2つ目）",
    "layouts.yaml": "開発中に見ていた様式",
    "traps.yaml": "わざと紛らわしくした様式",
}


def main() -> None:
    catalog = open_catalog(on=date(2026, 4, 1))
    is_detailed = "--detail" in sys.argv
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for file, title in SETS.items():
            print(f"\n{title}（{file}）\n")
            print_table(list_layouts(file), catalog, Path(folder), is_detailed)
    print(f"\nCPU {time.process_time() - started:.1f} 秒")


def print_table(layouts: list[Layout], catalog: Catalog, folder: Path, is_detailed: bool) -> None:
    rows = [(layout.name, *measure(layout, catalog, folder, is_detailed)) for layout in layouts]
    print("| 様式 | 列 | 正しい | 確認が要る | 誤りで確認も求めない |\n|---|---:|---:|---:|---:|")
    for name, *figures in rows:
        print(f"| {name} | {' | '.join(map(str, figures))} |")
    columns, right, unsure, silent = (sum(row[place] for row in rows) for place in range(1, 5))
    print(
        f"| **計** | {columns} | {right}（{right / columns:.1%}） | {unsure}（{unsure / columns:.1%}） | {silent} |"
    )


def measure(layout: Layout, catalog: Catalog, folder: Path, is_detailed: bool) -> tuple[int, int, int, int]:
    """Columns, right ones, ones that need ○, and wrong ones that do not ask for it."""
    draft = look_at(catalog, write_layout(layout, folder))
    wrong = [one for one in draft.proposals if one.targets != layout.columns[one.position].truth]
    seen = {one.position for one in draft.proposals}
    overlooked = [
        column for position, column in enumerate(layout.columns) if column.truth and position not in seen
    ]
    if is_detailed:
        show(draft, layout)
    silent = sum(one.is_accepted for one in wrong)
    return len(layout.columns), len(layout.columns) - len(wrong) - len(overlooked), len(draft.unsure), silent


def show(draft: Draft, layout: Layout) -> None:
    print(
        layout.name,
        draft.family and (draft.family.feed.id, round(draft.family.score, 2), draft.family.is_clear),
        draft.rows,
    )
    for one in draft.proposals:
        truth = layout.columns[one.position].truth
        if one.targets != truth or not one.is_accepted:
            sign = "  " if one.targets == truth else "✗ "
            print(
                f"  {sign}{one.confidence:.2f} {one.heading}: {sorted(one.targets)} ← {sorted(truth)} {one.reason}"
            )


if __name__ == "__main__":
    main()
