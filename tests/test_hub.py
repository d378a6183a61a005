"""What the hub asks of the system before anything else. The hub itself is tested by the journeys."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK_FOR_FILES = """
import resource
from wacket import hub
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
hub._allow_open_files()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
"""


@pytest.mark.slow
def test_the_hub_takes_all_files_that_it_may_open():
    subprocess.run([sys.executable, "-c", ASK_FOR_FILES], check=True)
