"""The hub's certificate: private, trusted by who holds it, renewed in time with the same key."""

from __future__ import annotations

import hashlib
import socket
import ssl
import stat
import threading

import pytest
from cryptography import x509

from wacket.doors import certificate
from wacket.errors import BadSettings

NOW = 1_800_000_000_000_000
DAY = 86_400_000_000
NAMES = ["localhost", "127.0.0.1", "::1", "hub", "hub.local", "192.168.1.5", "kühlschrank", "127.0.0.1"]


@pytest.fixture
def tls(tmp_path):
    return tmp_path / "tls"


def loaded(files):
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def test_key_is_the_owners_alone(tls):
    files = certificate.ensure(tls, NOW, NAMES)
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(tls.stat().st_mode) == 0o700
    assert sorted(file.name for file in tls.iterdir()) == ["hub.key", "hub.pem"]


def test_holds_for_the_names_given(tls):
    names = loaded(certificate.ensure(tls, NOW, NAMES)).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost", "hub", "hub.local"]
    assert set(map(str, names.value.get_values_for_type(x509.IPAddress))) == {
        "127.0.0.1",
        "::1",
        "192.168.1.5",
    }


def test_fingerprint_is_of_the_certificate(tls):
    files = certificate.ensure(tls, NOW, NAMES)
    der = ssl.PEM_cert_to_DER_cert(files.certificate.read_text())
    assert files.fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()


def test_second_start_keeps_it(tls):
    first = certificate.ensure(tls, NOW, NAMES)
    assert certificate.ensure(tls, NOW + 700 * DAY, ["other"]) == first


def test_is_renewed_before_it_expires_with_the_same_key(tls):
    first = certificate.ensure(tls, NOW, NAMES)
    again = certificate.ensure(tls, NOW + 795 * DAY, NAMES)
    assert again.fingerprint != first.fingerprint
    assert again.pin == first.pin
    assert again.expires > first.expires


def test_clock_far_behind_renews_nothing(tls):
    first = certificate.ensure(tls, NOW, NAMES)
    assert certificate.ensure(tls, 0, NAMES) == first


def test_lost_key_makes_both_anew(tls):
    first = certificate.ensure(tls, NOW, NAMES)
    first.key.unlink()
    assert certificate.ensure(tls, NOW, NAMES).pin != first.pin


@pytest.mark.parametrize("name", ["hub.key", "hub.pem"])
def test_spoilt_file_is_named(tls, name):
    certificate.ensure(tls, NOW, NAMES)
    (tls / name).write_text("spoilt")
    with pytest.raises(BadSettings, match=f"{name} is not a .*delete it"):
        certificate.ensure(tls, NOW, NAMES)


def test_pair_that_does_not_match_is_refused(tls, tmp_path):
    mine, other = certificate.ensure(tls, NOW, NAMES), certificate.ensure(tmp_path / "other", NOW, NAMES)
    mine.certificate.write_bytes(other.certificate.read_bytes())
    with pytest.raises(BadSettings, match="does not belong to"):
        certificate.ensure(tls, NOW, NAMES)


def test_clients_that_trust_it_connect(tls):
    files = certificate.ensure(tls)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=str(files.certificate))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in ("localhost", "127.0.0.1"):
        here, there = socket.socketpair()
        with here, there:
            thread = threading.Thread(target=lambda end=there: serving.wrap_socket(end, server_side=True).close())
            thread.start()
            with trusting.wrap_socket(here, server_hostname=name) as secured:
                shown = secured.getpeercert(binary_form=True)
            thread.join()
        assert hashlib.sha256(shown).hexdigest() == files.fingerprint.replace(":", "").lower()


def test_local_names():
    names = certificate.local_names()
    assert names[:3] == ["localhost", "127.0.0.1", "::1"]
    assert socket.gethostname() in names
    assert len(names) == len(set(names))
    assert not any("%" in name for name in names)
