# Runs inside MicroPython, before the sketch: what a board has and the WebAssembly port lacks.
import os
import sys
import time

import wires


class Wire:
    def __init__(self, *_):
        self._wire = None

    def connect(self, address):
        self._wire = wires.connect()

    def settimeout(self, seconds):
        pass

    def send(self, data):
        sent = wires.write(self._wire, "".join(chr(byte) for byte in data))
        if sent < 0:
            raise OSError(32)  # EPIPE
        return sent

    def write(self, data):
        return self.send(data)

    def sendall(self, data):
        while data:
            data = data[self.send(data) :]

    def recv(self, size):
        return bytes(ord(one) for one in wires.read(self._wire, size))

    def readline(self):
        line = b""
        while not line.endswith(b"\n"):
            one = self.recv(1)
            if not one:
                break
            line += one
        return line

    def makefile(self, *_):
        return self

    def close(self):
        pass


class Sockets:
    socket = Wire
    AF_INET, SOCK_STREAM, SOCK_DGRAM = 2, 1, 2

    def getaddrinfo(self, host, port, *_):
        return [(2, 1, 0, "", (host, port))]


class Clock:
    """`sleep` returns at once, and ends the sketch the third time."""

    naps = 0

    def sleep(self, seconds):
        self.naps += 1
        if self.naps == 3:
            raise SystemExit

    def sleep_ms(self, milliseconds):
        self.sleep(milliseconds / 1000)

    time, ticks_ms = time.time, time.ticks_ms


class System:
    """Everything of `os`, and random bytes that are always the same."""

    def __getattr__(self, name):
        return getattr(os, name)

    def urandom(self, size):
        return bytes(range(size))


sys.modules["os"] = sys.modules["uos"] = System()
sys.modules["socket"] = sys.modules["usocket"] = Sockets()
sys.modules["time"] = sys.modules["utime"] = Clock()
