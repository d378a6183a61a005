"""`wacket-agent join HUB`: the key is made, the hub pinned, the machine known to the hub, the service installed.

The token comes on standard input, because arguments and variables can be read by others on this machine. Nothing is
left behind when the hub refuses. Done again for the same hub it repairs: the key stays.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from pathlib import Path

from wacket_agent import rejoining
from wacket_agent.cli import conf_text
from wacket_agent.cli.allow import MODE, sentence
from wacket_agent.cli.failing import Failed, command
from wacket_agent.config import FILE, Allows, Config, Contents, parse_address
from wacket_agent.disk import write_whole
from wacket_agent.link.about import About, host_name
from wacket_agent.link.keeping import Link, Standing
from wacket_agent.protocol import Token, parse_token
from wacket_agent.trust.identity import KEY_FILE, Identity
from wacket_agent.trust.opening import Joining

PATIENCE = 20.0  # seconds for the hub to be reached and to answer


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("hub", metavar="HUB", help="its address: https://192.168.1.5:8443")
    add_token_options(parser)
    parser.add_argument("--no-service", action="store_true", help="install nothing; run it yourself")
    parser.add_argument("--foreground", action="store_true", help="install nothing, and be the agent at once")


def add_token_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="has the token, instead of standard input")
    parser.add_argument("--name", default="", help="how the node is to be called; its host name if not said")


def read_token(options: argparse.Namespace) -> Token:
    if options.token_file:
        return parse_token(options.token_file.read_text("utf-8", "replace"))
    if sys.stdin.isatty():
        sys.stderr.write("Paste the token (wjt_...) and press Enter: ")
        sys.stderr.flush()
    return parse_token(sys.stdin.readline())


def call(options: argparse.Namespace) -> None:
    parse_address(options.hub)
    token = read_token(options)
    config = _config(options, token)
    joining = Joining(token.id, token.secret, options.name or host_name(), visit=True)
    known, has_state = Identity.load(options.state), options.state.exists()
    identity = known or Identity.make(options.state)
    try:
        standing = asyncio.run(_introduced(config, identity, joining))
        if standing.state not in ("connected", "pending"):
            raise Failed(_refusal(standing, options.hub))
    except BaseException:
        if known is None:
            (options.state / KEY_FILE).unlink()
        if not has_state:
            shutil.rmtree(str(options.state))
        raise
    rejoining.done(options.state)
    _write_settings(options, token)
    is_installed = not (options.foreground or options.no_service)
    _welcome(standing, config.allows, command("allow run", options, is_installed))
    if options.foreground:
        from wacket_agent.cli.run import start

        sys.exit(start(str(options.config), str(options.state)))
    if is_installed:
        _install(options)


def _config(options: argparse.Namespace, token: Token) -> Config:
    """The settings to join with; they are written when the hub has said yes."""
    if not (options.config / FILE).exists():
        return Config(options.config, options.state, Contents(options.hub, token.hub, Allows(), {}))
    before = Config.load(options.config, options.state)
    if before.pin != token.hub:
        away = command("uninstall", options)
        raise Failed(f"this machine belongs to another hub, {before.hub}: take it away from there first ({away})")
    return Config(options.config, options.state, Contents(options.hub, token.hub, before.allows, before.options))


async def _introduced(config: Config, identity: Identity, joining: Joining) -> Standing:
    """The hub's verdict, or why there is none."""
    link = Link(config, identity, About(config), joining)
    verdict = asyncio.Event()

    def look(standing: Standing) -> None:
        if standing.state != "away":
            verdict.set()

    link.on_standing.append(look)
    waiting = [asyncio.ensure_future(each) for each in (link.run(), verdict.wait())]
    await asyncio.wait(waiting, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    if not waiting[0].cancelled():
        waiting[0].result()  # a mistake of ours
    return link.standing


def _refusal(standing: Standing, hub: str) -> str:
    if standing.state == "refused":
        return f"the hub does not take this machine: {standing.why}"
    return f"{hub} could not be reached: {standing.why or 'no answer'}. Nothing was changed on this machine"


def _write_settings(options: argparse.Namespace, token: Token) -> None:
    path = options.config / FILE
    if path.exists():
        text = conf_text.with_value(path.read_text("utf-8"), "hub", "address", options.hub)
    else:
        text = conf_text.first(options.hub, token.hub)
    write_whole(path, text.encode(), MODE)
    path.parent.chmod(0o755)  # the agent's account must get at it


def _welcome(standing: Standing, allows: Allows, how_to_allow: str) -> None:
    told = [f"This machine is the node {standing.name}. Its code is {standing.code}: the hub must show the same."]
    if standing.state == "pending":
        told.append(f"It waits until a person accepts it on the hub: {standing.why}.")
    told.append(sentence(allows))
    if not allows.run:
        told.append(f"To let people of the hub run programs here: {how_to_allow}")
    sys.stdout.write("\n".join(told) + "\n")
    sys.stdout.flush()


def _install(options: argparse.Namespace) -> None:
    from wacket_agent import service

    service.install(options.config, options.state)
