"""wacket run: what is asked of the hub, what is shown of the answer, and the exit code."""

import base64
import hashlib
import json

import pytest
from tests.support.jobs import END, group, job, ndjson, output, state


@pytest.fixture
def answering(hub):
    """Let the hub answer a job with these events and, folded, these answers."""

    def answer(*events, answers=()):
        hub.answers["POST /api/v1/jobs"] = ndjson(*events)
        hub.answers["GET /api/v1/jobs/212/answers"] = {"answers": list(answers)}

    return answer


def test_one_node_s_output_comes_as_it_is_and_nothing_else(hub, wacket, answering):
    answering(
        job("demo-04"),
        state("demo-04", "running"),
        output("demo-04", "a\n"),
        output("demo-04", "wrong\n", "err"),
        {**output("demo-04", "", offset=2), "base64": base64.b64encode(b"\xff\x1b").decode()},
        state("demo-04", "succeeded", exit=0),
        END,
    )
    ran = wacket("run", "demo-04", "--", "ls", "-l", "--timeout", "x")
    assert (ran.code, ran.err) == (0, "wrong\n")
    assert ran.out.startswith("a\n") and "\x1b" in ran.out
    assert hub.last().json == {
        "target": "demo-04",
        "kind": "exec",
        "argv": ["ls", "-l", "--timeout", "x"],
        "env": {},
        "timeout": 600,
        "expires": 3600,
        "bring": [],
        "files": [],
    }
    assert hub.last().headers["accept"] == "application/x-ndjson" and len(hub.asked) == 1


def test_equal_answers_of_many_are_folded_and_failures_are_shown_last(wacket, answering):
    states = [state(f"demo-0{n}", "succeeded", exit=0) for n in range(1, 5)]
    answering(
        job("demo-01", "demo-02", "demo-03", "demo-04", "demo-05"),
        *states,
        state("demo-05", "failed", exit=2),
        answers=[
            group("demo-05", 1, "", state="failed", exit=2, err="no such file\n"),
            group("demo-04", 1, "94%\n"),
            group("demo-[01-03]", 3, "61%\n"),
        ],
    )
    ran = wacket("run", "tag:demo", "--", "df")
    assert ran.out.splitlines() == [
        "61%             demo-[01-03]  (3)",
        "94%             demo-04       (1)",
        "✗ no such file  demo-05       (1) exit 2",
    ]
    assert ran.code == 3 and ran.err.startswith("3 ok, 1 differs, 1 failed in 0.")
    assert "full: wacket job show 212" in ran.err


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (["succeeded"], 0),
        (["failed"], 1),
        (["timed_out"], 124),
        (["timed_out", "timed_out"], 124),
        (["timed_out", "failed"], 1),
        (["succeeded", "timed_out"], 3),
        (["succeeded", "lost_reboot"], 3),
        (["rejected", "expired"], 1),
    ],
)
def test_the_exit_code_says_how_many_succeeded(wacket, answering, states, code):
    nodes = [f"n{number}" for number in range(len(states))]
    answering(job(*nodes), *map(state, nodes, states), END)
    assert wacket("run", "n*", "--", "x").code == code


@pytest.mark.parametrize(("ended", "code"), [({"exit": 7}, 7), ({"exit": None, "signal": 9}, 137), ({}, 1)])
def test_the_program_s_own_code_is_given_if_it_is_asked_for(wacket, answering, ended, code):
    answering(job("a"), state("a", "failed", **ended), END)
    ran = wacket("run", "a", "--exit-code", "--", "x")
    assert ran.code == code and "a: " in ran.err
    assert wacket("run", "a", "--", "x").code == 1


def test_nodes_that_are_away_are_told_and_not_waited_for(wacket, answering):
    answering(job("a", "b", waiting=["b"]), state("a", "succeeded"), answers=[group("a", 1, "x\n")])
    ran = wacket("run", "a,b", "--expires", "2h", "--", "x")
    assert ran.code == 3
    assert ran.err.startswith("! b is not there; its command waits until ") and "1 ok, 1 waits" in ran.err


def test_with_wait_nodes_that_come_back_are_waited_for(wacket, answering):
    answering(job("a", waiting=["a"]), state("a", "running"), output("a", "late\n"), state("a", "succeeded"), END)
    ran = wacket("run", "a", "--wait", "--", "x")
    assert (ran.code, ran.out) == (0, "late\n")


def test_live_lines_carry_their_node_s_name_and_are_whole(wacket, answering):
    answering(
        job("a", "long"),
        output("a", "on"),
        output("long", "two\n"),
        output("a", "e\nx\x1b", offset=2),
        output("long", "bad\n", "err"),
        {"event": "cut", "node": "long", "out": 2_000_000, "err": 0},
        state("a", "succeeded"),
        state("long", "succeeded"),
        answers=[],
    )
    ran = wacket("run", "a,long", "--live", "--", "x")
    assert ran.out.splitlines() == ["long │ two", "a    │ one", "a    │ x\\x1b"]
    assert ran.err.splitlines()[:2] == ["long │ bad", "long │ 2.0 MB of the output were left out here"]


def test_json_streams_the_events_as_they_are(wacket, answering):
    events = [job("a", "b"), output("a", "x\x1b"), state("a", "succeeded"), state("b", "failed"), END]
    answering(*events)
    ran = wacket("run", "a,b", "--json", "--", "x")
    assert [json.loads(line) for line in ran.out.splitlines()] == events and ran.code == 3


def test_a_python_program_its_arguments_input_and_surroundings_are_sent(hub, wacket, answering, tmp_path):
    program, data = tmp_path / "blink.py", tmp_path / "data.csv"
    program.write_text("print('ä')\n")
    data.write_bytes(b"1,2\n")
    answering(job("a"), state("a", "succeeded"), END)
    hub.answers["PUT /api/v1/blobs/" + hashlib.sha256(b"1,2\n").hexdigest()] = {}
    words = ["--env", "A=1=2", "--cwd", "/tmp/x", "--stdin", "-", "--user", "kiosk", "--timeout", "2m"]
    words += ["--py", str(program), "--send", str(data), "--", "--times", "3"]
    assert wacket("run", "a", *words, input="hi").code == 0
    blob, asked = hub.asked
    assert blob.body == b"1,2\n"
    assert asked.json == {
        "target": "a",
        "kind": "python",
        "program": "print('ä')\n",
        "args": ["--times", "3"],
        "env": {"A": "1=2"},
        "cwd": "/tmp/x",
        "stdin": base64.b64encode(b"hi").decode(),
        "user": "kiosk",
        "timeout": 120,
        "expires": 3600,
        "bring": [],
        "files": [{"name": "data.csv", "sha256": blob.path.rpartition("/")[2], "size": 4, "mode": 0o644}],
    }


def test_names_can_come_from_standard_input(hub, wacket, answering):
    answering(job("a", "b"), state("a", "succeeded"), state("b", "succeeded"), END)
    assert wacket("run", "-", "--", "x", input="a\nb\n").code == 0
    asked = hub.asked[0].json
    assert (asked["target"], asked["names"]) == ("-", ["a", "b"])


@pytest.mark.parametrize("target", ["*,!-", "*, ! - ", "tag:demo&-", "c,-", "*,!-&os:linux"])
def test_names_to_spare_can_come_from_standard_input_too(hub, wacket, answering, target):
    answering(job("a"), state("a", "succeeded"), END)
    assert wacket("run", target, "--", "x", input="b\n").code == 0
    assert hub.asked[0].json["names"] == ["b"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a", "ls", "-n"], "comes after --"),
        (["a"], "comes after --"),
        (["a", "--"], "comes after --"),
        (["-", "--stdin", "-", "--", "x"], "only one thing"),
        (["*,!-", "--stdin", "-", "--", "x"], "only one thing"),
        (["a", "--env", "A", "--", "x"], "NAME=VALUE"),
        (["a", "--timeout", "soon", "--", "x"], "no length of time"),
        (["a", "--timeout", "8d", "--", "x"], "not between"),
        (["a", "--wait", "--no-wait", "--", "x"], "exclude each other"),
        (["a", "--at", "never", "--", "x"], "no moment"),
        (["a", "--at", "2020-01-01T00:00", "--", "x"], "is over"),
        (["a", "--py", "/nonexistent.py"], "cannot read"),
        (["a", "--send", "/nonexistent", "--", "x"], "cannot read"),
    ],
)
def test_what_makes_no_sense_asks_nothing_of_the_hub(hub, wacket, words, said):
    ran = wacket("run", *words)
    assert ran.code == 2 and said in ran.err and not hub.asked


def test_a_dry_run_shows_who_is_meant_and_why_others_are_not(hub, wacket):
    seen = {"nodes": [{"node": "a", "state": "up"}], "left_out": [{"node": "b", "why": "does not allow run"}]}
    hub.answers["POST /api/v1/jobs/preview"] = seen
    ran = wacket("run", "*", "-n", "--", "reboot")
    assert ran.out.splitlines() == ["a  would run it (up)", "b  left out: does not allow run"] and ran.code == 0
    assert [asked.path for asked in hub.asked] == ["/api/v1/jobs/preview"]
    assert json.loads(wacket("run", "*", "-n", "--json", "--", "reboot").out) == seen
    hub.answers["POST /api/v1/jobs/preview"] = {"nodes": [], "left_out": []}
    assert wacket("run", "x", "-n", "--", "reboot").code == 1


def test_a_target_that_means_nobody_is_told_in_the_hub_s_words(hub, wacket):
    hub.answers["POST /api/v1/jobs"] = (400, {"error": "no node fits 'x'"}, {})
    ran = wacket("run", "x", "--", "ls")
    assert ran.code == 1 and ran.err.startswith("✗ no node fits 'x'\n")


def test_waiting_for_nothing_prints_the_number(hub, wacket):
    hub.answers["POST /api/v1/jobs"] = (201, {"id": 212, "nodes": ["a"], "waiting": [], "left_out": []}, {})
    assert wacket("run", "a", "--no-wait", "--", "x").out == "212\n"


def test_a_schedule_is_made_instead_of_a_job(hub, wacket):
    hub.answers["POST /api/v1/schedules"] = (201, {"id": 3}, {})
    ran = wacket("run", "a", "--every", "1d", "--at", "2099-11-22T08:00+00:00", "--", "x")
    asked = hub.last().json
    assert ran.code == 0 and (asked["every"], asked["at"]) == (86_400, "2099-11-22T08:00:00+00:00")
    assert asked["job"]["argv"] == ["x"] and [one.path for one in hub.asked] == ["/api/v1/schedules"]


def test_files_are_brought_into_a_folder_and_bad_names_are_left(hub, wacket, answering, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answering(job("a"), state("a", "succeeded"), END)
    names = ["out/plot 1.png", "../evil", "/etc/evil", "x\x1b", "a\\b", ".."]
    hub.answers["GET /api/v1/jobs/212"] = {"nodes": [{"node": "a", "files": [{"name": name} for name in names]}]}
    hub.answers["GET /api/v1/jobs/212/files/a/out/plot%201.png"] = (200, b"PNG", {})
    ran = wacket("run", "a", "--bring", "*.png", "--", "x")
    assert ran.code == 0 and "1 file in job-212/" in ran.err and ran.err.count("is no name for a file here") == 5
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "job-212/a/out/plot 1.png"
    ]
    assert "stays as it is" in wacket("job", "files", "212").err
