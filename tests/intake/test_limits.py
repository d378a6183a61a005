"""Quotas, growing delays and repeats: all of it with time as an argument."""

from __future__ import annotations

import pytest

from wacket.intake.limits import SECOND, Repeats, Throttle, TokenBucket, neighbourhood


class TestTokenBucket:
    def test_burst_then_rate(self):
        bucket = TokenBucket(rate=10, burst=5, at=0)
        assert [bucket.take(1, 0) for _ in range(5)] == [0.0] * 5
        assert bucket.take(1, 0) == pytest.approx(0.1)
        assert bucket.take(1, SECOND // 10) == 0.0
        assert bucket.take(1, SECOND // 10) > 0

    def test_refused_takes_nothing(self):
        bucket = TokenBucket(rate=1, burst=10, at=0)
        bucket.take(8, 0)
        assert bucket.take(5, 0) == pytest.approx(3)
        assert bucket.take(2, 0) == 0.0

    def test_large_batch_passes_and_is_paid_for(self):
        bucket = TokenBucket(rate=100, burst=10, at=0)
        assert bucket.take(1000, 0) == 0.0
        assert bucket.take(1, 0) == pytest.approx(9.91)
        assert bucket.take(1, 10 * SECOND) == 0.0

    def test_average_holds_whatever_the_size(self):
        for size in (1, 7, 100):
            bucket = TokenBucket(rate=50, burst=20, at=0)
            taken = sum(size for now in range(0, 100 * SECOND, SECOND // 100) if not bucket.take(size, now))
            assert taken == pytest.approx(5000, rel=0.03)

    def test_a_long_rest_gives_no_more_than_the_burst(self):
        bucket = TokenBucket(rate=1, burst=3, at=0)
        bucket.take(3, 0)
        assert [bucket.take(1, 10**15) > 0 for _ in range(4)] == [False, False, False, True]

    def test_clock_that_steps_back_gives_nothing(self):
        bucket = TokenBucket(rate=1, burst=1, at=100 * SECOND)
        bucket.take(1, 100 * SECOND)
        assert bucket.take(1, 50 * SECOND) == pytest.approx(1)


class TestThrottle:
    @pytest.fixture
    def throttle(self):
        return Throttle(free=3, first=2, longest=60, forget=600)

    def test_free_tries_then_delays_that_double(self, throttle):
        now, waits = 0, []
        for _ in range(10):
            wait = throttle.wait("ada", now)
            waits.append(wait)
            now += int(wait * SECOND)
            throttle.begin("ada", now)
        assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60]

    def test_wait_shrinks_with_time(self, throttle):
        for _ in range(3):
            throttle.begin("ada", 0)
        assert throttle.wait("ada", SECOND) == 1
        assert throttle.wait("ada", 2 * SECOND) == 0

    def test_tries_at_the_same_time_count_before_they_end(self, throttle):
        allowed = 0
        for _ in range(100):
            if throttle.wait("ada", 0) == 0:
                throttle.begin("ada", 0)
                allowed += 1
        assert allowed == 3

    def test_keys_do_not_touch_each_other(self, throttle):
        for _ in range(5):
            throttle.begin("ada", 0)
        assert throttle.wait("bob", 0) == 0

    def test_success_clears_or_undoes(self, throttle):
        for key in ("ada", "bob"):
            for _ in range(5):
                throttle.begin(key, 0)
        throttle.clear("ada")
        assert throttle.wait("ada", 0) == 0
        throttle.undo("bob")
        assert throttle.wait("bob", 0) == 4
        throttle.undo("nobody")

    def test_a_success_does_not_make_those_wait_longer_who_failed(self, throttle):
        for _ in range(4):
            throttle.begin("bob", 0)
        throttle.begin("bob", 3 * SECOND)
        throttle.undo("bob")
        assert throttle.wait("bob", 3 * SECOND) == 1

    def test_forgets(self, throttle):
        for _ in range(20):
            throttle.begin("ada", 0)
        assert throttle.wait("ada", 600 * SECOND) == 0
        throttle.begin("ada", 600 * SECOND)
        assert throttle.wait("ada", 600 * SECOND) == 0

    def test_clock_that_steps_back_locks_nobody_out(self, throttle):
        for _ in range(4):
            throttle.begin("ada", 10**15)
        assert throttle.wait("ada", 0) == 4

    def test_a_million_failures_are_still_a_number(self, throttle):
        throttle.begin("ada", 0)
        throttle._failures["ada"].count = 1_000_000
        assert throttle.wait("ada", 0) == 60

    def test_is_bounded(self):
        throttle = Throttle(free=1, first=10, longest=10, most=3)
        for key in "abcd":
            throttle.begin(key, 0)
        assert [throttle.wait(key, 0) for key in "abcd"] == [0, 10, 10, 10]


class TestRepeats:
    def test_first_ones_then_powers_of_two(self):
        repeats = Repeats(each=3)
        noted = [repeats.note("x", 0) for _ in range(20)]
        assert [number for number in noted if number] == [1, 2, 3, 4, 8, 16]

    def test_a_flood_leaves_few(self):
        repeats = Repeats()
        assert sum(1 for _ in range(50_000) if repeats.note("x", 0)) <= 21

    def test_keys_and_time(self):
        repeats = Repeats(each=1, forget=60)
        assert [repeats.note("x", 0), repeats.note("y", 0)] == [1, 1]
        assert [repeats.note("x", 1), repeats.note("x", 2)] == [2, 0]
        assert repeats.note("x", 63 * SECOND) == 1

    def test_is_bounded(self):
        repeats = Repeats(each=1, most=2)
        for key in "abc":
            repeats.note(key, 0)
        assert len(repeats._seen) == 2


@pytest.mark.parametrize(
    ("peer", "together"),
    [
        ("192.168.1.20", "192.168.1.20"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_neighbourhood(peer, together):
    assert neighbourhood(peer) == together
