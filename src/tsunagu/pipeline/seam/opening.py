"""Opens the door for one day, and asks of everybody who wants something through: for which purpose?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_kept_catalog
from tsunagu.store.home import Home, open_home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class PurposeRefusedError(TsunaguError):
    """Something was asked for a purpose that it may not be used for."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Seam:
    """An installation and the definitions in force on the day of the deed."""

    home: Home
    catalog: Catalog

    @property
    def on(self) -> date:
        """The day of the deed, for which permissions are asked."""
        return self.catalog.opened_for


def open_seam(home: Path, *, on: date) -> Seam:
    """Open an installation's door.

    Args:
        home: its folder.
        on: the day of the deed in Japan; adoptions and address protection are those of this day.

    Raises:
        DefinitionsError: the definitions have faults; nothing goes through until they are mended.
        HomeNotFoundError: no installation there.
    """
    opened = open_home(home)
    return Seam(opened, open_kept_catalog(opened.path, on=on))


def check_purpose(seam: Seam, purpose: str, allowed: Collection[str] | None = None) -> None:
    """Refuse a purpose that is not in force here, or not among those allowed.

    Raises:
        PurposeRefusedError: not in force on the day, or the run was not made for it.
    """
    catalog = seam.catalog
    if purpose not in catalog.active_purposes:
        raise _refuse(purpose, "この市で使うことになっていません。")
    fault = catalog.find_adoption_fault(catalog.get_purpose(purpose).adoption, on=seam.on)
    if fault:
        raise _refuse(purpose, fault)
    if allowed is not None and purpose not in allowed:
        raise _refuse(purpose, "この実行の目的に入っていません。")


def _refuse(purpose: str, fault: str) -> PurposeRefusedError:
    return PurposeRefusedError(
        f"目的「{purpose}」は、{fault}",
        why="決めた目的の外で子どもの情報を見ると、目的外利用になります。",
        todo="画面の上に出ている目的を選び直すか、目的の採用を総括管理者に確かめてください。",
    )
