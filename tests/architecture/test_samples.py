"""What we ship as a sample is fictional and never has room for a My Number."""

import csv
import io
import re
from pathlib import Path

MY_NUMBER = re.compile(r"個人番号|マイナンバー|my_?number|individual_number", re.IGNORECASE)
ENCODINGS = ("utf-8-sig", "cp932")


def read_text(path: Path) -> str:
    for encoding in ENCODINGS:
        try:
            return path.read_bytes().decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError(f"{path} is in none of {ENCODINGS}")


def has_my_number_check_digit(text: str) -> bool:
    """Whether twelve digits pass the check of a My Number (the last digit weighs the first eleven)."""
    if not re.fullmatch(r"[0-9]{12}", text):
        return False
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False)) % 11
    return int(text[-1]) == (0 if rest <= 1 else 11 - rest)


def list_faults(text: str) -> list[str]:
    rows = list(csv.reader(io.StringIO(text)))
    faults = [f"header {name}" for row in rows[:5] for name in row if MY_NUMBER.search(name)]
    columns = zip(*(row for row in rows[1:] if len(row) == len(rows[0])), strict=True)
    for number, values in enumerate(columns):
        filled = [value for value in values if value]
        if filled and all(has_my_number_check_digit(value) for value in filled):
            faults.append(f"column {number} holds My Numbers")
    return faults


def test_no_sample_has_a_my_number(root: Path) -> None:
    folder = root / "definitions"
    samples = sorted(
        [*folder.rglob("sample.csv"), *folder.rglob("sample/*.csv"), *folder.rglob("sample.json")]
    )
    assert samples
    assert {str(path): faults for path in samples if (faults := list_faults(read_rows(path)))} == {}


def read_rows(path: Path) -> str:
    """A sample as CSV text: of a document every name and text in it, one a line."""
    text = read_text(path)
    if path.suffix != ".json":
        return text
    return "\n".join(["name", *(match[1].replace(",", " ") for match in re.finditer(r'"([^"]*)"', text))])


def test_no_definition_has_room_for_one(root: Path) -> None:
    """A mapping of such a column cannot be shipped; comments may say that it is refused."""
    mapped = re.compile(
        rf"^\s*-?\s*(header|to|system|column)\s*:.*({MY_NUMBER.pattern})", re.IGNORECASE | re.MULTILINE
    )
    files = [*(root / "definitions").rglob("*.yaml"), *(root / "municipalities").rglob("*.yaml")]
    assert [str(path) for path in files if mapped.search(path.read_text(encoding="utf-8"))] == []
    assert mapped.search("columns:\n  - header: 個人番号\n")


def test_a_my_number_is_seen() -> None:
    assert list_faults("氏名,個人番号\n架空 花子,\n") == ["header 個人番号"]
    assert list_faults("氏名,番号\n架空 花子,123456789018\n") == ["column 1 holds My Numbers"]
    assert list_faults("氏名,番号\n架空 花子,123456789012\n") == []
