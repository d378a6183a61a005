"""The hub's self-made certificate, for the page, the API and agents on a network that has no authority of its
own.

Made at first use, kept in DATA/tls, renewed before it expires with the same key, so that whoever holds on to
`pin` notices nothing. It does not follow changes of address: a certificate that somebody chose to trust must
stay.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wacket.errors import BadSettings

# Apple's systems take no server certificate that is valid for longer than 825 days, self-made ones included.
VALID = timedelta(days=820)
RENEW = timedelta(days=30)
MOST_NAMES = 64


@dataclass(frozen=True, slots=True)
class Certificate:
    """`fingerprint` is the SHA-256 of the certificate, as browsers show it; `pin` that of its public key,
    base64.
    """

    certificate: Path
    key: Path
    fingerprint: str
    pin: str
    expires: datetime


def ensure(folder: Path, at: int | None = None, names: Iterable[str] | None = None) -> Certificate:
    """The certificate in `folder`, made or renewed if need be, as of `at` (µs since 1970; now if not said).

    `names` are the host names and addresses it is to hold for: `local_names()` if not said. Raises
    BadSettings if a file there is not what it should be; it is not replaced, since somebody may have put it
    there.
    """
    now = datetime.now(UTC) if at is None else datetime.fromtimestamp(at / 1_000_000, UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, key_path = folder / "hub.pem", folder / "hub.key"
    key = _load_key(key_path) if key_path.exists() else None
    if key is None:
        key = ec.generate_private_key(ec.SECP256R1())
        _write(key_path, _private(key), 0o600)
        path.unlink(missing_ok=True)
    key_path.chmod(0o600)
    certificate = _load(path) if path.exists() else None
    if certificate is None or certificate.not_valid_after_utc - now < RENEW:
        certificate = _make(key, now, list(local_names() if names is None else names)[:MOST_NAMES])
        _write(path, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    if _public(certificate.public_key()) != _public(key.public_key()):
        raise BadSettings(f"{path} does not belong to {key_path}: delete both, and the hub makes new ones")
    return Certificate(path, key_path, fingerprint(certificate), pin(certificate), certificate.not_valid_after_utc)


def local_names() -> list[str]:
    """What this machine is called and the addresses it has, the loopback ones first."""
    import psutil  # type: ignore[import-untyped]

    host = socket.gethostname()
    names = ["localhost", "127.0.0.1", "::1", host]
    if host and "." not in host:
        names.append(f"{host}.local")
    for addresses in psutil.net_if_addrs().values():
        names += [a.address for a in addresses if a.family in (socket.AF_INET, socket.AF_INET6)]
    return list(dict.fromkeys(name.partition("%")[0] for name in names if name))


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def pin(certificate: x509.Certificate) -> str:
    """The same for every certificate of one key (RFC 7469 §2.4)."""
    return base64.b64encode(hashlib.sha256(_public(certificate.public_key())).digest()).decode()


def _make(key: ec.EllipticCurvePrivateKey, now: datetime, names: Iterable[str]) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Wacket hub")])
    public = key.public_key()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        # A day back: other clocks in the room may be behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general(names: Iterable[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            # A host name that is not ASCII has no place in a certificate; its addresses still do.
            with contextlib.suppress(ValueError):
                found.append(x509.DNSName(name))
    return found


def _load(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as error:
        raise BadSettings(f"{path} is not a certificate ({error}): delete it, and the hub makes another") from error


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise BadSettings(f"{path} is not a private key ({error}): delete it, and the hub makes another") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadSettings(f"{path} is not a key that the hub made: delete it, and the hub makes another")
    return key


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _write(path: Path, content: bytes, mode: int) -> None:
    """All or nothing, and never readable to others for a moment."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
