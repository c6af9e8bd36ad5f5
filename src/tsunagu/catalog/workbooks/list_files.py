"""Changes entries of a YAML file that holds a list, and leaves every other line and comment as somebody wrote it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tsunagu.catalog.yaml_text import read_yaml


def change_list(path: Path, changed: Mapping[int, Sequence[str]], added: Sequence[Sequence[str]]) -> str:
    """The text of the file with entries (by position) replaced, and others added at its end.

    Args:
        path: the file; a missing one is an empty list.
        changed: the new lines of entries that are there.
        added: the lines of new entries.
    """
    if not path.is_file():
        return "".join(f"{line}\n" for entry in added for line in entry)
    lines = path.read_text(encoding="utf-8").splitlines()
    document = read_yaml(path, path.name)
    starts = [document.get_spot((position,)).line - 1 for position in range(len(document.data))]
    for position in sorted(changed, reverse=True):
        end = starts[position + 1] if position + 1 < len(starts) else len(lines)
        while end - 1 > starts[position] and _is_between(lines[end - 1]):
            end -= 1
        lines[starts[position] : end] = changed[position]
    return "".join(f"{line}\n" for line in [*lines, *(line for entry in added for line in entry)])


def _is_between(line: str) -> bool:
    """Blank lines and comments before the next entry belong to that one."""
    return not line.strip() or line.lstrip().startswith("#")
