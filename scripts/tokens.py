"""Bearer tokens for development: their user, their claims, and their issuer."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import time
import typing

from console import fail
from processes import output
from project import debug_binary

SECRETS = ("JWT_SECRET", "BETTER_AUTH_SECRET", "JWT_SECRET_PREVIOUS")
CLAIMS = ("JWT_ISSUER", "JWT_AUDIENCE", "JWT_AUDIENCE_CLAIM", "JWT_USER_CLAIM")
# Python signs these itself. The other algorithms need a private key.
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
ALGORITHMS = (*HASHES, "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")


class Issuer(typing.NamedTuple):
    """Who signs the tokens. `ours` means that we do. The settings are the variables that the functions get, too."""

    ours: bool
    settings: dict

    @property
    def secret(self):
        return next((self.settings[name] for name in SECRETS if name in self.settings), None)


def configured_issuer(data):
    """The developer's own issuer, or else ours. Never both, because our tokens would be accepted, too."""
    given = {name: os.environ[name] for name in (*SECRETS, *CLAIMS) if name in os.environ}
    for name in SECRETS:
        if name in given and len(given[name].encode()) < 32:
            fail(f"{name} must have at least 32 bytes: `openssl rand -base64 48` makes one.")
    if any(name in os.environ for name in (*SECRETS, "JWKS", "JWKS_URL")):
        return Issuer(False, given)
    ours = {"JWT_SECRET": kept_secret(data), "JWT_ISSUER": "task-api-development", "JWT_AUDIENCE": "task-api"}
    return Issuer(True, {**ours, **given})


def kept_secret(data):
    """The secret, which is made once and kept. The private keys are derived from it each time, so they are not kept."""
    path = data / "jwt-secret"
    with contextlib.suppress(FileExistsError):
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def token(issuer, user, algorithm, lifetime):
    """A JWT (RFC 7519) as the issuer would sign it for these functions."""
    if not user:
        fail("USER is empty: name the token's user, as in `make token USER=alice`.")
    if algorithm not in ALGORITHMS:
        fail(f"ALG must be one of {', '.join(ALGORITHMS)}, not {algorithm!r}.")
    if not issuer.secret:
        fail("Only your issuer can sign tokens, because JWKS or JWKS_URL is set and JWT_SECRET is not. "
             "Get one as your front end does.")
    claims = claimed(issuer.settings, user, seconds(lifetime))
    if algorithm in HASHES:
        return signed(issuer.secret, claims, algorithm)
    if not issuer.ours:
        fail(f"{algorithm} needs a private key, which only your issuer has. Get the token there, "
             "or sign with your secret (ALG=HS256).")
    return development_key(issuer, "sign", algorithm, json.dumps(claims))


def seconds(text):
    match = re.fullmatch(r"(-?\d+)([smhd]?)", text)
    if not match:
        fail(f"TTL must be a time such as 900, 15m or 24h, not {text!r}.")
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def claimed(settings, user, lifetime):
    """The claims of a token that functions with these settings accept."""
    now = int(time.time())
    claims = {"sub": user, "iat": now, "exp": now + lifetime, settings.get("JWT_USER_CLAIM") or "sub": user}
    for name, claim in (("JWT_ISSUER", "iss"), ("JWT_AUDIENCE", settings.get("JWT_AUDIENCE_CLAIM") or "aud")):
        if settings.get(name):
            claims[claim] = settings[name].split(",")[0].strip()
    return claims


def signed(secret, claims, algorithm="HS256"):
    """Signs as a front end with the shared secret does (RFC 7515)."""
    message = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{message}.{base64url(hmac.digest(secret.encode(), message.encode(), HASHES[algorithm]))}"


def encoded(value):
    return base64url(json.dumps(value, separators=(",", ":")).encode())


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def development_key(issuer, *what):
    """The output of testing/src/bin/token.rs. The secret goes through a variable: everyone can see command lines."""
    binary = debug_binary("token")
    if not binary.exists():
        fail("The program that makes keys is not built yet: run `make dev`, or `cargo build --bin token`.")
    status, printed = output([binary, *what], env={**os.environ, "JWT_SECRET": issuer.secret})
    if status != 0:
        fail(f"The development token could not be made: {printed.strip()}.")
    return printed.strip()
