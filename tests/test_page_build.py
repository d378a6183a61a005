"""How the page gets into the package: built only when something changed, and a plain sentence where it cannot be.

A small shell script stands for Node and npm; one test builds a real wheel.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]

# Called as `node npm-cli.js ci …`, `node npm-cli.js run build` and `node compress.mjs FOLDER`.
NODE = """#!/bin/sh
[ "$1" = --version ] && { echo "${FAKE_VERSION-v22.12.0}"; exit 0; }
echo "$(basename "$1") $2 $3" >> "$FAKE_CALLS"
case "$2" in
  ci) echo "$FAKE_CI"; [ -z "$FAKE_CI" ] && mkdir -p node_modules ;;
  run) echo "$FAKE_BUILD"; [ -z "$FAKE_BUILD" ] && mkdir -p dist && cp index.html dist/ ;;
esac
"""


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


page, page_lock = loaded(ROOT / "scripts" / "page.py"), loaded(ROOT / "scripts" / "page_lock.py")


class Place:
    """A small repository with a page, and a Node on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.root, self.calls_file = folder / "repository", folder / "calls"
        self.static = self.root / "src" / "wacket" / "static"
        self.bin = folder / "bin"
        (self.root / "web" / "src").mkdir(parents=True)
        (self.bin / "node_modules" / "npm" / "bin").mkdir(parents=True)
        (self.bin / "node_modules" / "npm" / "bin" / "npm-cli.js").touch()
        (self.bin / "npm").touch(mode=0o755)
        (self.bin / "node").write_text(NODE)
        (self.bin / "node").chmod(0o755)
        self.write("index.html", "one")
        self.write("package-lock.json", "{}")

    def write(self, name: str, text: str) -> None:
        (self.root / "web" / name).write_text(text)

    def build(self) -> None:
        page.build(self.root)

    def calls(self) -> list[str]:
        """What was asked of Node since the last look."""
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        self.calls_file.unlink(missing_ok=True)
        return [line.split()[1] if line.startswith("npm") else "compress" for line in lines]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place(tmp_path)
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("FAKE_CALLS", str(made.calls_file))
    monkeypatch.delenv("WACKET_NO_PAGE", raising=False)
    monkeypatch.setattr(page, "in_wheel", lambda: None)
    return made


def test_it_is_built_once_and_again_when_a_source_changes(place):
    place.build()
    assert (place.static / "index.html").read_text() == "one"
    assert place.calls() == ["ci", "run", "compress"]
    place.build()
    assert place.calls() == []
    place.write("src/main.ts", "new")
    place.write("index.html", "two")
    place.build()
    assert place.calls() == ["run", "compress"]
    assert (place.static / "index.html").read_text() == "two"


def test_what_it_is_made_of_is_fetched_again_when_the_lock_file_changes(place):
    place.build()
    place.calls()
    place.write("package-lock.json", '{"a": 1}')
    place.build()
    assert place.calls() == ["ci", "run", "compress"]


def test_tests_and_what_was_made_are_no_sources(place):
    place.build()
    place.calls()
    place.write("src/main.test.ts", "test")
    place.write("dist/more.js", "made")
    place.write("node_modules/x.js", "fetched")
    place.build()
    assert place.calls() == []


def test_a_file_that_went_is_a_change_and_goes_from_the_page(place):
    place.write("src/old.ts", "old")
    place.build()
    (place.static / "old.js").touch()
    (place.root / "web" / "src" / "old.ts").unlink()
    place.build()
    assert not (place.static / "old.js").exists()


def test_a_registry_that_does_not_answer_is_told_in_a_sentence(place, monkeypatch):
    monkeypatch.setenv("FAKE_CI", "npm error code ENOTFOUND")
    with pytest.raises(page.Unbuilt, match=r"npm could not fetch.*WACKET_NO_PAGE=1.*needs no Node"):
        place.build()
    assert not place.static.exists()


def test_a_wrong_lock_file_is_our_mistake(place, monkeypatch):
    monkeypatch.setenv("FAKE_CI", "npm error code EUSAGE")
    with pytest.raises(page.Broken, match="EUSAGE"):
        place.build()


def test_sources_that_do_not_build_leave_the_page_as_it_was(place, monkeypatch):
    place.build()
    place.write("index.html", "two")
    monkeypatch.setenv("FAKE_BUILD", "line 7: oh no")
    with pytest.raises(page.Broken, match=r"`npm run build` failed(.|\n)*line 7: oh no"):
        place.build()
    assert (place.static / "index.html").read_text() == "one"
    assert [path.name for path in place.static.parent.iterdir()] == ["static"]


def test_no_node_at_all(place, monkeypatch):
    monkeypatch.setenv("PATH", str(place.root))
    with pytest.raises(page.Unbuilt, match=r"needs Node 22\.12 or newer"):
        place.build()


@pytest.mark.parametrize(
    ("version", "taken"), [("v22.12.0", True), ("v24.1.9", True), ("v22.11.9", False), ("x", False)]
)
def test_a_node_that_is_too_old_is_not_taken(place, monkeypatch, version, taken):
    monkeypatch.setenv("FAKE_VERSION", version)
    assert (page.on_path() is not None) is taken


def test_a_source_archive_carries_the_page_and_needs_no_node(place, monkeypatch):
    place.build()
    (place.root / "PKG-INFO").touch()
    place.write("index.html", "patched")
    monkeypatch.setenv("PATH", str(place.root))
    place.build()
    assert (place.static / "index.html").read_text() == "one"
    assert page.requirements(place.root) == []


def test_a_node_is_required_as_a_wheel_only_where_that_helps(place, monkeypatch):
    assert page.requirements(place.root) == []  # one is on the PATH
    monkeypatch.setenv("FAKE_VERSION", "v18.0.0")
    monkeypatch.setattr(page, "has_wheel", lambda: True)
    assert page.requirements(place.root) == [page.NODE_WHEEL]
    monkeypatch.setenv("WACKET_NO_PAGE", "1")
    assert page.requirements(place.root) == []
    monkeypatch.delenv("WACKET_NO_PAGE")
    monkeypatch.setattr(page, "has_wheel", lambda: False)
    assert page.requirements(place.root) == []


@pytest.mark.parametrize(
    ("machine", "widest", "system", "there"),
    [
        ("x86_64", 2**63 - 1, "linux", True),
        ("arm64", 2**63 - 1, "darwin", True),
        ("armv7l", 2**31 - 1, "linux", False),
        ("aarch64", 2**31 - 1, "linux", False),  # Raspberry Pi OS of 32 bits on a kernel of 64
        ("x86_64", 2**63 - 1, "freebsd14", False),
    ],
)
def test_where_the_wheel_with_node_exists(monkeypatch, machine, widest, system, there):
    monkeypatch.setattr(page.platform, "machine", lambda: machine)
    monkeypatch.setattr(page, "sys", SimpleNamespace(maxsize=widest, platform=system))
    assert page.has_wheel() is there


# --- the hook ---


class Abort(Exception):
    pass


@pytest.fixture
def hook(place, monkeypatch):
    """The hook on the small repository, with a hatchling of the little that it uses."""
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = object
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    module = loaded(ROOT / "hatch_build.py")
    assert module._page(str(ROOT)).NODE_WHEEL == page.NODE_WHEEL
    monkeypatch.setattr(module, "_page", lambda _: page)
    made = module.PageHook()

    def abort(message):
        raise Abort(message)

    made.root, made.app = str(place.root), SimpleNamespace(abort=abort)
    return made


def test_the_hook_builds_the_page_into_what_is_packaged(place, hook):
    hook.initialize("standard", {})
    assert (place.static / "index.html").read_text() == "one"


def test_the_hook_builds_nothing_for_an_editable_install_or_where_it_was_told_not_to(place, hook, monkeypatch):
    hook.initialize("editable", {})
    monkeypatch.setenv("WACKET_NO_PAGE", "1")
    hook.initialize("standard", {})
    assert place.calls() == [] and hook.dependencies() == []


def test_the_hook_says_why_it_cannot_and_ends_the_packaging(place, hook, monkeypatch):
    monkeypatch.setenv("FAKE_CI", "npm error code ECONNREFUSED")
    with pytest.raises(Abort, match="npm could not fetch"):
        hook.initialize("standard", {})


# --- the real thing ---


def test_the_lock_file_is_whole_and_names_no_registry():
    text = (ROOT / "web" / "package-lock.json").read_text("utf-8")
    assert page_lock.missing(json.loads(text)) == {}, "run scripts/page_lock.py after npm install"
    assert '"resolved"' not in text


def test_the_same_node_is_asked_for_everywhere():
    assert f'"{page.NODE_WHEEL};' in (ROOT / "pyproject.toml").read_text("utf-8")
    needed = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))["engines"]["node"]
    assert needed == f">={'.'.join(map(str, page.NEEDED))}"


def test_parts_for_other_systems_that_a_registry_lacks_are_named_in_the_lock_file():
    owner = {
        "version": "2.0.0",
        "dev": True,
        "license": "MIT",
        "optionalDependencies": {"@x/y-linux-x64-musl": "2.0.0"},
    }
    added = page_lock.missing({"packages": {"": {}, "node_modules/@x/y": owner}})
    assert added == {
        "node_modules/@x/y-linux-x64-musl": {
            "version": "2.0.0",
            "optional": True,
            "dev": True,
            "license": "MIT",
            "os": ["linux"],
            "cpu": ["x64"],
            "libc": ["musl"],
        }
    }


@pytest.mark.slow
def test_a_wheel_has_the_page_inside(tmp_path):
    if not page.is_current(ROOT):
        pytest.skip("the page is not built here, or its sources have changed since: make page")
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=100)
    if "No matching distribution found for hatchling" in done.stderr:
        pytest.skip("no package index answers here, and building a wheel needs hatchling")
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "wacket/static/index.html" in names and "wacket/api/page.py" in names
    assert [name for name in names if name.startswith("wacket/static/assets/") and name.endswith(".js.br")]
    assert not [name for name in names if "node_modules" in name]
