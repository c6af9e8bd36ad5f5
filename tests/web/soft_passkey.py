"""A passkey made of software: what a security key would answer, signed by a key of its own."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

ORIGIN = "https://localhost"


def write_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class SoftPasskey:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    host: str = "localhost"
    origin: str = ORIGIN

    def create(self, options: dict) -> str:
        public = self.key.public_key().public_numbers()
        point = {-2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        cose = cbor.encode({1: 2, 3: -7, -1: 1, **point})
        held = bytes(16) + struct.pack(">H", len(self.number)) + self.number + cose
        made = {"fmt": "none", "attStmt": {}, "authData": self._write_data(0x41) + held}
        return self._answer(
            {
                "clientDataJSON": write_base64(self._write_client("webauthn.create", options)),
                "attestationObject": write_base64(cbor.encode(made)),
            }
        )

    def get(self, options: dict) -> str:
        data, client = self._write_data(0x01), self._write_client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": write_base64(client),
                "authenticatorData": write_base64(data),
                "signature": write_base64(signature),
                "userHandle": None,
            }
        )

    def _write_data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + bytes(4)

    def _write_client(self, kind: str, options: dict) -> bytes:
        challenge = options["publicKey"]["challenge"]
        words = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(words).encode()

    def _answer(self, response: dict) -> str:
        number = write_base64(self.number)
        words = {"type": "public-key", "id": number, "rawId": number, "response": response}
        return json.dumps({**words, "clientExtensionResults": {}})
