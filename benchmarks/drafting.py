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


def main() -> None:
    catalog = open_catalog(on=date(2026, 4, 1))
    is_detailed = "--detail" in sys.argv
    totals = [0, 0, 0, 0]
    print("| 様式 | 列 | 正しい | 確認が要る | 誤りで確認も求めない |\n|---|---:|---:|---:|---:|")
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for layout in (*list_layouts(), *(list_layouts("traps.yaml") if "--traps" in sys.argv else ())):
            figures = measure(layout, catalog, Path(folder), is_detailed)
            totals = [a + b for a, b in zip(totals, figures, strict=True)]
            print(f"| {layout.name} | {' | '.join(map(str, figures))} |")
    columns, right, unsure, silent = totals
    print(
        f"| **計** | {columns} | {right}（{right / columns:.1%}） | {unsure}（{unsure / columns:.1%}） | {silent} |"
    )
    print(f"\nCPU {time.process_time() - started:.1f} 秒")


def measure(layout: Layout, catalog: Catalog, folder: Path, is_detailed: bool) -> tuple[int, int, int, int]:
    """Columns, right ones, ones that need ○, and wrong ones that do not ask for it."""
    draft = look_at(catalog, write_layout(layout, folder))
    right = {one.position for one in draft.proposals if one.targets == layout.truth.get(one.heading)}
    wrong = [one for one in draft.proposals if one.position not in right]
    if is_detailed:
        show(draft, layout)
    silent = sum(one.is_accepted for one in wrong)
    return len(layout.truth), len(right), len(draft.unsure), silent


def show(draft: Draft, layout: Layout) -> None:
    print(
        layout.name,
        draft.family and (draft.family.feed.id, round(draft.family.score, 2), draft.family.is_clear),
    )
    for one in draft.proposals:
        truth = layout.truth.get(one.heading)
        if one.targets != truth or not one.is_accepted:
            sign = "  " if one.targets == truth else "✗ "
            print(
                f"  {sign}{one.confidence:.2f} {one.heading}: {sorted(one.targets)} ← {sorted(truth or ())} {one.reason}"
            )


if __name__ == "__main__":
    main()
