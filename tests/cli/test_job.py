"""wacket job: the record, the output, and what can be done with a job afterwards."""

import json

import pytest

JOB = {
    "id": 212,
    "at": "2026-11-21T08:00:00Z",
    "actor": "person:ada",
    "target": "tag:demo",
    "kind": "exec",
    "argv": ["df", "-h"],
    "digest": "ab" * 32,
    "counts": {"succeeded": 1, "failed": 1},
}
NODES = [
    {"node": "a", "state": "succeeded", "exit": 0, "seconds": 0.01, "peak": 3_145_728, "out": 4, "err": 0},
    {"node": "b\x1b", "state": "failed", "exit": 2, "seconds": 0.01, "peak": None, "out": 0, "err": 6},
]
ANSWERS = [
    {"nodes": "a", "count": 1, "state": "succeeded", "exit": 0, "out": "61%\n", "err": ""},
    {"nodes": "b", "count": 1, "state": "failed", "exit": 2, "out": "", "err": "wrong\n"},
]
EVENTS = [
    {"event": "job", "id": 213, "nodes": ["a"], "waiting": [], "left_out": []},
    {"event": "output", "node": "a", "stream": "out", "text": "61%\n", "offset": 0},
    {"event": "state", "node": "a", "state": "succeeded", "exit": 0},
]


@pytest.fixture
def known(hub):
    record = {**JOB, "nodes": NODES, "left_out": [{"node": "c", "why": "retired"}]}
    hub.answers["GET /api/v1/jobs"] = {"jobs": [JOB]}
    hub.answers["GET /api/v1/jobs/212"] = record
    hub.answers["GET /api/v1/jobs/212/answers"] = {"answers": ANSWERS}
    return record


def test_jobs_are_listed_with_how_they_stand(hub, wacket, known):
    ran = wacket("job", "ls", "--limit", "5")
    assert ran.out == "212  2026-11-21T08:00:00Z  person:ada  tag:demo  1 succeeded, 1 failed  df -h\n"
    assert hub.last().query == {"limit": ["5"]}
    assert json.loads(wacket("job", "ls", "--json=id").out) == [{"id": 212}]


def test_the_record_says_who_what_where_and_how_it_ended(wacket, known):
    ran = wacket("job", "show", "212")
    for text in ("person:ada", "df -h", "3.1 MB", "left out: c: retired", "b\\x1b", "✗ wrong  b  (1) exit 2"):
        assert text in ran.out
    assert json.loads(wacket("job", "show", "212", "--json").out) == {**known, "answers": ANSWERS}


def test_a_python_program_is_named_by_its_digest(hub, wacket, known):
    hub.answers["GET /api/v1/jobs"] = {"jobs": [{**JOB, "argv": None, "kind": "python", "args": ["--x"]}]}
    assert wacket("job", "ls").out.endswith("python (abababababab) --x\n")


def test_output_comes_byte_for_byte_into_a_pipe(hub, wacket, known):
    hub.answers["GET /api/v1/jobs/212/output/a"] = (200, b"61%\x1b", {})
    assert wacket("job", "logs", "212", "a", "--err").out == "61%\x1b"
    assert hub.last().query == {"stream": ["err"]}
    ran = wacket("job", "logs", "212")
    assert ran.code == 2 and "wacket job logs 212 NODE" in ran.err
    known["nodes"] = NODES[:1]
    assert wacket("job", "logs", "212").out == "61%\x1b"
    assert hub.last().query == {"stream": ["both"]}


@pytest.mark.parametrize(("verb", "body"), [("repeat", {}), ("retry", {"only": "failed"})])
def test_a_job_made_of_another_is_followed(hub, wacket, verb, body):
    hub.answers["POST /api/v1/jobs/212/repeat"] = (201, {"id": 213}, {})
    lines = b"".join(json.dumps(event).encode() + b"\n\n" for event in EVENTS)
    hub.answers["GET /api/v1/jobs/213/events"] = (200, lines, {})
    ran = wacket("job", verb, "212")
    assert (ran.code, ran.out, ran.err) == (0, "61%\n", "")
    assert hub.asked[0].json == body


def test_a_job_can_be_followed_from_elsewhere(hub, wacket):
    lines = b"".join(json.dumps(event).encode() + b"\n" for event in EVENTS)
    hub.answers["GET /api/v1/jobs/213/events"] = (200, lines, {})
    assert wacket("job", "follow", "213").out == "61%\n"


@pytest.mark.parametrize(("more", "body"), [([], {}), (["a"], {"node": "a"})])
def test_a_job_is_cancelled_everywhere_or_on_one_node(hub, wacket, more, body):
    hub.answers["POST /api/v1/jobs/212/cancel"] = {"cancelled": 1}
    ran = wacket("job", "cancel", "212", *more)
    assert ran.code == 0 and hub.last().json == body and "wacket job show 212" in ran.err


def test_schedules_are_listed_made_and_removed(hub, wacket):
    one = {"id": 3, "author": "person:ada", "target": "a", "every": 60, "next": "T", "last": None, "last_job": None}
    hub.answers["GET /api/v1/schedules"] = {"schedules": [{**one, "trouble": "", "job": JOB}]}
    assert "60 s" in wacket("job", "schedule", "ls").out and "df -h" in wacket("job", "schedule", "ls").out
    hub.answers["POST /api/v1/schedules"] = (201, {"id": 4}, {})
    assert wacket("job", "schedule", "add", "212", "--every", "1h").code == 0
    assert hub.last().json == {"repeats": 212, "every": 3600}
    hub.answers["DELETE /api/v1/schedules/3"] = {}
    assert wacket("job", "schedule", "rm", "3").code == 0


@pytest.mark.parametrize("words", [["show", "0"], ["show", "../x"], ["cancel", "-1"], ["logs", "x"]])
def test_a_job_is_a_number(hub, wacket, words):
    assert wacket("job", *words).code == 2 and not hub.asked
