"""Load on one contender, and the numbers that come of it."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .processes import on_cores

SCRIPT = Path(__file__).with_name("chat.lua")


@dataclass
class Sample:
    """One run of wrk; latencies in seconds. CPU is that of the contender, None without one."""

    requests: int
    bytes: int
    seconds: float
    p50: float
    p99: float
    status_errors: int
    socket_errors: int
    cpu_seconds: float | None = None

    @property
    def rate(self):
        return self.requests / self.seconds

    @property
    def cpu_per_1000(self):
        if self.cpu_seconds is None or not self.requests:
            return None
        return self.cpu_seconds * 1000 / self.requests

    @property
    def busy(self):
        """Share of one core that the contender used."""
        return None if self.cpu_seconds is None else self.cpu_seconds / self.seconds

    @property
    def errors(self):
        return self.status_errors + self.socket_errors


def measure(port, connections, seconds, cores, server=None, streamed=False):
    """One run of wrk with one thread; `server` is whose CPU is counted."""
    command = ["wrk", "--threads", "1", "--connections", str(connections),
               "--duration", f"{seconds}s", "--timeout", "10s", "--script", str(SCRIPT),
               f"http://127.0.0.1:{port}/v1/chat/completions",
               *(["--", "streamed"] if streamed else [])]
    before = server.cpu_seconds() if server else 0.0
    with on_cores(cores):
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=seconds + 30)
    if server:
        server.check()
    after = server.cpu_seconds() if server else 0.0
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode != 0 or not lines:
        raise SystemExit(f"wrk failed:\n{done.stdout}{done.stderr}")
    values = json.loads(lines[0].removeprefix("RESULT "))
    return Sample(values["requests"], values["bytes"], values["seconds"], values["p50"],
                  values["p99"], values["status"], values["socket"],
                  after - before if server else None)
