"""Rows, notes, keys and paper, as they are written and as the verifier reads them."""

import ast
import json
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tsunagu.audit import verify
from tsunagu.audit.checkpoints import (
    Checkpoint,
    SigningKeyError,
    create_signing_key,
    name_origin,
    read_signing_key,
)
from tsunagu.audit.merkle import CompactRange, hash_leaf, prove_consistency
from tsunagu.audit.paper import list_groups, write_page
from tsunagu.audit.rows import AuditRow, Outcome, UnwritableRowError, encode_row

ORIGIN = name_origin("999999", "5f0c")
NOON = datetime(2026, 11, 23, 3, 0, 0, 120, tzinfo=UTC)
ROW = AuditRow(
    row_id="0b1c",
    at=NOON,
    staff_id="7",
    role="caseworker",
    purpose="poverty_support",
    act="child.open",
    object_kind="child",
    object_id="0000-0001-2ABC",
    relationship="assigned",
    outcome=Outcome.READ,
    request_id="",
)


@pytest.fixture
def key(tmp_path: Path):
    create_signing_key(tmp_path / "audit.key")
    return read_signing_key(tmp_path / "audit.key", ORIGIN)


def test_a_row_has_one_form() -> None:
    assert encode_row(ROW).decode() == (
        '{"act":"child.open","at":"2026-11-23T03:00:00.000120Z","form":"1","object_id":"0000-0001-2ABC",'
        '"object_kind":"child","outcome":"read","purpose":"poverty_support","relationship":"assigned",'
        '"request_id":"","role":"caseworker","row_id":"0b1c","staff_id":"7"}'
    )
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    assert encode_row(replace(ROW, at=elsewhere)) == encode_row(ROW)


@pytest.mark.parametrize("wrong", ["架空 花子", "Kaku Hanako", "a\nb", 'a"b', "é", "x" * 81])
def test_a_name_does_not_fit_into_a_row(wrong: str) -> None:
    with pytest.raises(UnwritableRowError, match="staff_id") as refused:
        encode_row(replace(ROW, staff_id=wrong))
    assert wrong not in str(refused.value)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(UnwritableRowError):
        encode_row(replace(ROW, at=NOON.replace(tzinfo=None)))


def test_a_note_is_what_others_read(key) -> None:
    note = key.sign(Checkpoint(ORIGIN, 0, CompactRange().root, NOON)).decode()
    body, _, signatures = note.partition("\n\n")
    assert body.split("\n") == [
        "tsunagu.audit/999999/5f0c",
        "0",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "time 2026-11-23T03:00:00Z",
    ]
    assert signatures.startswith("— tsunagu.audit/999999/5f0c ")
    witnessed = note + "— witness.example/1 AAAA\n"
    assert verify.read_checkpoint(witnessed.encode(), verify.read_key(key.public_text), "x").size == 0
    with pytest.raises(ValueError, match="another log"):
        key.sign(Checkpoint("tsunagu.audit/999998/1", 0, CompactRange().root, NOON))
    with pytest.raises(ValueError, match="letters"):
        name_origin("999999", "a b")


def test_the_key_file_is_its_owners_alone(tmp_path: Path, key) -> None:
    path = tmp_path / "audit.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    create_signing_key(path)
    assert read_signing_key(path, ORIGIN).public_text == key.public_text
    assert [entry.name for entry in tmp_path.iterdir()] == ["audit.key"]
    path.chmod(0o440)
    with pytest.raises(SigningKeyError, match="ほかのアカウント"):
        read_signing_key(path, ORIGIN)
    path.unlink()
    with pytest.raises(SigningKeyError, match="読めません"):
        read_signing_key(path, ORIGIN)


def test_paper_can_be_typed_in_again(key) -> None:
    checkpoint = Checkpoint(ORIGIN, 1234, hash_leaf(b"x"), NOON)
    groups = list_groups(checkpoint)
    assert [len(group) for group in groups] == [4] * 14
    typed = "1,234  " + "-".join(groups).lower().replace("0", "o").replace("1", "l")
    read = verify.read_paper(typed)
    assert (read.size, read.root) == (1234, checkpoint.root)
    other = "Z" if groups[0][0] != "Z" else "Y"
    for wrong in (
        f"1234 {other}{' '.join(groups)[1:]}",
        "1235 " + " ".join(groups),
        "1234 ABCD",
        "",
        "１ " * 57,
    ):
        with pytest.raises(verify.UnreadableError):
            verify.read_paper(wrong)
    page = write_page(checkpoint, key.sign(checkpoint), key.public_text)
    assert "2026年11月23日 12:00 現在、1,234 件" in page
    assert " ".join(groups[:7]) in page
    assert key.public_text in page


def test_an_auditor_needs_the_one_file_and_python(tmp_path: Path, key) -> None:
    """Carried away, without our packages, isolated: the log, then the proof that one checkpoint continues another."""
    rows = [encode_row(replace(ROW, row_id=str(number))) for number in range(9)]
    leaves = [hash_leaf(row) for row in rows]
    (tmp_path / "carried.py").write_bytes(Path(verify.__file__).read_bytes())
    (tmp_path / "log.jsonl").write_bytes(b"".join(row + b"\n" for row in rows))
    (tmp_path / "key.txt").write_text(key.public_text + "\n", encoding="utf-8")
    for size in (5, 8):
        root = CompactRange().extend(leaves[:size]).root
        (tmp_path / f"{size}.note").write_bytes(key.sign(Checkpoint(ORIGIN, size, root, NOON)))
    hashes = [verify.base64.b64encode(one).decode() for one in prove_consistency(leaves[:8], 5)]
    (tmp_path / "proof.json").write_text(json.dumps({"hashes": hashes}), encoding="utf-8")

    whole = run_carried(tmp_path, "log.jsonl", "5.note", "8.note", "--key", "key.txt")
    assert (whole.returncode, "一致しました" in whole.stdout, "後の 1 件" in whole.stdout) == (0, True, True)
    linked = run_carried(
        tmp_path, "--consistency", "proof.json", "5.note", "8.note", "--key", key.public_text
    )
    assert (linked.returncode, "5 → 8" in linked.stdout) == (0, True)

    (tmp_path / "log.jsonl").write_bytes(b"".join(row + b"\n" for row in [*rows[:6], *rows[7:]]))
    changed = run_carried(tmp_path, "log.jsonl", "5.note", "8.note", "--key", "key.txt")
    assert (changed.returncode, "6 件目から 8 件目" in changed.stdout) == (1, True)


def run_carried(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "carried.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["log.jsonl"],
        ["log.jsonl", "a.note"],
        ["log.jsonl", "a.note", "--key", "gone.txt"],
        ["log.jsonl", "a.note", "--key", "x+00000000+AAAA"],
        ["log.jsonl", "--paper", "7 ABCD"],
        ["--consistency", "log.jsonl", "a.note", "--key", "k"],
    ],
)
def test_a_question_that_cannot_be_read_is_not_answered_with_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.jsonl").write_bytes(b"{}\n")
    (tmp_path / "a.note").write_bytes(b"")
    assert verify.main(arguments) == verify.UNREADABLE
    assert "確かめられません" in capsys.readouterr().out


def test_the_verifier_stands_on_the_standard_library_alone() -> None:
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == set()
