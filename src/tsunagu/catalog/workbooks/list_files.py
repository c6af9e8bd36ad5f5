"""Changes entries of a YAML file that holds a list, and leaves every other line and comment as somebody wrote it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tsunagu.catalog.workbooks.yaml_lines import YamlLines
from tsunagu.catalog.yaml_text import read_yaml


def change_list(path: Path, changed: Mapping[int, YamlLines], added: Sequence[YamlLines]) -> YamlLines:
    """The file with entries (by position) replaced, and others added at its end.

    Args:
        path: the file; a missing one is an empty list.
        changed: the new lines of entries that are there.
        added: the lines of new entries.
    """
    result = YamlLines()
    kept = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    starts = _list_starts(path)
    reached = 0
    for position in sorted(changed):
        result.keep(kept[reached : starts[position]])
        result.extend(changed[position])
        reached = starts[position + 1] if position + 1 < len(starts) else len(kept)
        while reached - 1 > starts[position] and _is_between(kept[reached - 1]):
            reached -= 1
    result.keep(kept[reached:])
    for entry in added:
        result.extend(entry)
    return result


def _list_starts(path: Path) -> list[int]:
    """Where each entry begins, from 0."""
    if not path.is_file():
        return []
    document = read_yaml(path, path.name)
    return [document.get_spot((position,)).line - 1 for position in range(len(document.data))]


def _is_between(line: str) -> bool:
    """Blank lines and comments before the next entry belong to that one."""
    return not line.strip() or line.lstrip().startswith("#")
