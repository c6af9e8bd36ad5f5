"""Vectors that others made: RFC 9162 proofs of transparency-dev/merkle, and the signatures of RFC 8032."""

import base64
import json
import random
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tsunagu.audit import verify

# RFC 8032, 7.1: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.fixture(scope="module")
def vectors(realdata: Path) -> Path:
    return realdata / "vectors" / "merkle_rfc9162" / "testdata"


def read_vectors(folder: Path) -> list[dict]:
    found = [json.loads(path.read_bytes()) for path in sorted(folder.rglob("*.json"))]
    assert len(found) > 90
    return found


def decode(hashes: list[str] | None) -> list[bytes]:
    return [base64.b64decode(one) for one in hashes or []]


def test_inclusion_vectors(vectors: Path) -> None:
    for one in read_vectors(vectors / "inclusion"):
        leaf, root = decode([one["leafHash"], one["root"]])
        said = verify.is_included(leaf, one["leafIdx"], one["treeSize"], decode(one["proof"]), root)
        assert said is not one["wantErr"], one["desc"]


def test_consistency_vectors(vectors: Path) -> None:
    for one in read_vectors(vectors / "consistency"):
        old_root, root = decode([one["root1"], one["root2"]])
        said = verify.is_consistent(one["size1"], old_root, one["size2"], root, decode(one["proof"]))
        assert said is not one["wantErr"], one["desc"]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_signatures_of_the_standard(key: str, message: str, signature: str) -> None:
    key_bytes, message_bytes, signed = map(bytes.fromhex, (key, message, signature))
    assert verify.is_signed(key_bytes, message_bytes, signed)
    assert not verify.is_signed(key_bytes, message_bytes + b" ", signed)


def test_signatures_are_judged_like_the_library_judges_them() -> None:
    rng = random.Random(1)
    for number in range(40):
        private = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
        key, message = private.public_key().public_bytes_raw(), rng.randbytes(rng.randrange(200))
        signature = bytearray(private.sign(message))
        if number % 2:
            signature[rng.randrange(64)] ^= 1 << rng.randrange(8)
        assert verify.is_signed(key, message, bytes(signature)) is is_signed_by_library(
            key, message, bytes(signature)
        )


def is_signed_by_library(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(
    "key",
    [
        b"",
        bytes(31),
        b"\xff" * 32,
        (2).to_bytes(32, "little"),
        (1 | 1 << 255).to_bytes(32, "little"),
    ],
)
def test_what_is_no_point_signs_nothing(key: bytes) -> None:
    assert not verify.is_signed(key, b"", bytes(64))
