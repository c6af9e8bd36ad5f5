"""監査の記録が後から変えられていないかを、このファイル一つで確かめます。 / Verifies an audit log, by itself.

    python3 verify.py 記録.jsonl 控え.note... --key 公開鍵       the exported log against checkpoints held outside
    python3 verify.py 記録.jsonl --paper "件数 符号"              the same, against a checkpoint on paper
    python3 verify.py --consistency 証明.json 古い控え 新しい控え --key 公開鍵   one checkpoint continues another
    python3 verify.py --inclusion 証明.json 控え --key 公開鍵     one row is in the log

Needs Python 3.9 or later and nothing else: no package, no network, nothing of the program that wrote the log. Copy it
away, read it, keep it. Exit code: 0 everything agrees, 1 something does not, 2 the question could not be read.

It shares no code with the writer on purpose: a mistake in one of them does not hide in the other.
Sources: RFC 9162 section 2.1 (the tree), RFC 8032 section 5.1 (Ed25519), c2sp.org/tlog-checkpoint (the note).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AGREES, DIFFERS, UNREADABLE = 0, 1, 2


class UnreadableError(Exception):
    """A file or an argument that says nothing that could be checked."""


class MismatchError(Exception):
    """What was given does not agree: the log, a checkpoint, a signature or a proof was changed."""


# --- The tree (RFC 9162) ---------------------------------------------------------------------------------------


def hash_leaf(row: bytes) -> bytes:
    """The hash of one row; the prefix keeps a row from passing for an inner node."""
    return hashlib.sha256(b"\x00" + row).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The roots of a growing log; holds one hash for each full subtree, never the rows."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, row: bytes) -> None:
        """Take one row in, and join what has become full."""
        node = hash_leaf(row)
        full = self.size
        while full & 1:
            node = hash_children(self._peaks.pop(), node)
            full >>= 1
        self._peaks.append(node)
        self.size += 1

    def compute_root(self) -> bytes:
        """The root of the rows so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = hash_children(peak, node)
        return node


def is_included(leaf: bytes, index: int, size: int, hashes: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` of the log with this size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != 32:
        return False
    place, last, node = index, size - 1, leaf
    for step in hashes:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = hash_children(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hash_children(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, hashes: Sequence[bytes]) -> bool:
    """Whether the newer log begins with the whole older one (RFC 9162, 2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not hashes and old_root == root
    steps = list(hashes)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return _follow_consistency(place, last, steps) == (old_root, root)


def _follow_consistency(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The older and the newer root that the steps lead to, or None when they do not lead to a root."""
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = hash_children(step, old), hash_children(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = hash_children(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


# --- The signature (RFC 8032, Ed25519) -------------------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

# A point as (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


def _add(first: _Point, second: _Point) -> _Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % _P
    b = (first[1] + first[0]) * (second[1] + second[0]) % _P
    c = 2 * first[3] * second[3] * _D % _P
    d = 2 * first[2] * second[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _read_point(text: bytes) -> _Point | None:
    """The point that 32 bytes stand for, or None when they stand for none."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _write_point(point: _Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _multiply_two(first_times: int, first: _Point, second_times: int, second: _Point) -> _Point:
    """The sum of two multiples, bit by bit of both together. Verifying has no secret, so time may depend on bits."""
    choices = (_NEUTRAL, first, second, _add(first, second))
    total = _NEUTRAL
    for bit in range(max(first_times.bit_length(), second_times.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        choice = (first_times >> bit & 1) | (second_times >> bit & 1) << 1
        if choice:
            total = _add(total, choices[choice])
    return total


_BASE = _read_point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 signature of the message is by the holder of this public key."""
    point = _read_point(key) if len(key) == 32 else None
    if point is None or len(signature) != 64 or _BASE is None:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % _ORDER
    minus = (_P - point[0], point[1], 1, _P - point[3])
    return _write_point(_multiply_two(scalar, _BASE, challenge, minus)) == signature[:32]


# --- Keys, checkpoints, paper ----------------------------------------------------------------------------------

_ED25519 = b"\x01"
_TIME = re.compile(r"time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_PAPER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAPER_BYTES = 35
_CHECK_BYTES = 3


@dataclass(frozen=True)
class Key:
    """The public half of the key that signs one installation's checkpoints; `name` is the log's origin."""

    name: str
    key_id: bytes
    public: bytes


@dataclass(frozen=True)
class Checkpoint:
    """What somebody outside holds: the log had `size` rows and this root. On paper there is no time."""

    label: str
    size: int
    root: bytes
    time: str


def _read_base64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError("base64 として読めません。 / not base64") from None
    if base64.b64encode(found).decode() != text:
        raise UnreadableError("base64 の書き方が一通りではありません。 / base64 not in its one form")
    return found


def read_key(text: str) -> Key:
    """A public key as printed at set-up: `origin+key id+key`."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        given = bytes.fromhex(key_id)
    except ValueError:
        raise UnreadableError("公開鍵を読めません。 / the public key cannot be read") from None
    typed = _read_base64(encoded)
    computed = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    if typed[:1] != _ED25519 or len(typed) != 33 or given != computed:
        raise UnreadableError("公開鍵が途中で変わっています。 / the public key is damaged")
    return Key(name, given, typed[1:])


def read_checkpoint(note: bytes, key: Key, label: str) -> Checkpoint:
    """A signed note, whose signature by `key` is checked first."""
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError:
        raise MismatchError(f"{label}: 控えが文字として読めません。 / not UTF-8") from None
    body, gap, signatures = text.rpartition("\n\n")
    if not gap or not _has_signature(body + "\n", signatures, key):
        raise MismatchError(
            f"{label}: 署名が公開鍵と合いません。控えが変えられたか、別の鍵の控えです。 / bad signature"
        )
    lines = body.split("\n")
    time = _TIME.fullmatch(lines[3]) if len(lines) == 4 else None
    if time is None or lines[0] != key.name or not _SIZE.fullmatch(lines[1]):
        raise MismatchError(f"{label}: 控えの書き方が違います。 / not a checkpoint of this log")
    root = _read_base64(lines[2])
    if len(root) != 32:
        raise MismatchError(f"{label}: 控えの書き方が違います。 / not a checkpoint of this log")
    return Checkpoint(label, int(lines[1]), root, time[1])


def _has_signature(body: str, signatures: str, key: Key) -> bool:
    """Whether one line of the signatures is by the key; lines of others (witnesses) are passed over."""
    for line in signatures.split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash == "—" and name == key.name:
            signed = _read_base64(encoded)
            if signed[:4] == key.key_id:
                return is_signed(key.public, body.encode(), signed[4:])
    return False


def read_paper(text: str) -> Checkpoint:
    """A checkpoint typed off paper: the number of rows, then 56 signs in groups (case, spaces, hyphens are free)."""
    first, _, rest = text.strip().partition(" ")
    size = first.replace(",", "")
    signs = re.sub(r"[\s-]", "", rest).upper().translate(str.maketrans("OIL", "011"))
    if not _SIZE.fullmatch(size) or len(signs) != _PAPER_BYTES * 8 // 5 or set(signs) - set(_PAPER_ALPHABET):
        raise UnreadableError(
            "紙の控えを読めません。「件数 符号」の形で入れてください。 / unreadable paper code"
        )
    number = 0
    for sign in signs:
        number = number << 5 | _PAPER_ALPHABET.index(sign)
    content = number.to_bytes(_PAPER_BYTES, "big")
    root, check = content[:32], content[32:]
    if hashlib.sha256(b"paper\n" + size.encode() + b"\n" + root).digest()[:_CHECK_BYTES] != check:
        raise UnreadableError("紙の控えの打ち間違いです。打ち直してください。 / mistyped paper code")
    return Checkpoint("紙の控え", int(size), root, "")


# --- The log against checkpoints -------------------------------------------------------------------------------


def list_rows(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Each row's bytes: a line without its end. A last line without an end was cut off."""
    for line in lines:
        if not line.endswith(b"\n"):
            raise MismatchError("記録の最後の行が途中で切れています。 / the last row is cut off")
        yield line[:-1]


def compare_log(rows: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> list[str]:
    """What agrees, a line for each checkpoint.

    Raises:
        MismatchError: a checkpoint that the log does not continue, and between which rows the change lies.
    """
    waiting = sorted(checkpoints, key=lambda checkpoint: checkpoint.size)
    _check_times(waiting)
    said: list[str] = []
    tree = Tree()
    good = _settle(tree, waiting, said, 0)
    for row in rows:
        tree.append(row)
        good = _settle(tree, waiting, said, good)
    if waiting:
        raise MismatchError(
            f"{waiting[0].label}: 控えは {waiting[0].size} 件ですが、記録は {tree.size} 件しかありません。"
            " / the log is shorter than the checkpoint"
        )
    said.append(
        f"最後の控えより後の {tree.size - good} 件は、次の控えまで確かめられません。 / not yet covered"
    )
    return said


def _settle(tree: Tree, waiting: list[Checkpoint], said: list[str], good: int) -> int:
    """Compare the checkpoints whose size the log has just reached; returns the last size that agreed."""
    while waiting and waiting[0].size == tree.size:
        checkpoint = waiting.pop(0)
        if tree.compute_root() != checkpoint.root:
            raise MismatchError(
                f"{checkpoint.label}: 一致しません。{good + 1} 件目から {checkpoint.size} 件目までのどこかが"
                "変えられています。 / the log was changed in this stretch"
            )
        good = checkpoint.size
        said.append(f"{checkpoint.label}: {good} 件まで一致しました {checkpoint.time} / agrees")
    return good


def _check_times(checkpoints: Sequence[Checkpoint]) -> None:
    times = [checkpoint.time for checkpoint in checkpoints if checkpoint.time]
    if times != sorted(times):
        raise MismatchError("件数の多い控えのほうが、時刻が古くなっています。 / times run backwards")


# --- Proofs ----------------------------------------------------------------------------------------------------


def check_consistency(proof: Any, old: Checkpoint, new: Checkpoint) -> list[str]:
    """Say that the newer checkpoint continues the older one, without any row."""
    hashes = _read_hashes(proof)
    if not is_consistent(old.size, old.root, new.size, new.root, hashes):
        raise MismatchError(
            "新しい控えは、古い控えの続きではありません。 / the log was rewritten between them"
        )
    return [f"{new.label} は {old.label} の続きです({old.size} → {new.size} 件)。 / consistent"]


def check_inclusion(proof: Any, checkpoint: Checkpoint) -> list[str]:
    """Say that the row in the proof is in the log of the checkpoint."""
    hashes = _read_hashes(proof)
    row, index = proof.get("row"), proof.get("index")
    if not isinstance(row, str) or type(index) is not int:
        raise UnreadableError("証明を読めません。 / the proof cannot be read")
    if not is_included(hash_leaf(row.encode()), index, checkpoint.size, hashes, checkpoint.root):
        raise MismatchError("この行は、控えの記録の中にありません。 / the row is not in the log")
    return [f"この行は {index + 1} 件目にあります。 / included"]


def _read_hashes(proof: Any) -> list[bytes]:
    found = proof.get("hashes") if isinstance(proof, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UnreadableError("証明を読めません。 / the proof cannot be read")
    return [_read_base64(one) for one in found]


# --- The command -----------------------------------------------------------------------------------------------


def _read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, help="記録と控えのファイル")
    parser.add_argument("--key", help="公開鍵(文字のまま、またはそのファイル)")
    parser.add_argument("--paper", action="append", default=[], help="紙の控え「件数 符号」(何度でも)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--consistency", type=Path, metavar="PROOF", help="続きであることの証明")
    kind.add_argument("--inclusion", type=Path, metavar="PROOF", help="一行があることの証明")
    return parser.parse_args(arguments)


def _find_key(given: str | None) -> Key:
    if given is None:
        raise UnreadableError(
            "--key で公開鍵を指定してください(導入のときに紙に控えたもの)。 / --key is needed"
        )
    return read_key(given if "+" in given else Path(given).read_text(encoding="utf-8"))


def _read_checkpoints(paths: Sequence[Path], given: str | None) -> list[Checkpoint]:
    key = _find_key(given) if paths else None
    return [read_checkpoint(path.read_bytes(), key, path.name) for path in paths if key]


def _answer(options: argparse.Namespace) -> list[str]:
    proof = options.consistency or options.inclusion
    if proof is None:
        held = [*map(read_paper, options.paper), *_read_checkpoints(options.files[1:], options.key)]
        if not held:
            raise UnreadableError("比べる控えがありません。 / no checkpoint to compare with")
        with options.files[0].open("rb") as file:
            return compare_log(list_rows(file), held)
    content = json.loads(proof.read_bytes())
    held = _read_checkpoints(options.files, options.key)
    if len(held) != (2 if options.consistency else 1):
        raise UnreadableError("控えの数が違います。 / wrong number of checkpoints")
    return check_consistency(content, *held) if options.consistency else check_inclusion(content, *held)


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one question on the command line; returns the exit code."""
    options = _read_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        said = _answer(options)
    except MismatchError as error:
        sys.stdout.write(f"不一致 / MISMATCH\n  {error}\n")
        return DIFFERS
    except (UnreadableError, OSError, ValueError) as error:
        sys.stdout.write(f"確かめられません / NOT CHECKED\n  {error}\n")
        return UNREADABLE
    sys.stdout.write("".join(f"  {line}\n" for line in said) + "一致しました / VERIFIED\n")
    return AGREES


if __name__ == "__main__":
    sys.exit(main())
