"""Writes into a municipality's overlay: checked as a whole beforehand, and every file or none."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import find_problems
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.catalog.problems import DefinitionProblem

Files = Mapping[str, str]
"""Text by path below the overlay's `definitions/`, in the order in which they are to appear."""


def check_overlay(
    home: Path, files: Files, *, on: date, shipped: Path | None = None
) -> tuple[Catalog, list[DefinitionProblem]]:
    """The catalogue as it would be with these files, and everything wrong with it. Nothing is written.

    Args:
        home: the municipality's home.
        files: what would be written.
        on: the day the catalogue is asked for.
        shipped: the shipped definitions, if not the usual ones.
    """
    with tempfile.TemporaryDirectory(prefix="tsunagu-") as folder:
        trial = Path(folder)
        shutil.copy(home / "municipality.yaml", trial / "municipality.yaml")
        if (home / "definitions").is_dir():
            shutil.copytree(home / "definitions", trial / "definitions")
        for name, text in files.items():
            path = trial / "definitions" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        return find_problems(shipped or find_shipped_definitions(), trial, on=on)


def write_overlay(home: Path, files: Files) -> None:
    """Write every file, or none: should one fail, those before it get their old content back.

    Each file is replaced in one step. A machine that stops between two of them leaves an overlay that `check` calls
    incomplete; writing once more completes it.
    """
    root = home / "definitions"
    before = {name: _read(root / name) for name in files}
    staged = {name: _stage(root / name, text) for name, text in files.items()}
    done: list[str] = []
    try:
        for name, path in staged.items():
            path.replace(root / name)
            done.append(name)
    except OSError:
        for name in done:
            _put_back(root / name, before[name])
        raise
    finally:
        for path in staged.values():
            path.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _stage(target: Path, text: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Not .yaml: what a broken-off write leaves behind must not be read as a definition.
    path = target.with_name(f".{target.name}.{uuid.uuid4().hex}.new")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
