"""Whatever is done to an exported log is seen against a checkpoint held outside; and each guard is needed for it."""

import importlib.util
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tsunagu.audit import verify

sys.path.insert(0, str(Path(__file__).parent))

import tampering

QUICK, ALL = 300, 10_000
CASES_PER_WORLD = 2 * len(tampering.KINDS)

# Name -> what is taken out of the verifier, and what stands there instead.
MUTANTS = {
    "a row is hashed like a node": ('b"\\x00" + row', 'b"\\x01" + row'),
    "roots are not compared": ("tree.compute_root() != checkpoint.root", "False"),
    "the size is not compared": ("    if waiting:\n        raise", "    if False:\n        raise"),
    "the signature is not checked": ('not _has_signature(body + "\\n", signatures, key)', "False"),
    "any key will do": ("_write_point(_multiply_two(scalar, _BASE, challenge, minus)) == signature[:32]", "True"),
    "a stretched signature passes": ("if scalar >= _ORDER:", "if False:"),
    "another log passes": ("lines[0] != key.name", "False"),
    "times may run backwards": ("times != sorted(times)", "False"),
    "the consistency proof is not followed": ("if not is_consistent(", "if False and not is_consistent("),
    "only the new root counts": ("_follow_consistency(place, last, steps) == (old_root, root)", "(_follow_consistency(place, last, steps) or ())[1:] == (root,)"),
    "the inclusion proof is not followed": ("if not is_included(", "if False and not is_included("),
    "the place is not compared": ("if not 0 <= index < size or len(leaf) != 32:", "index = min(max(index, 0), size - 1)\n    if False:"),
    "paper is not read": ("*map(read_paper, options.paper), ", ""),
    "only the first checkpoint counts": ("    waiting = sorted(", "    checkpoints = checkpoints[:1]\n    waiting = sorted("),
}  # fmt: skip


def list_misjudged(verifier: ModuleType, folder: Path, cases: int, *, seed: int) -> Iterator[str]:
    """The kinds of tampered cases that were accepted, and `honest` for each honest one that was refused."""
    rng = random.Random(seed)
    world = tampering.make_world(rng)
    for number in range(cases):
        if number % CASES_PER_WORLD == 0:
            world = tampering.make_world(rng)
            honest = tampering.list_honest(world)
            yield from ("honest" for case in honest if tampering.ask(verifier, folder, case) != 0)
        kind = tampering.KINDS[number % len(tampering.KINDS)]
        if tampering.ask(verifier, folder, tampering.tamper(kind, world, rng)) == 0:
            yield kind


def load_mutant(folder: Path, old: str, new: str) -> ModuleType:
    source = Path(verify.__file__).read_text(encoding="utf-8")
    assert source.count(old) == 1, old
    path = folder / "mutant.py"
    path.write_text(source.replace(old, new), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("mutant", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutant"] = module  # its dataclasses look for their module there
    spec.loader.exec_module(module)
    return module


def test_tampering_is_seen(tmp_path: Path) -> None:
    assert list(list_misjudged(verify, tmp_path, QUICK, seed=1)) == []


@pytest.mark.slow
def test_every_one_of_ten_thousand_is_seen(tmp_path: Path) -> None:
    assert list(list_misjudged(verify, tmp_path, ALL, seed=2)) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_verifier_without_its_guard_is_found_out(tmp_path: Path, name: str) -> None:
    mutant = load_mutant(tmp_path, *MUTANTS[name])
    assert next(list_misjudged(mutant, tmp_path, QUICK, seed=3), None)


def test_what_no_checkpoint_outside_covers_is_not_seen(tmp_path: Path) -> None:
    """The limit, said openly: with the stolen key, rows after the last checkpoint outside can be changed unseen."""
    rng = random.Random(4)
    rows = [tampering.make_row(rng, number) for number in range(10)]
    key = tampering.make_world(rng).key
    held = tampering.sign(key, rows, 6)
    changed = [*rows[:7], tampering.make_row(rng, 7), *rows[8:]]
    anew = tampering.sign(key, changed, 10)
    case = tampering.Case(tampering.join(changed), [held, anew], key.public_text)
    assert tampering.ask(verify, tmp_path, case) == verify.AGREES
    witnessed = tampering.Case(tampering.join(changed), [held, tampering.sign(key, rows, 8)], key.public_text)
    assert tampering.ask(verify, tmp_path, witnessed) == verify.DIFFERS
