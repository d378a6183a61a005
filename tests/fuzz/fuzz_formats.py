"""Coverage-guided fuzzing of every decoder: whatever comes, it must not raise, and every frame must be accounted for.

`python tests/fuzz/fuzz_formats.py -max_total_time=60`, or `make torture`; more arguments go to libFuzzer, and the
fixtures are where it starts from. Needs atheris, of which there is none for Python 3.12 and later: then it fails, since
nothing was fuzzed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("nothing was fuzzed: atheris is not installed (it needs Python 3.11)")

with atheris.instrument_imports(include=["wacket.formats", "wacket.framing"]):
    from wacket import formats
    from wacket.framing import lines

    MODULES = [(name, formats.find(name)) for name in formats.known()]

from wacket.records import Decoded, Envelope

FIXTURES = Path(__file__).parents[1] / "fixtures" / "formats"
SPLIT = b"\n--\n"  # parts the envelopes of one input
LIMIT = 64
MEMORY = "-rss_limit_mb=8192"  # the tracing itself grows by 4 KB a run; the decoders, run without it, do not grow


def check(name: str, decoded: Decoded, envelopes: list[Envelope]) -> None:
    readings, logs = decoded.readings, decoded.logs
    assert len(decoded.frames) == len(envelopes)
    assert len(readings.series) == len(readings.at) == len(readings.value) == len(readings.quality)
    assert not len(readings) or readings.series.max() < len(decoded.keys)
    assert len(logs.source) == len(logs.body) == len(logs.attrs) == len(logs)
    logs.body.data.decode("utf-8")
    logs.attrs.data.decode("utf-8")
    places = {(reject.envelope, reject.offset) for reject in decoded.rejects}
    assert len(places) == len(decoded.rejects)
    assert all(offset < decoded.frames[envelope] for envelope, offset in places)
    if name != "csv":
        expected = [sum(1 for line in envelope.body.split(b"\n") if line.strip()) for envelope in envelopes]
        assert decoded.frames == expected


def one(data: bytes) -> None:
    if not data:
        return
    name, module = MODULES[data[0] % len(MODULES)]
    bodies = data[1:].split(SPLIT)
    envelopes = [Envelope("fuzz", "", place % 2, name, 10**15, body) for place, body in enumerate(bodies)]
    check(name, module.decode(envelopes), envelopes)
    cutter = lines.Lines(LIMIT)
    out = b"".join(cutter.feed(data[at : at + 7]) for at in range(0, len(data), 7)) + cutter.close()
    assert all(len(line) <= LIMIT for line in out.split(b"\n"))


def seeds(folder: Path) -> None:
    for place, (name, _) in enumerate(MODULES):
        for case in FIXTURES.glob(f"{name}/*/input"):
            (folder / f"{name}-{case.parent.name}").write_bytes(bytes([place]) + case.read_bytes())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        seeds(Path(folder))
        atheris.Setup(
            [sys.argv[0], MEMORY, *sys.argv[1:], f"-artifact_prefix={tempfile.gettempdir()}/wacket-", folder], one
        )
        atheris.Fuzz()
