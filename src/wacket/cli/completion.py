"""Print what makes Tab complete wacket's commands.

Prints a script for the shell to read; changes no file.
"""

from __future__ import annotations

import click

from wacket.cli.support.options import Command


@click.command(
    "completion",
    cls=Command,
    examples=[
        ("wacket completion bash >> ~/.bashrc", ""),
        ("wacket completion zsh >> ~/.zshrc", ""),
        ("wacket completion fish > ~/.config/fish/completions/wacket.fish", ""),
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what makes Tab complete wacket's commands in your shell."""
    from click.shell_completion import ShellComplete, get_completion_class

    from wacket.cli.support.lazy import root

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this version of click cannot complete for {shell}")
    # The base class's method: bash's own would start bash to ask its version, which is not needed to print.
    click.echo(ShellComplete.source(kind(root, {}, "wacket", "_WACKET_COMPLETE")))
