"""Instruction counts of a process that runs under valgrind's callgrind."""

import contextlib
import re
import subprocess
import time
from collections import Counter
from pathlib import Path


class Callgrind:
    """Its counters; `pid` was started behind the command `wrapper(folder)`."""

    def __init__(self, pid, folder):
        self._pid = pid
        self._folder = folder
        self._dumps = 0

    @staticmethod
    def wrapper(folder):
        return ["valgrind", "-q", "--tool=callgrind", f"--vgdb-prefix={folder}/vgdb",
                f"--callgrind-out-file={folder}/profile"]

    def zero(self):
        self._tell("zero")

    def dump(self):
        """The profile since the last dump or zero, as text; sets the counters to zero."""
        self._dumps += 1
        self._tell("dump")
        path = Path(f"{self._folder}/profile.{self._dumps}")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                text = path.read_text()
                if "\ntotals: " in text:
                    return _without_open_calls(text)
            time.sleep(0.05)
        raise SystemExit("valgrind wrote no profile")

    def _tell(self, word):
        done = subprocess.run(
            ["vgdb", f"--vgdb-prefix={self._folder}/vgdb", f"--pid={self._pid}", word],
            capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise SystemExit(f"vgdb {word} failed:\n{done.stdout}{done.stderr}")


def _without_open_calls(profile):
    # Calls that began before this part carry the cost of all below them, which callgrind_annotate
    # would take for the caller's own.
    return re.sub(r"^(calls=0 .*\n\S+) \d+$", r"\1 0", profile, flags=re.MULTILINE)


def total(profile):
    return int(re.search(r"^totals: (\d+)", profile, re.MULTILINE)[1])


def by_object(profile):
    """{file name of the program or library: instructions spent in its own code}."""
    names, costs, current, called = {}, Counter(), "?", False
    for line in profile.splitlines():
        if named := re.match(r"(c?)ob=\((\d+)\)(?: (.*))?", line):
            callee, number, name = named.groups()
            if name:
                names[number] = Path(name).name
            if not callee:
                current = names.get(number, "?")
        elif line.startswith("calls="):
            called = True  # the next line is the callee's cost
        elif re.match(r"[-+*\d]", line):
            if not called:
                fields = line.split()
                costs[current] += int(fields[1]) if len(fields) > 1 else 0
            called = False
    return costs
