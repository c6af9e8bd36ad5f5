"""Setting up a home: nothing is active, nothing is overwritten, and the codes are right."""

from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.municipality import LocalAdoption, Narrowing
from tsunagu.catalog.places import PlaceNames
from tsunagu.catalog.setting_up import SettingUpError, initialise_municipality
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.yaml_text import parse_yaml
from tsunagu.vocabulary.errors import ExitCode

ON = date(2026, 6, 1)


@pytest.mark.parametrize("code", ["999999", "999998", "131016", "272205", "141003"])
def test_a_new_home_activates_no_purpose(tmp_path: Path, code: str) -> None:
    initialise_municipality(tmp_path / "home", code, "サンプル市")
    catalog = open_catalog(tmp_path / "home", on=ON)
    assert catalog.municipality is not None
    assert (catalog.municipality.code, catalog.municipality.name) == (code, "サンプル市")
    assert catalog.active_purposes == ()


def test_poverty_alone_is_suggested(tmp_path: Path) -> None:
    initialise_municipality(tmp_path, "999999", "サンプル市")
    suggested = [
        line
        for line in (tmp_path / "municipality.yaml").read_text("utf-8").splitlines()
        if "# active" in line
    ]
    assert suggested == ["# active_purposes: [poverty_support]"]


def test_an_existing_home_is_refused_and_kept(tmp_path: Path) -> None:
    initialise_municipality(tmp_path, "999999", "サンプル市")
    before = (tmp_path / "municipality.yaml").read_bytes()
    with pytest.raises(SettingUpError, match="既に") as caught:
        initialise_municipality(tmp_path, "999998", "ダミー市")
    assert caught.value.exit_code is ExitCode.USAGE
    assert (tmp_path / "municipality.yaml").read_bytes() == before


@pytest.mark.parametrize("code", ["131017", "13101", "000000", "", "１３１０１６"])
def test_a_wrong_code_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(SettingUpError, match="コード"):
        initialise_municipality(tmp_path, code, "サンプル市")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "  ", "二\n行"])
def test_a_name_is_one_visible_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingUpError, match="名前"):
        initialise_municipality(tmp_path, "999999", name)


@pytest.mark.parametrize("name", ['「"」市', "a: b", "#市", "{x}", "null", "'"])
def test_a_name_stays_what_it_is(tmp_path: Path, name: str) -> None:
    initialise_municipality(tmp_path, "999999", name)
    municipality = open_catalog(tmp_path, on=ON).municipality
    assert municipality is not None
    assert municipality.name == name


def test_the_examples_in_the_overlay_can_be_copied(tmp_path: Path) -> None:
    initialise_municipality(tmp_path, "999999", "サンプル市")
    text = (tmp_path / "definitions" / "README.md").read_text(encoding="utf-8")
    places, narrowing, adoption = (part.split("```")[0] for part in text.split("```yaml\n")[1:])
    document = parse_yaml(places, "README.md")
    assert build_model(PlaceNames, document.data, document, ()) is not None
    assert document.problems == []
    for example, model in ((narrowing, Narrowing), (adoption, LocalAdoption)):
        document = parse_yaml(example, "README.md")
        assert isinstance(document.data, list)
        assert build_model(model, document.data[0], document, (0,)) is not None
        assert document.problems == []
