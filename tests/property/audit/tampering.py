"""An audit log, an auditor who holds checkpoints outside, and everything an attacker inside can do about it.

A `World` is the honest state. A tampering makes of it what the auditor is handed instead: another export, other
notes, another proof. The attacker may hold the signing key. `ask` puts the case to a verifier as a command.
"""

import base64
import contextlib
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tsunagu.audit.checkpoints import Checkpoint, SigningKey, name_origin
from tsunagu.audit.merkle import CompactRange, hash_leaf, prove_consistency, prove_inclusion
from tsunagu.audit.paper import list_groups
from tsunagu.audit.rows import AuditRow, Outcome, encode_row

ORIGIN = name_origin("999999", "5f0c")
BEGAN = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
ORDER = 2**252 + 27742317777372353535851937790883648493


@dataclass(frozen=True)
class World:
    """`rows` as they were written; `held` the sizes whose notes are outside; `inside` one that never left."""

    rows: list[bytes]
    key: SigningKey
    held: list[int]
    inside: int

    @property
    def safe(self) -> int:
        """Rows below this are covered by what is held outside."""
        return max(self.held)


@dataclass(frozen=True)
class Case:
    """What is put to the verifier: the export's bytes, notes, paper codes, and a proof with its kind."""

    export: bytes
    notes: list[bytes]
    key: str
    paper: tuple[str, ...] = ()
    proof: tuple[str, dict] | None = None


def make_row(rng: random.Random, number: int) -> bytes:
    row = AuditRow(
        row_id=f"{rng.getrandbits(128):032x}",
        at=BEGAN + timedelta(seconds=number * 60 + rng.randrange(60)),
        staff_id=f"s{rng.randrange(40)}",
        role=rng.choice(["caseworker", "coordinator", "school"]),
        purpose=rng.choice(["poverty_support", "abuse_prevention"]),
        act=rng.choice(["child.open", "child.search", "plan.write"]),
        object_kind="child",
        object_id=f"{rng.getrandbits(30):06X}",
        relationship=rng.choice(["assigned", "team", ""]),
        outcome=rng.choice(list(Outcome)),
        request_id=f"{rng.getrandbits(64):016x}",
    )
    return encode_row(row)


def make_world(rng: random.Random) -> World:
    rows = [make_row(rng, number) for number in range(rng.randrange(8, 70))]
    sizes = sorted(rng.sample(range(2, len(rows) + 1), 3))
    key = SigningKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)))
    return World(rows, key, [sizes[0], sizes[2]], sizes[1])


def sign(key: SigningKey, rows: list[bytes], size: int, minutes: int | None = None) -> bytes:
    """The note of the first `size` rows, made one hour after the last of them unless said otherwise."""
    at = BEGAN + timedelta(minutes=size + 60 if minutes is None else minutes)
    return key.sign(Checkpoint(key.origin, size, compute_root(rows[:size]), at))


def compute_root(rows: list[bytes]) -> bytes:
    return CompactRange().extend(map(hash_leaf, rows)).root


def join(rows: list[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)


def write_proof(hashes: list[bytes], **more: object) -> dict:
    return {**more, "hashes": [base64.b64encode(one).decode() for one in hashes]}


def list_honest(world: World) -> list[Case]:
    """What must be accepted: the log, also on paper and grown; both kinds of proof."""
    leaves = [hash_leaf(row) for row in world.rows[: world.safe]]
    small, index = world.held[0], world.held[0] - 1
    notes = [sign(world.key, world.rows, size) for size in world.held]
    whole = Case(join(world.rows), notes, world.key.public_text)
    row = world.rows[index].decode()
    return [
        whole,
        replace(whole, notes=[*notes, sign(world.key, world.rows, world.inside)]),
        replace(whole, notes=[], paper=(write_paper(world.rows, small),)),
        replace(whole, proof=("consistency", write_proof(prove_consistency(leaves, small)))),
        replace(
            whole,
            notes=notes[-1:],
            proof=("inclusion", write_proof(prove_inclusion(leaves, index), row=row, index=index)),
        ),
    ]


def write_paper(rows: list[bytes], size: int) -> str:
    return f"{size} " + " ".join(list_groups(Checkpoint(ORIGIN, size, compute_root(rows[:size]), BEGAN)))


# --- Tamperings: each takes the world and says what the auditor is handed -------------------------------------


def hand_rows(world: World, rows: list[bytes]) -> Case:
    return replace(list_honest(world)[0], export=join(rows))


def change_row(world: World, rng: random.Random) -> list[bytes]:
    """One member of one covered row says something else, in perfect form."""
    rows = list(world.rows)
    place = rng.randrange(world.safe)
    content = json.loads(rows[place])
    name = rng.choice(sorted(content))
    content[name] = content[name][:-1] + ("y" if content[name][-1:] == "x" else "x")
    rows[place] = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return rows


def flip_bit(world: World, rng: random.Random) -> Case:
    end = len(join(world.rows[: world.safe]))
    export = bytearray(join(world.rows))
    export[rng.randrange(end)] ^= 1 << rng.randrange(8)
    return replace(list_honest(world)[0], export=bytes(export))


def delete_rows(world: World, rng: random.Random) -> list[bytes]:
    rows = list(world.rows)
    del rows[rng.randrange(world.safe)]
    return rows


def insert_row(world: World, rng: random.Random) -> list[bytes]:
    rows = list(world.rows)
    rows.insert(rng.randrange(world.safe), make_row(rng, 0))
    return rows


def swap_rows(world: World, rng: random.Random) -> list[bytes]:
    rows = list(world.rows)
    first = rng.randrange(world.safe)
    second = rng.choice([place for place in range(len(rows)) if place != first])
    rows[first], rows[second] = rows[second], rows[first]
    return rows


def reorder_rows(world: World, rng: random.Random) -> list[bytes]:
    rows = list(world.rows)
    start = rng.randrange(world.safe - 1)
    stop = rng.randrange(start + 2, len(rows) + 1)
    turn = rng.randrange(1, stop - start)
    return rows[:start] + rows[start + turn : stop] + rows[start : start + turn] + rows[stop:]


def duplicate_row(world: World, rng: random.Random) -> list[bytes]:
    """A row twice; half the time in the place of another, so that the count stays."""
    rows = list(world.rows)
    place = rng.randrange(world.safe)
    source = rng.choice([other for other in range(len(rows)) if other != place])
    rows[place : place + rng.randrange(2)] = [rows[source]]
    return rows


def truncate(world: World, rng: random.Random) -> Case:
    """The end is missing, at a row's end or in the middle of one."""
    export = join(world.rows)
    covered = len(join(world.rows[: world.safe]))
    stop = (
        len(join(world.rows[: rng.randrange(world.safe)])) if rng.random() < 0.5 else rng.randrange(covered)
    )
    return replace(list_honest(world)[0], export=export[:stop])


def split_or_join_rows(world: World, rng: random.Random) -> Case:
    """Line ends are moved: two rows pass for one, or one for two."""
    export = join(world.rows)
    places = [place for place, sign in enumerate(export[: len(join(world.rows[: world.safe]))]) if sign == 10]
    place = rng.choice(places)
    if rng.random() < 0.5:
        changed = export[:place] + export[place + 1 :]
    else:
        cut = rng.randrange(place + 1)
        changed = export[:cut] + b"\n" + export[cut:]
    return replace(list_honest(world)[0], export=changed)


def pass_node_for_row(world: World, rng: random.Random) -> list[bytes]:
    """Two rows give way to one that holds what their node hashes: only prefixes tell the two apart."""
    place = rng.randrange(0, world.safe - 1, 2)
    rows = world.rows
    node = hash_leaf(rows[place]) + hash_leaf(rows[place + 1])
    return [*rows[:place], node.replace(b"\n", b"x"), *rows[place + 2 :]]


def rewrite_history(world: World, rng: random.Random) -> Case:
    """With the stolen key: a covered row is changed, and every checkpoint inside is made and signed anew."""
    make = rng.choice([change_row, delete_rows, insert_row, swap_rows, reorder_rows])
    rows = [*make(world, rng), make_row(rng, 99)]
    own = sign(world.key, world.rows, world.safe)
    anew = sign(world.key, rows, min(len(rows), world.safe + 1))
    return Case(join(rows), rng.sample([own, anew], 2), world.key.public_text)


def replay_older_state(world: World, rng: random.Random) -> Case:
    """An earlier export with its own genuine checkpoint, to somebody who holds a later one."""
    size = rng.randrange(1, world.safe)
    genuine = sign(world.key, world.rows, size)
    held = sign(world.key, world.rows, world.safe)
    return Case(join(world.rows[:size]), [genuine, held], world.key.public_text)


def backdate(world: World, rng: random.Random) -> Case:
    """With the stolen key: rows are added and their checkpoint is dated before one that was held already."""
    honest = list_honest(world)[0]
    rows = [*world.rows, make_row(rng, 99)]
    early = sign(world.key, rows, len(rows), minutes=world.held[0] + rng.randrange(50))
    return replace(honest, export=join(rows), notes=[*honest.notes, early])


def forge_note(world: World, rng: random.Random) -> Case:
    """Without the key: the note says what suits the changed log, or the signature is another's or none."""
    honest = list_honest(world)[0]
    rows = change_row(world, rng)
    note = sign(world.key, rows, world.safe)
    genuine = honest.notes[-1].decode().rpartition("\n")[0].rpartition("\n")[2]
    stranger = SigningKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)))
    signed = rng.choice(
        [
            note.decode().partition("\n\n")[0] + "\n\n" + genuine + "\n",
            note.decode().partition("\n\n")[0] + "\n\n",
            sign(stranger, rows, world.safe).decode(),
            sign(stranger, rows, world.safe)
            .decode()
            .replace(stranger.public_text.split("+")[1], world.key.public_text.split("+")[1]),
        ]
    )
    return Case(join(rows), [signed.encode()], world.key.public_text)


def alter_note(world: World, rng: random.Random) -> Case:
    """One sign of a genuine note is another: size, root, time, origin or signature."""
    honest = list_honest(world)[0]
    note = bytearray(honest.notes[-1])
    place = rng.choice([place for place, sign in enumerate(note) if sign not in b"\n \xe2\x80\x94"])
    note[place] = rng.choice([sign for sign in b"0123456789ABCZabcz+/" if sign != note[place]])
    return replace(honest, notes=[bytes(note)])


def stretch_signature(world: World, rng: random.Random) -> Case:
    """The group's order is added to the signature's scalar: the same in arithmetic, forbidden by RFC 8032."""
    honest = list_honest(world)[0]
    body, _, line = honest.notes[-1].decode().rstrip("\n").rpartition(" ")
    content = base64.b64decode(line)
    scalar = int.from_bytes(content[36:], "little") + ORDER
    stretched = content[:36] + scalar.to_bytes(32, "little")
    return replace(honest, notes=[f"{body} {base64.b64encode(stretched).decode()}\n".encode()])


def rename_log(world: World, rng: random.Random) -> Case:
    """With the stolen key: a note whose text names another installation's log."""
    honest = list_honest(world)[0]
    note = honest.notes[-1].decode()
    body = note.partition("\n\n")[0].replace(ORIGIN, name_origin("999998", f"{rng.getrandbits(32):x}")) + "\n"
    key_id = bytes.fromhex(world.key.public_text.split("+")[1])
    signature = base64.b64encode(key_id + world.key._private.sign(body.encode())).decode()
    return replace(honest, notes=[f"{body}\n— {ORIGIN} {signature}\n".encode()])


def fool_paper(world: World, rng: random.Random) -> Case:
    """With the stolen key: everything inside is made anew, but a code was on paper."""
    rows = rng.choice([change_row, swap_rows, delete_rows])(world, rng)
    paper = write_paper(world.rows, world.safe)
    return Case(
        join(rows),
        [sign(world.key, rows, min(len(rows), world.safe + 1))],
        world.key.public_text,
        paper=(paper,),
    )


def fork(world: World, rng: random.Random) -> Case:
    """With the stolen key: the new checkpoint is of another history, with the best proof that can be made for it."""
    rows = [*change_row(replace(world, held=[world.held[0]]), rng), make_row(rng, 99)]
    leaves = [hash_leaf(row) for row in rows]
    notes = [sign(world.key, world.rows, world.held[0]), sign(world.key, rows, len(rows))]
    hashes = prove_consistency(leaves, world.held[0])
    if hashes and rng.random() < 0.3:
        del hashes[rng.randrange(len(hashes))]
    return Case(b"", notes, world.key.public_text, proof=("consistency", write_proof(hashes)))


def invent_row(world: World, rng: random.Random) -> Case:
    """A row that was never there, or was somewhere else, with a genuine row's proof."""
    size = world.safe
    leaves = [hash_leaf(row) for row in world.rows[:size]]
    place = rng.choice([0, size - 1, rng.randrange(size)])
    shown = {"row": world.rows[place].decode(), "index": place}
    shown |= rng.choice(
        [
            {"row": change_row(replace(world, rows=[world.rows[place]], held=[1]), rng)[0].decode()},
            {"index": rng.choice([other for other in (-1, size, rng.randrange(size)) if other != place])},
        ]
    )
    proof = ("inclusion", write_proof(prove_inclusion(leaves, place), **shown))
    return Case(b"", [sign(world.key, world.rows, size)], world.key.public_text, proof=proof)


ROWS: tuple[Callable[[World, random.Random], list[bytes]], ...] = (
    change_row,
    delete_rows,
    insert_row,
    swap_rows,
    reorder_rows,
    duplicate_row,
    pass_node_for_row,
)
CASES: tuple[Callable[[World, random.Random], Case], ...] = (
    flip_bit,
    truncate,
    split_or_join_rows,
    rewrite_history,
    replay_older_state,
    backdate,
    forge_note,
    alter_note,
    stretch_signature,
    rename_log,
    fool_paper,
    fork,
    invent_row,
)
KINDS = tuple(one.__name__ for one in (*ROWS, *CASES))


def tamper(kind: str, world: World, rng: random.Random) -> Case:
    for make in ROWS:
        if make.__name__ == kind:
            rows = make(world, rng)
            assert rows[: world.safe] != world.rows[: world.safe], kind
            return hand_rows(world, rows)
    return next(make for make in CASES if make.__name__ == kind)(world, rng)


def ask(verifier: ModuleType, folder: Path, case: Case) -> int:
    """The exit code of the verifier's command."""
    export = folder / "log.jsonl"
    export.write_bytes(case.export)
    notes = [folder / f"{number}.note" for number in range(len(case.notes))]
    for path, note in zip(notes, case.notes, strict=True):
        path.write_bytes(note)
    arguments = ["--key", case.key]
    for code in case.paper:
        arguments += ["--paper", code]
    if case.proof is None:
        arguments.append(str(export))
    else:
        proof = folder / "proof.json"
        proof.write_text(json.dumps(case.proof[1]), encoding="utf-8")
        arguments += [f"--{case.proof[0]}", str(proof)]
    with contextlib.redirect_stdout(io.StringIO()):
        return verifier.main([*arguments, *map(str, notes)])
