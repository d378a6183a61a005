"""Which hub is meant: the command line before the environment, an address before a folder."""

import json
import os

import pytest

from wacket.cli.support.errors import Misused, Unreachable
from wacket.cli.support.place import Place, find, state
from wacket.folder import alone


@pytest.fixture
def home(tmp_path):
    """The folder of a running hub; this process stands in for it."""
    (tmp_path / "hub.json").write_text(json.dumps({"pid": os.getpid(), "http": "0.0.0.0:8123", "tcp": "x"}))
    (tmp_path / "owner.key").write_text("key\n")
    with alone(tmp_path):
        yield tmp_path


def test_a_folder_gives_the_address_and_the_owners_key(home):
    assert find(None, str(home), None, {}) == Place("http", "127.0.0.1", 8123, "key", None, True)
    assert find(None, None, None, {"WACKET_DATA": str(home)}).token == "key"


def test_a_token_that_is_given_comes_before_the_key(home):
    assert find(None, str(home), "wkt_1", {})[3:] == ("wkt_1", None, False)
    assert find(None, str(home), None, {"WACKET_TOKEN": "wkt_2"}).token == "wkt_2"


def test_an_address_comes_without_this_machines_key(home):
    assert find("lab.local:9000", None, None, {"WACKET_DATA": str(home)}) == Place("http", "lab.local", 9000, None)
    assert find("http://[::1]:9000", None, None, {}).url == "http://[::1]:9000"


def test_an_address_and_a_folder_together_use_the_folders_key(home):
    assert find("127.0.0.1:9000", str(home), None, {})[:4] == ("http", "127.0.0.1", 9000, "key")


def test_the_command_line_comes_before_the_environment(home):
    environment = {"WACKET_HUB": "http://other:1"}
    assert find(None, str(home), None, environment).port == 8123
    assert find(None, None, None, environment).host == "other"


def test_a_hub_with_tls_is_asked_there_and_must_show_its_certificate(home):
    said = {"pid": os.getpid(), "http": "0.0.0.0:1", "https": "0.0.0.0:8443", "fingerprint": "AB:CD"}
    (home / "hub.json").write_text(json.dumps(said))
    assert find(None, str(home), None, {})[:5] == ("https", "127.0.0.1", 8443, "key", "abcd")
    assert find("https://lab:8443#sha256:AB:CD", None, None, {}).fingerprint == "abcd"


@pytest.mark.parametrize("text", ['{"pid": 1', "[]", "{}", '{"pid": 4194305, "http": "x:1"}'])
def test_a_hub_that_is_gone_or_a_broken_file_is_no_hub(tmp_path, text):
    (tmp_path / "hub.json").write_text(text)
    assert state(tmp_path) is None
    with pytest.raises(Unreachable):
        find(None, str(tmp_path), None, {})


def test_a_hub_that_died_is_no_hub_although_its_number_is_somebody_elses_now(tmp_path):
    (tmp_path / "hub.json").write_text(json.dumps({"pid": os.getpid(), "http": "127.0.0.1:8123"}))
    (tmp_path / "lock").touch()
    assert state(tmp_path) is None


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x:notaport", "http://x:99999"])
def test_a_bad_address_is_refused_with_an_example(url):
    with pytest.raises(Misused, match="not the address"):
        find(url, None, None, {})
