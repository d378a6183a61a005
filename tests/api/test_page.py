"""The built page over a real socket: what is answered, what is let in with it, and what never is."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from tests.support.ask import send

from wacket.api import page
from wacket.api.page import is_place, policy
from wacket.api.page_files import best_encoding, table
from wacket.api.parts import Parts

StartHub = Callable[..., AbstractAsyncContextManager[Parts]]
pytestmark = pytest.mark.slow
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = '<!doctype html><meta name="style-nonce" content="__NONCE__"><style nonce="__NONCE__"></style>'
SCRIPT = b"console.log('wacket')\n"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / ".sources").write_text("a stamp")
    (folder / "assets" / "main-8fa3.js").write_bytes(SCRIPT)
    (folder / "assets" / "main-8fa3.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "main-8fa3.js.br").write_bytes(b"brotli")
    monkeypatch.setattr(page, "FOLDER", folder)
    return folder


# --- the page ---


@pytest.mark.parametrize("path", ["/", "/s/7KQ2-M9XF", "/fleet", "/node/rig.local/logs?level=warn", "/nodes/%F0%9F"])
async def test_a_browser_gets_the_page_wherever_it_is_sent(built: Path, hub: Parts, path: str) -> None:
    status, headers, html = await send(hub, "GET", path, **BROWSER)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    nonce = re.search(r"'nonce-([\w-]{20,})'", headers["content-security-policy"])
    assert nonce and html.decode() == INDEX.replace("__NONCE__", nonce[1])


async def test_each_answer_has_a_nonce_of_its_own_and_is_not_kept(built: Path, hub: Parts) -> None:
    answers = [await send(hub, "GET", "/", **BROWSER) for _ in range(3)]
    assert len({body for _, _, body in answers}) == 3
    assert {headers["cache-control"] for _, headers, _ in answers} == {"no-store"}


async def test_the_page_is_locked_down(built: Path, hub: Parts) -> None:
    _, headers, _ = await send(hub, "GET", "/", **BROWSER)
    said = headers["content-security-policy"]
    assert "unsafe" not in said and "*" not in said
    for part in ("default-src 'none'", "script-src 'self';", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in said
    assert f"connect-src 'self' ws://{hub.addresses['http']};" in said
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("host", ["", "a;script-src *", "a b", "a,b", "ä"])
def test_a_host_header_cannot_change_the_policy(host: str) -> None:
    assert "connect-src 'self';" in policy("n", host, secure=False)


def test_the_live_connection_is_allowed_by_the_scheme_of_the_page() -> None:
    assert "connect-src 'self' wss://[::1]:8443;" in policy("n", "[::1]:8443", secure=True)


async def test_head_is_answered_without_a_body(built: Path, hub: Parts) -> None:
    for path, status in (("/", 200), ("/assets/main-8fa3.js", 200), ("/assets/no.js", 404)):
        answer = await send(hub, "HEAD", path, **BROWSER)
        assert (answer[0], answer[2]) == (status, b"") and int(answer[1]["content-length"]) > 0


@pytest.mark.parametrize(
    ("path", "accepted", "place"),
    [
        ("/", "", True),
        ("/s/7KQ2", "*/*", True),
        ("/fleet", "text/html", True),
        ("/fleet", "*/*", False),
        ("/fleet", "application/json", False),
        ("/api/v1/nothing", "text/html", False),
        ("/agent/nothing", "text/html", False),
        ("/log/nothing", "text/html", False),
        ("/logs", "text/html", True),
    ],
)
def test_what_is_a_place_of_the_page(path: str, accepted: str, place: bool) -> None:
    assert is_place(path, accepted) is place


# --- its files ---


async def test_an_asset_is_kept_for_ever_and_comes_as_small_as_it_may(built: Path, hub: Parts) -> None:
    for accepted, encoding, body in (
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip", "gzip", gzip.compress(SCRIPT)),
        ("identity", None, SCRIPT),
    ):
        status, headers, got = await send(hub, "GET", "/assets/main-8fa3.js", Accept_Encoding=accepted)
        assert (status, headers.get("content-encoding")) == (200, encoding)
        assert gzip.decompress(got) == SCRIPT if encoding == "gzip" else got == body
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] == "text/javascript; charset=utf-8" and headers["vary"] == "Accept-Encoding"


async def test_other_files_are_asked_for_again_and_cost_nothing_then(built: Path, hub: Parts) -> None:
    status, headers, body = await send(hub, "GET", "/favicon.svg")
    assert (status, body, headers["content-type"]) == (200, b"<svg/>", "image/svg+xml")
    assert headers["cache-control"] == "no-cache"
    status, again, body = await send(hub, "GET", "/favicon.svg", If_None_Match=headers["etag"])
    assert (status, again["etag"], body) == (304, headers["etag"], b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/no.js",
        "/assets/../../data/owner.key",
        "/assets/%2e%2e/%2e%2e/data/owner.key",
        "/assets/..%2f..%2fdata%2fowner.key",
        "/assets/main-8fa3.js.gz",
        "/assets/",
        "/assets/main-8fa3.js%00",
    ],
)
async def test_what_is_not_in_the_table_is_not_there(built: Path, hub: Parts, path: str) -> None:
    status, headers, body = await send(hub, "GET", path, **BROWSER)
    assert (status, headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert hub.owner_key.encode() not in body


async def test_a_path_outside_is_a_place_of_the_page_at_most(built: Path, hub: Parts) -> None:
    for path in ("/../data/owner.key", "//etc/passwd", "/.sources", "/%2e%2e/data/owner.key"):
        status, _, body = await send(hub, "GET", path)
        assert status == 404 and hub.owner_key.encode() not in body, path


async def test_a_file_that_was_replaced_is_said_to_be_gone(built: Path, hub: Parts) -> None:
    (built / "assets" / "main-8fa3.js").unlink()
    status, _, body = await send(hub, "GET", "/assets/main-8fa3.js")
    assert (status, b"start it again" in body) == (404, True)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP;q=0.5, BR ; q=0.1", "br"),
        ("br;q=0.000,gzip; q=0", ""),
        ("*", ""),
        (";q=1,,", ""),
    ],
)
def test_the_encoding_is_one_that_the_browser_takes(built: Path, accepted: str, encoding: str) -> None:
    assert best_encoding(table(built)["/assets/main-8fa3.js"], accepted) == encoding


# --- beside the rest of the hub ---


async def test_the_interface_answers_as_if_there_were_no_page(built: Path, hub: Parts) -> None:
    for method, path, status in (
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/nowhere", 404),
        ("PUT", "/", 404),
        ("POST", "/fleet", 404),
        ("GET", "/api/v1/login", 405),
        ("GET", "/log/store", 405),
        ("GET", "/api/v1/nodes", 401),
        ("GET", "/ping", 204),
    ):
        answer = await send(hub, method, path, **BROWSER)
        assert answer[0] == status, (method, path)
        assert answer[2] == b"" or answer[1]["content-type"] == "application/json", (method, path)


async def test_a_foreign_name_gets_no_page(built: Path, hub: Parts) -> None:
    assert (await send(hub, "GET", "/", Host="evil.example", **BROWSER))[0] == 421


async def test_without_the_page_a_sentence_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start_hub: StartHub
) -> None:
    monkeypatch.setattr(page, "FOLDER", tmp_path / "nothing")
    async with start_hub() as hub:
        for path in ("/", "/s/7KQ2-M9XF", "/fleet"):
            status, headers, body = await send(hub, "GET", path, **BROWSER)
            assert (status, headers["content-type"]) == (503, "text/plain; charset=utf-8")
            assert b"make page" in body
        assert (await send(hub, "GET", "/assets/x.js"))[0] == 404
