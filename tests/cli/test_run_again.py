"""wacket run when the connection breaks: the job is asked for once, taken up where it was, and shown once."""

from tests.support.jobs import END, job, ndjson, output, state

from wacket.cli.support import following


def test_a_connection_that_breaks_is_taken_up_again_and_nothing_is_shown_twice(hub, wacket, monkeypatch):
    monkeypatch.setattr(following, "PAUSE", 0.0)
    begun = [job("a"), state("a", "running"), output("a", "one\n"), output("a", "wrong\n", "err")]
    broken = {"Content-Length": "99999", "Connection": "close"}
    hub.answers["POST /api/v1/jobs"] = ndjson(*begun, **broken)
    whole = ndjson(*begun, output("a", "two\n", offset=10), state("a", "succeeded"), END)
    replies = [ndjson(*begun[:2], **broken), (200, b"", broken), whole]
    hub.answers["GET /api/v1/jobs/212/events"] = lambda _: replies.pop(0)
    ran = wacket("run", "a", "--", "x")
    assert (ran.code, ran.out, ran.err) == (0, "one\ntwo\n", "wrong\n")
    assert [asked.method for asked in hub.asked] == ["POST", "GET", "GET", "GET"]


def test_a_hub_that_stays_away_is_given_up_and_the_job_is_named(hub, wacket, monkeypatch):
    monkeypatch.setattr(following, "PAUSE", 0.0)
    monkeypatch.setattr(following, "PATIENCE", 2)
    broken = {"Content-Length": "99999", "Connection": "close"}
    hub.answers["POST /api/v1/jobs"] = ndjson(job("a"), **broken)
    hub.answers["GET /api/v1/jobs/212/events"] = (200, b"", broken)
    ran = wacket("run", "a", "--", "x")
    assert ran.code == 5 and "wacket job follow 212" in ran.err


def test_a_job_whose_answer_was_lost_is_asked_for_again_as_the_same(hub, wacket, monkeypatch):
    """The hub may have begun, and knows by the key that this is the job that it made."""
    monkeypatch.setattr(following, "PAUSE", 0.0)
    answers = [ndjson(job("a"), output("a", "one\n"), state("a", "succeeded"), END)]

    def hang_up_twice(_):
        if len(hub.asked) < 3:
            raise ConnectionAbortedError
        return answers.pop()

    hub.answers["POST /api/v1/jobs"] = hang_up_twice
    ran = wacket("run", "a", "--", "x")
    assert (ran.code, ran.out) == (0, "one\n")
    assert len({asked.headers["idempotency-key"] for asked in hub.asked}) == 1
    assert len({asked.body for asked in hub.asked}) == 1


def test_a_hub_that_is_lost_before_any_answer_is_given_up(hub, wacket, monkeypatch):
    monkeypatch.setattr(following, "PAUSE", 0.0)
    monkeypatch.setattr(following, "PATIENCE", 2)

    def hang_up(_):
        raise ConnectionAbortedError

    hub.answers["POST /api/v1/jobs"] = hang_up
    ran = wacket("run", "a", "--", "x")
    assert ran.code == 5 and "wacket job ls" in ran.err
