"""Containers as Docker and Podman tell them, over a real Unix socket; their folders are a made-up /proc."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.logs import containers
from wacket_agent.logs.containers import Container, first_process, folders, listed

ONE, TWO = "a" * 64, "b" * 64


@contextlib.contextmanager
def service(folder: Path, answers: dict[str, object]):
    """Answers each path with its JSON, and everything else with 404."""
    path = str(folder / "docker.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()

        def serve() -> None:
            while True:
                with listening.accept()[0] as connection:
                    asked = connection.recv(65536).split(b" ")[1].decode()
                    if asked == "/end":
                        return
                    body = json.dumps(answers.get(asked)).encode()
                    status = b"200 OK" if asked in answers else b"404 Not Found"
                    connection.sendall(b"HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield path
        finally:
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(path)
                last.sendall(b"GET /end HTTP/1.0\r\n\r\n")
            thread.join(30)


def test_the_folders_of_running_containers_are_found(tmp_path: Path) -> None:
    (tmp_path / "12" / "root").mkdir(parents=True)
    answers = {
        "/containers/json": [
            {"Id": ONE, "Names": ["/shop\x1b[2J"]},
            {"Id": TWO, "Names": []},
            {"Id": "c" * 64},
            {"Id": "../../etc"},
        ],
        f"/containers/{ONE}/json": {"State": {"Pid": 12}},
        f"/containers/{TWO}/json": {"State": {"Pid": 0}},
    }
    with service(tmp_path, answers) as path:
        (found,) = folders([path, str(tmp_path / "none.sock")], str(tmp_path))
    assert found.path == f"{tmp_path}/12/root/tmp"
    assert found.proc == f"{tmp_path}/12/root/proc"
    assert found.attrs == {"container": "shop?[2J"}


def test_a_container_that_cannot_be_looked_into_has_no_folder(tmp_path: Path) -> None:
    answers = {"/containers/json": [{"Id": ONE}], f"/containers/{ONE}/json": {"State": {"Pid": 12}}}
    with service(tmp_path, answers) as path:
        assert folders([path], str(tmp_path)) == []


def test_a_service_that_does_not_answer_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def get(socket_path: str, path: str, timeout: float, limit: int) -> tuple[int, bytes]:
        asked.append(path)
        if path == containers.LIST:
            return 200, json.dumps([{"Id": ONE}, {"Id": TWO}]).encode()
        raise containers.UnixHttpError("no whole answer in time")

    monkeypatch.setattr(containers, "get", get)
    assert folders([str(tmp_path)]) == []
    assert asked == [containers.LIST, f"/containers/{ONE}/json"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Id", "Names", "State", "Pid"]), inner)
    ),
)


@pytest.mark.slow
@given(anything, anything)
def test_any_answer_is_read(listing: object, description: object) -> None:
    assert all(isinstance(one, Container) for one in listed(listing))
    assert 0 <= first_process(description) < 2**31
