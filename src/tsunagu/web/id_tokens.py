"""What an identity provider signs about somebody, believed only when everything about it is right.

allauth leaves the signature of a token unchecked that it has fetched itself; we check it each time, and the nonce too.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt

# Signed with a key of the provider's own. Never with a secret that we share with it, and never unsigned.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_KEY_KINDS = ("RSA", "EC")
_REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
_LEEWAY_SECONDS = 60
# How long ago somebody may have shown who they are, when they were to show it now.
FRESH_SECONDS = 5 * 60

Claims = Mapping[str, Any]


class TokenRefusedError(Exception):
    """A token that is not believed; why, for the log of a developer, without anything of its content."""


def read_claims(token: str, keys: Any, *, issuer: str, client_id: str, nonce: str) -> Claims:
    """What the token says.

    Args:
        token: as the provider's token endpoint gave it.
        keys: the provider's published keys, a JSON Web Key Set.
        issuer: who must have signed it.
        client_id: for whom it must be meant.
        nonce: what we asked with.

    Raises:
        TokenRefusedError: anything about it is wrong.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_find_key(token, keys),
            algorithms=_ALGORITHMS,
            issuer=issuer,
            audience=client_id,
            leeway=_LEEWAY_SECONDS,
            options={"require": _REQUIRED},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise TokenRefusedError(type(error).__name__) from None
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise TokenRefusedError("nonce")
    is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if is_for_several else client_id) != client_id:
        raise TokenRefusedError("azp")
    return claims


def is_fresh(claims: Claims, now: datetime) -> bool:
    """Whether the provider says that it has just asked them anew."""
    asked_at = claims.get("auth_time")
    if not isinstance(asked_at, int | float):
        return False
    return abs(now.timestamp() - asked_at) <= FRESH_SECONDS + _LEEWAY_SECONDS


def has_one_of(claims: Claims, claim: str, values: tuple[str, ...]) -> bool:
    """Whether a claim (one word, or a list of words) holds any of these."""
    said = claims.get(claim)
    return any(one in values for one in (said if isinstance(said, list) else [said]))


def _find_key(token: str, keys: Any) -> Any:
    """The one the token names; of a provider that has a single key, that one."""
    name = jwt.get_unverified_header(token).get("kid")
    usable = [key for key in keys["keys"] if key.get("kty") in _KEY_KINDS and key.get("use", "sig") == "sig"]
    found = [key for key in usable if key.get("kid") == name] if name else usable
    if len(found) != 1:
        raise TokenRefusedError("key")
    return jwt.PyJWK(found[0]).key
