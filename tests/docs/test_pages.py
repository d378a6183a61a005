"""Law 7: links lead somewhere, and what the pages say of the repository is so."""

import re
from pathlib import Path

from .conftest import PAGES, ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def anchors(text):
    """The fragments of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path, text: str) -> list[str]:
    problems = []
    for target in LINK.findall(text):
        path, _, fragment = target.partition("#")
        if path.startswith(("http://", "https://", "mailto:")):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            problems.append(f"{page.name}: {target} leads nowhere")
        elif fragment and fragment not in anchors(file.read_text("utf-8")):
            problems.append(f"{page.name}: {file.name} has no heading #{fragment}")
    return problems


def test_links_lead_somewhere():
    assert [problem for page in [*PAGES, *DECISIONS] for problem in broken(page, page.read_text("utf-8"))] == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One thing\n")
    assert broken(page, "[x](nothing.md)")
    assert broken(page, "[x](page.md#other)")
    assert not broken(page, "[x](page.md#one-thing) [y](#one-thing) [z](https://example.org/q)")


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for target in LINK.findall(page.read_text("utf-8")):
            file = (page.parent / target.partition("#")[0]).resolve()
            if "://" not in target and file.exists():
                waiting += sorted(file.glob("*.md")) if file.is_dir() else [file]
    assert [page.name for page in [*PAGES, *DECISIONS] if page not in reached] == []


def test_the_architecture_page_is_short_and_names_every_folder():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(text.splitlines()) <= 170
    folders = [path.parent.name for path in (ROOT / "src" / "wacket").glob("*/__init__.py")]
    assert [folder for folder in folders if f"`{folder}/`" not in text] == []


def test_paths_named_in_the_prose_exist():
    named = re.compile(r"`((?:src|tests|docs|scripts|benchmarks)/[\w./-]+)`")
    pages = [*PAGES, *DECISIONS]
    missing = {
        f"{page.name}: {path}"
        for page in pages
        for path in named.findall(page.read_text("utf-8"))
        if not path.isupper() and "NAME" not in path and not (ROOT / path).exists()
    }
    assert missing == set()


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert all("**Decided**" in path.read_text("utf-8") for path in DECISIONS)
