"""OpenPGP: keys of providers and of Longmark's own bundles, detached signatures."""

from collections.abc import Sequence
from typing import Any, Final

import pysequoia

from longmark.core.errors import Invalid

MAX_SIGNATURE_BYTES: Final = 1 << 20
KEY_VALID_SECONDS: Final = 10 * 366 * 86_400


def certificates(content: bytes) -> list[Any]:
    """Return the certificates in a file of keys.

    Raises:
        Invalid: it holds none.
    """
    try:
        return list(pysequoia.Cert.split_bytes(content))
    except (RuntimeError, ValueError, OSError, TypeError) as error:
        raise Invalid("The file holds no OpenPGP key: {reason}", reason=_said(error)) from None


def fingerprint_of(certificate: Any) -> str:
    """Return the fingerprint of a certificate, in upper case."""
    return str(certificate.fingerprint).upper()


def check(content: bytes, signature: bytes, certificates: Sequence[Any]) -> str:
    """Return the fingerprint of the certificate that made a detached signature.

    Raises:
        Invalid: none of these certificates made it, or not over this content.
    """
    try:
        read = pysequoia.Sig.from_bytes(signature)
        found = pysequoia.verify(bytes=content, store=lambda _: list(certificates), signature=read)
        return str(found.valid_sigs[0].certificate).upper()
    except (RuntimeError, ValueError, OSError, TypeError, IndexError) as error:
        raise Invalid("The signature is not good: {reason}", reason=_said(error)) from None


def new_key(name: str) -> bytes:
    """Return a new secret key (Ed25519) that belongs to `name`."""
    key = pysequoia.Tsk.generate(
        name, profile=pysequoia.Profile.RFC4880, validity_seconds=KEY_VALID_SECONDS
    )
    return bytes(key)


def sign(content: bytes, secret_key: bytes) -> bytes:
    """Return a detached, armoured signature."""
    key = pysequoia.Tsk.from_bytes(secret_key)
    signed = pysequoia.sign(key.signer(), content, mode=pysequoia.SignatureMode.DETACHED)
    return bytes(signed)


def public_part(secret_key: bytes) -> bytes:
    """Return the certificate of a secret key, armoured: what others need to check signatures."""
    return str(pysequoia.Tsk.from_bytes(secret_key).extract_certificate()).encode()


def _said(error: Exception) -> str:
    """Return the first line: what follows is the library's own trace."""
    return next(iter(str(error).splitlines()), type(error).__name__)
