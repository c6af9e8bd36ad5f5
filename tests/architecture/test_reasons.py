"""Every exception from a rule has its reason beside it."""

import re
from pathlib import Path

import pytest

IGNORED_RULE = re.compile(r'^\s*"(?P<rule>[A-Z]+[0-9]*)",?(?P<rest>.*)$')
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:)", re.IGNORECASE)
EXPLAINED = re.compile(
    r"#\s*(noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*\s+(#|-|–|—).*\w{3,}|type: ignore\[[a-z, -]+\])"
)
NAMED_RULE = re.compile(r"#\s*noqa: (?P<rule>[A-Z]+[0-9]+)")
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def list_unexplained_ignores(pyproject: str) -> list[str]:
    settings = pyproject[pyproject.index("[tool.ruff.lint]") : pyproject.index("[tool.mypy]")]
    listed = settings[settings.index("ignore = [") :]
    rules = [match for line in listed.splitlines() if (match := IGNORED_RULE.match(line))]
    assert rules
    return [rule["rule"] for rule in rules if not re.search(r"# \S+ \S+", rule["rest"])]


def list_unexplained_silences(source: str) -> list[str]:
    """Silenced lines without a reason: behind them, in a comment just above, or once before in the same file."""
    explained: set[str] = set()
    unexplained = []
    above = ""
    for line in source.splitlines():
        rule = NAMED_RULE.search(line)
        if SILENCED.search(line):
            if EXPLAINED.search(line) or (rule and above.strip().startswith("# ")):
                explained.add(rule["rule"] if rule else "")
            elif rule is None or rule["rule"] not in explained:
                unexplained.append(line.strip())
        above = line
    return unexplained


def list_python_files(root: Path) -> list[Path]:
    folders = ("src", "tests", "tools", "benchmarks")
    return [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]


def test_every_ignored_rule_has_a_reason(root: Path) -> None:
    assert list_unexplained_ignores((root / "pyproject.toml").read_text(encoding="utf-8")) == []


def test_every_silenced_line_has_a_reason(root: Path) -> None:
    found = {
        str(path.relative_to(root)): list_unexplained_silences(path.read_text(encoding="utf-8"))
        for path in list_python_files(root)
        if path != Path(__file__)
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_nothing_is_left_for_later_in_a_comment(root: Path) -> None:
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in list_python_files(root)
        if path != Path(__file__)
        for line in path.read_text(encoding="utf-8").splitlines()
        if LATER.search(line)
    ]
    assert found == []


def test_an_ignore_without_a_reason_is_seen() -> None:
    spoiled = '[tool.ruff.lint]\nignore = [\n  "D105", # magic methods\n  "D107",\n]\n[tool.mypy]\n'
    assert list_unexplained_ignores(spoiled) == ["D107"]


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: S101", "x = 1  # type: ignore"])
def test_a_silence_without_a_reason_is_seen(line: str) -> None:
    assert list_unexplained_silences(line)
    assert not list_unexplained_silences("x = 1  # noqa: S101 # the name is the library's")
