"""The page's TypeScript types are those of the hub's OpenAPI document."""

import importlib.util

import pytest

from .conftest import ROOT


@pytest.mark.slow
def test_the_types_of_the_page_are_current():
    spec = importlib.util.spec_from_file_location("pagetypes", ROOT / "scripts" / "pagetypes.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert maker.FILE.read_text("utf-8") == maker.text(), "run `make docs`"
