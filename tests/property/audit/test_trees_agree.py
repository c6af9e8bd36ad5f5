"""The writer and the verifier share no code: on any tree they must say the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.audit import merkle, verify
from tsunagu.audit.merkle import CompactRange

LEAVES = st.integers(1, 70).flatmap(
    lambda size: st.binary(min_size=4, max_size=4).map(
        lambda seed: [merkle.hash_leaf(seed + bytes([number])) for number in range(size)]
    )
)


def compute_root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word by word; slow."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = max(1 << bit for bit in range(len(leaves).bit_length()) if 1 << bit < len(leaves))
    left, right = compute_root_by_definition(leaves[:half]), compute_root_by_definition(leaves[half:])
    return verify.hash_children(left, right)


@settings(max_examples=30, deadline=None)
@given(LEAVES, st.data())
def test_a_range_goes_on_where_it_stopped(leaves: list[bytes], data: st.DataObject) -> None:
    stop = data.draw(st.integers(0, len(leaves)))
    first = CompactRange().extend(leaves[:stop])
    kept = CompactRange(first.size, first.peaks)
    assert kept.extend(leaves[stop:]) == CompactRange().extend(leaves)
    assert first.root == compute_root_by_definition(leaves[:stop])


@settings(max_examples=30, deadline=None)
@given(LEAVES, st.data())
def test_proofs_convince_and_nothing_else_does(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), CompactRange().extend(leaves).root
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.prove_inclusion(leaves, index)
    assert verify.is_included(leaves[index], index, size, proof, root)
    others = [other for other in range(-1, size + 2) if other != index]
    assert not any(verify.is_included(leaves[index], other, size, proof, root) for other in others)
    old = data.draw(st.integers(1, size))
    old_root = CompactRange().extend(leaves[:old]).root
    proof = merkle.prove_consistency(leaves, old)
    assert verify.is_consistent(old, old_root, size, root, proof)
    assert not verify.is_consistent(old, merkle.hash_leaf(b""), size, root, proof)
    assert not verify.is_consistent(old, old_root, size, root, [*proof, root])
    if proof:
        assert not verify.is_consistent(old, old_root, size, root, proof[:-1])


def test_the_verifier_reads_the_rows_as_the_writer_hashed_them() -> None:
    rng = random.Random(1)
    tree, written = verify.Tree(), CompactRange()
    for _ in range(300):
        row = rng.randbytes(rng.randrange(40))
        tree.append(row)
        written = written.extend([merkle.hash_leaf(row)])
        assert tree.compute_root() == written.root


def test_a_range_of_another_shape_is_refused() -> None:
    whole = CompactRange().extend([bytes(32)] * 5)
    for size, peaks in ((4, whole.peaks), (5, whole.peaks[:1]), (5, (*whole.peaks[:1], b"short"))):
        with pytest.raises(ValueError, match="compact range"):
            CompactRange(size, peaks)
