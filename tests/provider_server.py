"""A real identity provider on this machine, run by the tests: `python -W ignore provider_server.py PORT`.

oidc-provider-mock does discovery, keys (RS256), authorization, token and userinfo. Added here: PKCE is enforced, as
real providers do; and the next ID token can be spoiled in one way (`PUT /spoil` with its name), as an attacker would.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from urllib.parse import parse_qs, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # this machine alone

import flask
import jwt
import oidc_provider_mock
import werkzeug.serving
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

WEEK_SECONDS = 7 * 24 * 60 * 60
CHANGES = {
    "wrong_nonce": lambda claims: claims | {"nonce": "another"},
    "no_nonce": lambda claims: {name: said for name, said in claims.items() if name != "nonce"},
    "wrong_audience": lambda claims: claims | {"aud": "another"},
    "for_several": lambda claims: claims | {"aud": ["tsunagu", "another"]},
    "wrong_issuer": lambda claims: claims | {"iss": "http://localhost:1"},
    "expired": lambda claims: claims | {"exp": int(time.time()) - WEEK_SECONDS},
    "no_end": lambda claims: {name: said for name, said in claims.items() if name != "exp"},
    "stale": lambda claims: claims | {"auth_time": int(time.time()) - WEEK_SECONDS},
    "no_auth_time": lambda claims: {name: said for name, said in claims.items() if name != "auth_time"},
}
app = oidc_provider_mock.app()
challenges: dict[str, str] = {}
state = {"spoil": "", "proofs": 0}


@app.put("/spoil")
def spoil():
    state["spoil"] = flask.request.get_data(as_text=True)
    return "", 204


@app.get("/other/.well-known/openid-configuration")
def describe_another():
    """A discovery document that names somebody else as who signs."""
    return app.view_functions["oidc-provider-mock.openid_config"]()


@app.get("/proofs")
def count_proofs():
    """How many codes were taken with the verifier that belongs to them."""
    return str(state["proofs"])


@app.before_request
def ask_for_proof():
    if flask.request.path != "/oauth2/token":
        return None
    verifier = flask.request.form.get("code_verifier", "")
    digest = hashlib.sha256(verifier.encode()).digest()
    found = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if challenges.pop(flask.request.form.get("code", ""), None) != found:
        return flask.jsonify({"error": "invalid_grant"}), 400
    state["proofs"] += 1
    return None


@app.after_request
def change_answer(response):
    if flask.request.path == "/oauth2/authorize" and response.status_code == 302:
        code = parse_qs(urlsplit(response.headers["Location"]).query).get("code", [""])[0]
        assert flask.request.args["code_challenge_method"] == "S256"
        challenges[code] = flask.request.args["code_challenge"]
    if flask.request.path == "/oauth2/token" and response.status_code == 200 and state["spoil"]:
        answer = json.loads(response.get_data())
        answer["id_token"] = spoil_token(answer["id_token"], state["spoil"])
        state["spoil"] = ""
        response.set_data(json.dumps(answer))
    return response


def spoil_token(token: str, kind: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    own = jwt.PyJWK(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True), algorithm="RS256")
    kid = jwt.get_unverified_header(token).get("kid")
    headers = {"kid": kid} if kid else {}
    if kind == "other_key":
        return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", headers)
    if kind == "unsigned":
        return jwt.encode(claims, None, "none", headers)
    if kind == "shared_secret":
        return jwt.encode(claims, "a shared secret of some length, 32+", "HS256", headers)
    if kind == "public_key_as_secret":
        pem = own.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        start = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in ({"alg": "HS256", "typ": "JWT", **headers}, claims)
        )
        sign = hmac.digest(pem, start.encode(), "sha256")
        return f"{start}.{base64.urlsafe_b64encode(sign).rstrip(b'=').decode()}"
    return jwt.encode(CHANGES[kind](claims), own.key, "RS256", headers)


if __name__ == "__main__":
    werkzeug.serving.make_server("localhost", int(sys.argv[1]), app, threaded=True).serve_forever()
