"""Many slow streams at a time, and what they see of their contender."""

import json
import selectors
import socket
import time
from dataclasses import dataclass, field

from .contenders import CALLER, MODEL


def request_text():
    body = json.dumps({"model": MODEL, "stream": True,
                       "messages": [{"role": "user", "content": "Hello there"}]})
    head = {"Host": "127.0.0.1", "Content-Type": "application/json",
            "Content-Length": str(len(body)), **CALLER}
    lines = ["POST /v1/chat/completions HTTP/1.1", *(f"{n}: {v}" for n, v in head.items()),
             "", body]
    return "\r\n".join(lines).encode()


@dataclass
class Crowd:
    """Open streams. `first` has, in seconds, how long each waited for its first event with content.

    That is the second: a chat's first one says only who speaks, and Keywheel holds it back until
    the next has come.
    """

    port: int
    first: list = field(default_factory=list)
    events: int = 0
    broken: int = 0

    def __post_init__(self):
        self._selector = selectors.DefaultSelector()
        self._request = request_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def open(self, count, pace=500):
        """Begins `count` streams, `pace` a second, and returns when each has had it."""
        wanted = len(self.first) + count
        start = time.monotonic()
        for number in range(count):
            self._begin()
            while time.monotonic() < start + (number + 1) / pace:
                self._turn(max(0.0, start + (number + 1) / pace - time.monotonic()))
        until = time.monotonic() + 20
        while len(self.first) + self.broken < wanted and time.monotonic() < until:
            self._turn(0.05)
        if len(self.first) < wanted:
            raise SystemExit(f"{wanted - len(self.first)} of {count} streams did not begin")

    def read(self, seconds):
        """Takes what comes for so long: the number of events."""
        before = self.events
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._turn(left)
        return self.events - before

    def _begin(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall(self._request)
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ,
                                [time.monotonic(), 2])

    def _turn(self, timeout):
        for key, _ in self._selector.select(timeout):
            part = key.fileobj.recv(65536)
            if not part:
                self._selector.unregister(key.fileobj)
                key.fileobj.close()
                self.broken += 1
                continue
            events = part.count(b"data: ")
            self.events += events
            if key.data[1] > 0:
                key.data[1] -= events
                if key.data[1] <= 0:
                    self.first.append(time.monotonic() - key.data[0])


def stalled(port, count):
    """So many clients that ask for a stream and never read; whoever gets them closes them."""
    result = []
    for _ in range(count):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(request_text())
        result.append(connection)
    return result
