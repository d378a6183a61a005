"""Puts the built page into what is packaged: wheels serve it, source archives carry it so that they need no Node.

How it is built is scripts/page.py's. Editable installs do without (`make page` builds it), as does WACKET_NO_PAGE=1.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):
    """Called by hatchling before it collects the files of a wheel or a source archive."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A Node as a wheel, only where one is needed and exists."""
        return list(_page(self.root).requirements(Path(self.root)))

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page, or end the packaging with a sentence that says why that is not possible here."""
        if version == "editable" or os.environ.get("WACKET_NO_PAGE") == "1":
            return
        page = _page(self.root)
        try:
            page.build(Path(self.root))
        except (page.Unbuilt, page.Broken) as error:
            self.app.abort(str(error))


def _page(root: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("wacket_page", Path(root) / "scripts" / "page.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{root}/scripts/page.py is missing: this is not the whole source of Wacket")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
