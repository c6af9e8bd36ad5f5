"""The Merkle tree of RFC 9162, section 2.1, on the writer's side: a growing root, and the two proofs.

Checking a proof is the verifier's work (`verify.py`), which shares no code with this module on purpose.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(row: bytes) -> bytes:
    """The leaf hash of one row's canonical bytes."""
    return hashlib.sha256(b"\x00" + row).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """All that is needed to go on from `size` rows: the roots of the full subtrees, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """One peak for each bit of the size: a range read back from a file must at least have its shape."""
        if len(self.peaks) != self.size.bit_count() or any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise ValueError("not a compact range")

    def extend(self, leaves: Iterable[bytes]) -> "CompactRange":
        """The range after these leaf hashes."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node = leaf
            for _ in range(_count_trailing_ones(size)):
                node = hash_node(peaks.pop(), node)
            peaks.append(node)
            size += 1
        return CompactRange(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root of the rows so far."""
        if not self.peaks:
            return EMPTY_ROOT
        *larger, node = self.peaks
        for peak in reversed(larger):
            node = hash_node(peak, node)
        return node


def prove_inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at `index` to the root of all `leaves` (PATH of 2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such row")
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*prove_inclusion(leaves[:half], index), _compute_root(leaves[half:])]
    return [*prove_inclusion(leaves[half:], index - half), _compute_root(leaves[:half])]


def prove_consistency(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The hashes that show all `leaves` to continue their first `old_size` (PROOF of 2.1.4.1)."""
    if not 0 < old_size <= len(leaves):
        raise IndexError("no such size")
    return _prove_subtree(leaves, old_size, is_known=True)


def _prove_subtree(leaves: Sequence[bytes], old_size: int, *, is_known: bool) -> list[bytes]:
    """SUBPROOF of 2.1.4.1; `is_known` says that whoever checks has the root of these leaves already."""
    if old_size == len(leaves):
        return [] if is_known else [_compute_root(leaves)]
    half = _split(len(leaves))
    if old_size <= half:
        inner = _prove_subtree(leaves[:half], old_size, is_known=is_known)
        return [*inner, _compute_root(leaves[half:])]
    inner = _prove_subtree(leaves[half:], old_size - half, is_known=False)
    return [*inner, _compute_root(leaves[:half])]


def _compute_root(leaves: Sequence[bytes]) -> bytes:
    return CompactRange().extend(leaves).root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _count_trailing_ones(number: int) -> int:
    return (~number & number + 1).bit_length() - 1
