"""Law 7: the reference pages are current and leave out no setting, format, door, command or route."""

import importlib.util
import json
import re

import msgspec
import pytest
from fastapi.routing import APIWebSocketRoute

from wacket import api, formats
from wacket.cli.support import lazy
from wacket.records import Envelope
from wacket.settings import Doors, Settings

from .conftest import ROOT

REFERENCE = ROOT / "docs" / "reference"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def document():
    return json.loads(api.openapi())


def page(name):
    return (REFERENCE / name).read_text("utf-8")


def test_the_settings_page_is_current(maker):
    assert page("settings.md") == maker.settings_page(), "run `make docs`"


def test_every_setting_is_there_with_its_meaning():
    text = page("settings.md")
    for section in msgspec.structs.fields(Settings):
        part = text.partition(f"## `[{section.name}]`")[2].partition("\n## ")[0]
        for setting in msgspec.structs.fields(section.type):
            row = re.search(rf"^\| `{setting.name}` \|.*\| ([^|]*) \|$", part, re.MULTILINE)
            assert row and row[1].strip(), f"{section.name}.{setting.name} has no comment in settings.py"


def test_the_api_page_is_current(maker, document):
    assert page("http-api.md") == maker.api_page(document), "run `make docs`"


def routes(document):
    for path, methods in document["paths"].items():
        for method in METHODS & methods.keys():
            yield f"{method.upper()} {path}", methods[method]


def test_every_route_says_what_it_does(document):
    silent = [name for name, route in routes(document) if not (route.get("summary") and route.get("description"))]
    assert silent == []


def test_every_body_that_a_route_takes_or_gives_has_an_example(maker, document):
    missing = []
    for name, route in routes(document):
        shown = "".join(title for title, _ in maker._examples(route, document))
        gives = any(said.get("content") for status, said in route["responses"].items() if status.startswith("2"))
        missing += [f"{name}: what is sent"] if route.get("requestBody") and "Sent" not in shown else []
        missing += [f"{name}: what is answered"] if gives and "Answered" not in shown else []
    assert missing == []


def test_every_parameter_of_a_route_has_a_meaning(document):
    parameters = [(name, asked) for name, route in routes(document) for asked in route.get("parameters", ())]
    unknown = [
        f"{name}: {asked['name']}"
        for name, asked in parameters
        if not (asked.get("description") or asked["schema"].get("description"))
    ]
    assert parameters and unknown == []


def test_every_websocket_is_there():
    routes = [route for noun in api.nouns() for route in noun.router.routes]
    sockets = [route.path for route in routes if isinstance(route, APIWebSocketRoute)]
    assert sockets
    assert [path for path in sockets if f"## WebSocket `{path}`" not in page("http-api.md")] == []


def test_every_format_is_there_with_examples():
    text = page("formats.md")
    for name in formats.known():
        part = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert formats.find(name).SUMMARY in part, name
        assert "```" in part, f"{name} has no example"


def test_every_door_is_described():
    """A door is a module with a class named so; it has an address in the settings, and another for TLS or none."""
    files = (ROOT / "src" / "wacket" / "doors").glob("*.py")
    doors = {path.stem for path in files if re.search(r"^class \w*Door\b", path.read_text("utf-8"), re.MULTILINE)}
    doors.remove("agents")  # stands behind those of HTTP, and has a page of its own
    settings = {field.name for field in msgspec.structs.fields(Doors)} & {*doors, *(f"{door}s" for door in doors)}
    text = page("tcp-protocol.md") + page("http-api.md")
    assert doors <= settings and doors
    assert [name for name in sorted(settings) if f"`doors.{name}`" not in text] == []


def test_every_command_is_there():
    text = page("cli.md")
    missing = [name for name in lazy.names() if name not in lazy.HIDDEN and f"## wacket {name}\n" not in text]
    assert missing == []


def test_every_reference_page_has_a_reader():
    readme = (ROOT / "README.md").read_text("utf-8")
    linked = readme + (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    linked += "".join(path.read_text("utf-8") for path in (ROOT / "docs" / "how-to").glob("*.md"))
    assert [path.name for path in REFERENCE.glob("*.md") if f"reference/{path.name}" not in linked] == []


EXAMPLES = [
    (name, example)
    for name in formats.known()
    for example in re.findall(
        r"```text\n(.*?)```", page("formats.md").partition(f"\n## {name}\n")[2].partition("\n## ")[0], re.DOTALL
    )
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_examples_of_formats_are_read_without_rejects(name, example):
    envelope = Envelope("http", "p", 1, name, received_at=1_795_262_400_000_000, body=example.encode())
    decoded = formats.find(name).decode([envelope])
    assert decoded.rejects == []
    assert len(decoded.readings) or len(decoded.logs)
