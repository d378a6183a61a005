"""The command tree: found by file name, described without being imported, and documented."""

import ast
from pathlib import Path

import click
import pytest

from wacket.cli import reference
from wacket.cli.support.lazy import FOLDER, HIDDEN, MEANT, names, root, summary

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


@pytest.mark.parametrize("name", names())
def test_every_file_is_a_command_with_a_summary_that_says_what_it_does(name):
    stem = names()[name]
    first = ast.get_docstring(ast.parse((FOLDER / f"{stem}.py").read_text("utf-8"))).splitlines()[0]
    assert summary(stem) == first and 10 < len(first) <= 80
    command = root.get_command(click.Context(root), name)
    assert command is not None and command.name == name


def leaves(command, context, path):
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from leaves(sub, context, f"{path} {name}")
    else:
        yield path, command


def everything():
    context = click.Context(root)
    return [leaf for name in names() for leaf in leaves(root.get_command(context, name), context, name)]


@pytest.mark.parametrize(("path", "command"), everything(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_says_what_it_does_and_what_each_option_is_for(path, command):
    assert command.get_short_help_str(200)
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{path}: {option.name}"


def test_the_words_that_people_try_lead_to_commands_that_exist():
    context = click.Context(root)
    options = {name for option in root.get_params(context) for name in option.opts}
    for meant in MEANT.values():
        if meant in options:
            continue
        noun, *verb = meant.split()
        command = root.get_command(context, noun)
        assert command is not None and (not verb or verb[0] in command.commands)


def test_the_hidden_command_is_not_listed(wacket):
    listed = wacket("--help").out
    assert all(f"\n  {name} " not in listed for name in HIDDEN)
    assert all(f"\n  {name} " in listed for name in set(names()) - HIDDEN)


def test_the_reference_page_is_current():
    assert PAGE.read_text("utf-8") == reference.page(), "run: wacket reference > docs/reference/cli.md"


def test_the_page_is_the_commands_output_and_names_every_exit_code(wacket):
    page = wacket("reference").out
    assert page == reference.page()
    for code in (0, 1, 2, 3, 4, 5, 124, 130):
        assert f"| {code} |" in page


def test_the_reference_does_not_depend_on_where_it_is_made(monkeypatch):
    before = reference.page()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("HOME", "/nowhere")
    assert reference.page() == before


def test_completion_is_printed_for_each_shell(wacket):
    for shell in ("bash", "zsh", "fish"):
        assert "_WACKET_COMPLETE" in wacket("completion", shell).out
    assert wacket("completion", "tcsh").code == 2
