"""An officer at work: opens a workbook, changes cells, saves. And the layouts to be recognised."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.intake.drafting.draft import look_at
from tsunagu.store.home import Home

TODAY = date(2026, 4, 1)


@pytest.fixture(scope="session")
def layouts() -> ModuleType:
    """`layouts.py` beside this file; tests are not packages, so it is loaded by path."""
    spec = importlib.util.spec_from_file_location("drafting_layouts", Path(__file__).with_name("layouts.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shipped() -> Catalog:
    """The shipped definitions alone."""
    return open_catalog(on=TODAY)


@pytest.fixture(scope="session")
def outcomes(layouts, shipped, tmp_path_factory):
    """Layout, draft and personal values by the layout's name."""
    folder = tmp_path_factory.mktemp("layouts")
    found = {}
    for layout in (layout for file in layouts.SETS for layout in layouts.list_layouts(file)):
        values: set[str] = set()
        path = layouts.write_layout(layout, folder, values)
        found[layout.name] = (layout, look_at(shipped, path), values)
    return found


PURPOSES = "[poverty_support, school_screening, abuse_prevention]"
SETTINGS = f'code: "999999"\nname: サンプル市\nactive_purposes: {PURPOSES}\n'


@pytest.fixture(scope="session")
def bare_catalog(tmp_path_factory) -> Catalog:
    """The fictional city with every purpose chosen and no overlay."""
    folder = tmp_path_factory.mktemp("city")
    (folder / "municipality.yaml").write_text(SETTINGS, encoding="utf-8")
    return open_catalog(folder, on=TODAY)


@pytest.fixture
def open_home_catalog(home: Home, bare_catalog: Catalog) -> Callable[[], tuple[Home, Catalog]]:
    """A home of that city; call again after writing definitions."""
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    return lambda: (home, open_catalog(home.path, on=TODAY) if home.definitions.exists() else bare_catalog)


Cells = list[list[str]]


@pytest.fixture(scope="session")
def edit() -> Callable[[Path, Callable[[dict[str, Cells]], None]], Path]:
    """Change a workbook: its sheets as rows of text, changed in place, saved as a plain workbook."""

    def change(path: Path, work: Callable[[dict[str, Cells]], None]) -> Path:
        sheets = read_sheets(path)
        work(sheets)
        saved = path.with_name(f"直した_{path.name}")
        with xlsxwriter.Workbook(str(saved), {"strings_to_formulas": False}) as book:
            for name, rows in sheets.items():
                page = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        page.write_string(number, column, cell)
        return saved

    return change


def read_sheets(path: Path) -> dict[str, Cells]:
    book = CalamineWorkbook.from_path(str(path))
    return {
        name: [
            [str(cell) for cell in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in book.sheet_names
    }


@pytest.fixture(scope="session")
def sheets_of() -> Callable[[Path], Mapping[str, Cells]]:
    """Every sheet of a workbook as rows of text."""
    return read_sheets


@pytest.fixture(scope="session")
def confirm() -> Callable[[dict[str, Cells]], None]:
    """An officer who says ○ to everything."""

    def mark(sheets: dict[str, Cells]) -> None:
        for rows in sheets.values():
            if len(rows) > 1 and "確認" in rows[1]:
                for row in rows[2:]:
                    row[rows[1].index("確認")] = "○"

    return mark
