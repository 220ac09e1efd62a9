"""Starting and ending processes, and what the kernel says about their CPU and memory (Linux)."""

import contextlib
import http.client
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


def need(*commands, remedy="tools/setup --bench"):
    """Ends the program, saying what to run, if one of the commands is missing."""
    missing = [name for name in commands if not shutil.which(name)]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}; run  {remedy}")


def end_on_signals():
    """SIGTERM and SIGHUP unwind like Ctrl-C, so that every process started here is ended."""

    def leave(number, _frame):
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def allow_many_sockets():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def on_cores(cores):
    """Processes started inside inherit these cores; None: any core."""
    before = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def get(port, path, headers=None, timeout=2.0):
    """Status of one GET on loopback; 0 if there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@dataclass
class Cores:
    """Where things run; None: wherever the kernel puts them."""

    one: set | None
    two: set | None
    load: set | None

    @staticmethod
    def divided(pin):
        cores = sorted(os.sched_getaffinity(0))
        if not pin or len(cores) < 2:
            return Cores(None, None, None)
        load = set(cores[2:]) if len(cores) > 3 else set(cores[1:])
        return Cores({cores[0]}, set(cores[:2]), load)

    def described(self):
        if self.one is None:
            return "not pinned: contenders, wrk and simulator share all cores"
        return (f"contenders on core {_listed(self.one)} (2 workers: {_listed(self.two)}), "
                f"wrk and simulator on {_listed(self.load)}")


def _listed(cores):
    return ",".join(map(str, sorted(cores)))


class Server:
    """A process in a group of its own that answers on a port; used with `with`."""

    def __init__(self, command, port, cores, log, ready_headers=None, ready_timeout=10.0):
        """Returns once GET /v1/models succeeds; `seconds_to_ready` is how long that took.

        `log` is the file that takes its output.
        """
        self.port = port
        with open(log, "ab") as output, on_cores(cores):
            start = time.monotonic()
            self._name = command[0]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True)
        self.pid = self._process.pid
        try:
            while get(port, "/v1/models", ready_headers) != 200:
                if self._process.poll() is not None or time.monotonic() - start > ready_timeout:
                    tail = Path(log).read_text(errors="replace")[-2000:]
                    raise SystemExit(f"{command[0]} does not answer:\n{tail}")
                time.sleep(0.0005)
        except BaseException:
            self.stop()
            raise
        self.seconds_to_ready = time.monotonic() - start

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, grace=5.0):
        """Ends the group: SIGTERM, and SIGKILL to what is left after `grace` seconds."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
                return

    def check(self):
        """Ends the program, saying so, if the process has ended of its own accord."""
        if self._process.poll() is not None:
            raise SystemExit(f"{self._name} ended by itself with {self._process.returncode}")

    def pids(self):
        """The process and its descendants."""
        found, queue = [], [self.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    queue += map(int, children.read_text().split())
        return found

    def move(self, cores):
        """Binds all its threads to these cores."""
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").glob("*"):
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(int(task.name), cores)

    def cpu_seconds(self):
        """User and system time so far, of all its processes and their living threads."""
        return sum(_cpu_seconds(pid) for pid in self.pids())

    def wake_ups(self):
        """How often its threads went to sleep of their own accord so far."""
        return sum(int(line.split()[1]) for pid in self.pids()
                   for line in _task_lines(pid, "status", "voluntary_ctxt_switches"))

    def memory(self, field="VmRSS"):
        """Bytes, summed over its processes (pages they share are counted in each).

        VmHWM is the peak of VmRSS; RssAnon leaves out what is backed by files, such as libraries.
        """
        return sum(int(line.split()[1]) * 1024 for pid in self.pids()
                   for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                   if line.startswith(field + ":"))


def _task_lines(pid, file, prefix=""):
    for path in Path(f"/proc/{pid}/task").glob(f"*/{file}"):
        with contextlib.suppress(OSError):
            yield from (line for line in path.read_text().splitlines() if line.startswith(prefix))


def _cpu_seconds(pid):
    # The scheduler's own sum, in nanoseconds. /proc/PID/stat tells the same number in hundredths of
    # a second, too coarse for one connection over a second or two.
    precise = [int(line.split()[0]) for line in _task_lines(pid, "schedstat")]
    if precise:
        return sum(precise) / 1e9
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
