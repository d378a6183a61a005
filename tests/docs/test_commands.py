"""Law 7: the commands and programs shown in the README, the tutorial and the how-to pages really work."""

import re
import subprocess

import pytest

from .conftest import PAGES, ROOT, Block, blocks_of, require_tools

# Lines that are not typed again here, and what stands for them.
DONE_ALREADY = {
    "python3 -m venv ~/wacket-env": "the test runs in an environment where Wacket is installed",
    ". ~/wacket-env/bin/activate": "the same",
    "pip install .": "the same",
    "wacket up": "the `hub` fixture has typed this and waits for the commands of the page",
}

# page → texts that its commands must print
PRINTED = {
    "README.md": ["temperature", "door opened by hand", "node,name,labels,at,value"],
}


def name_of(page):
    return page.relative_to(ROOT).as_posix()


RUN = [page for page in PAGES if blocks_of(page.read_text("utf-8")) and "reference" not in page.parts]


def without_what_is_done(block):
    """The block without the lines that are done already; `make` is asked what it would do."""
    lines = [line for line in block.text.splitlines() if line not in DONE_ALREADY]
    lines = [re.sub(r"^make ", f"make -n -C '{ROOT}' ", line) for line in lines]
    return block._replace(text="\n".join(lines) + "\n")


def series_of(block):
    """The series of a program that does not end: its arrival shows that the program works."""
    return "/".join(re.search(r"hello node=(\w+).*?(\w+):%", block.text, re.DOTALL).groups())


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_commands_work(page, request):
    text = page.read_text("utf-8")
    require_tools("".join(block.text for block in blocks_of(text)))
    hub = request.getfixturevalue("hub")
    for block in blocks_of(text):
        if "while True" in block.text:
            hub.run_for_ever(block, series_of(block))
        else:
            hub.run(without_what_is_done(block))
    said = "".join(hub.said)
    assert [wanted for wanted in PRINTED.get(name_of(page), []) if wanted not in said] == []


def test_make_targets_named_anywhere_exist():
    named = {
        target for page in PAGES for target in re.findall(r"`(?:\.venv/bin/)?make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert {"test", "check"} <= named
    for target in sorted(named):
        asked = subprocess.run(["make", "-n", "-C", ROOT, target], capture_output=True, text=True, check=False)
        assert asked.returncode == 0, asked.stderr


def test_blocks_are_found_and_lines_done_already_left_out():
    page = "text\n```sh\npip install .\nls\n```\n```toml\nx = 1\n```\n```python\nx = 1\n```\n"
    first, second = blocks_of(page)
    assert (first.language, first.line, second.language) == ("sh", 3, "python")
    assert without_what_is_done(first).text == "ls\n"
    assert without_what_is_done(Block("sh", "make demo\n", 1)).text == f"make -n -C '{ROOT}' demo\n"
