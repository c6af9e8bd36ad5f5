"""Every SQL file is one statement with a header that says what it reads, writes and means."""

import re
from pathlib import Path

import pytest

PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
# Names that no parameter can stand for (columns, relations), filled in from declarations, never from input.
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def get_header(text: str) -> str:
    """The comment lines before the statement."""
    lines = []
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("--"):
            break
        lines.append(line)
    return "\n".join(lines)


def get_statement(text: str) -> str:
    """The file without its comments and without the text of string constants."""
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", text)


def list_faults(text: str) -> list[str]:
    header, statement = get_header(text), get_statement(text)
    is_query = statement.lstrip().upper().startswith(("SELECT", "WITH"))
    words = ("reads", "grain") if is_query else ("reads", "writes", "grain")
    faults = [
        f"header lacks '{word}:'" for word in words if not re.search(rf"\b{word}\s*:", header, re.IGNORECASE)
    ]
    named = {*PARAMETER.findall(statement), *PLACEHOLDER.findall(statement)}
    faults += [
        f"{name} is not in the header" for name in sorted(named) if not re.search(rf"\b{name}\b", header)
    ]
    if ";" in statement.strip().rstrip(";"):
        faults.append("more than one statement")
    if re.search(r"\bFILTER\s*\(", statement, re.IGNORECASE):
        faults.append("FILTER is outside the portable subset and slower than SUM(CASE)")
    if re.search(r"%s|(?<!\w)\?|\{\}", statement):
        faults.append("a value that is not a named parameter")
    return faults


def test_every_statement_has_its_header(sql_files: list[Path]) -> None:
    found = {str(path): list_faults(path.read_text(encoding="utf-8")) for path in sql_files}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_every_sql_file_is_in_a_sql_folder(sql_files: list[Path]) -> None:
    assert sql_files
    assert [path for path in sql_files if path.parent.name != "sql"] == []


def test_every_statement_is_used(sql_files: list[Path], modules: list) -> None:
    sources = {module.package: "" for module in modules}
    for module in modules:
        sources[module.package] += module.source
    unused = [
        path
        for path in sql_files
        if not re.search(rf"['\"]{path.stem}(\.sql)?['\"]", sources[path.parents[1].name])
    ]
    assert unused == []


GOOD = "-- reads: facts.person\n-- writes: nothing\n-- grain: one person\n-- parameters: $as_of\nSELECT 1 WHERE $as_of\n"


def test_a_good_statement_passes() -> None:
    assert list_faults(GOOD) == []


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        (GOOD.replace("grain:", ""), "grain"),
        (GOOD.replace("writes:", "").replace("SELECT", "INSERT INTO t SELECT"), "writes"),
        (GOOD + "AND day < $limit_date", "limit_date"),
        (GOOD + "; SELECT 2", "more than one"),
        (GOOD + "AND SUM(x) FILTER (WHERE y)", "FILTER"),
        (GOOD + "AND x = {value}", "value is not in the header"),
        (GOOD + "AND x = ?", "not a named parameter"),
    ],
)
def test_a_fault_is_seen(spoiled: str, fault: str) -> None:
    assert any(fault in found for found in list_faults(spoiled))
