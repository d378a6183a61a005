"""The API is driven with made-up requests, good and bad, from its own description: it never answers with a 500."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.harness import Hub

PROGRAM = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("examples", "phases"),
    [
        (3, "examples,fuzzing"),
        pytest.param(200, "examples,coverage,fuzzing", marks=[pytest.mark.torture, pytest.mark.timeout(3600)]),
    ],
)
def test_no_request_breaks_the_hub(a_hub: Callable[..., Hub], tmp_path: Path, examples: int, phases: str) -> None:
    if not PROGRAM.exists():
        pytest.skip("schemathesis is not installed; `make setup` does that")
    with a_hub() as hub:
        key = (hub.folder / "owner.key").read_text("utf-8").strip()
        command = [
            *(str(PROGRAM), "run", f"http://127.0.0.1:{hub.http[1]}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {key}", "--checks", CHECKS, "--phases", phases),
            *("--max-examples", str(examples), "--seed", "1", "--request-timeout", "20", "--workers", "2"),
            *(
                "--suppress-health-check",
                "all",
                "--warnings",
                "off",
                "--no-color",
                "--generation-database",
                "none",
            ),
        ]
        ran = subprocess.run(
            command, check=False, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "CI": "1"}
        )
        assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
        assert hub.get("/api/v1/health")["status"] == "ok"
