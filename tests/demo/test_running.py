"""Boards live in threads until told to stop, and a failing one tries again."""

import threading

from wacket.demo.running import lives, running


class Life:
    name, every, sent, acknowledged = "test", 0.001, 0, 0

    def __init__(self, failing: int) -> None:
        self.failed, self.problem, self.closed = 0, "", False
        self._failing = failing
        self.worked = threading.Event()

    def step(self) -> None:
        if self.failed < self._failing:
            raise ConnectionRefusedError
        self.worked.set()

    def close(self) -> None:
        self.closed = True


def test_a_board_that_cannot_send_tries_again_and_all_end_together():
    living = [Life(3), Life(0)]
    with running(living):
        assert all(life.worked.wait(10) for life in living)
    assert [life.failed for life in living] == [3, 0]
    assert all(life.closed for life in living) and living[0].problem.startswith("test: ")
    assert not [thread for thread in threading.enumerate() if thread.name == "test"]


def test_only_the_doors_that_are_open_have_boards():
    living = lives({"http": "127.0.0.1:1", "tcp": "", "udp": ""})
    assert {life.name for life in living} == {"rack", "tank", "air", "meter-2", "class"}
    for life in living:
        life.close()
