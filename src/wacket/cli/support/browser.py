"""Opens a link in the person's browser, where there is a screen for one."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Mapping


def show(link: str, environment: Mapping[str, str]) -> bool:
    """Whether a browser was told to. On servers there is none, and one for text would take the terminal."""
    return has_screen(environment) and webbrowser.open(link)


def has_screen(environment: Mapping[str, str]) -> bool:
    named = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return bool(named) or (sys.platform == "darwin" and "SSH_CONNECTION" not in environment)
