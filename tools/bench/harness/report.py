"""Markdown out of numbers, and what a reader must know about the machine."""

import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def show(value, pattern="{:.2f}"):
    return "–" if value is None else pattern.format(value)


def table(head, rows):
    """A Markdown table, columns padded so that it reads well in a terminal too."""
    lines = [list(map(str, row)) for row in [head, *rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    padded = ["| " + " | ".join(
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(line, widths))) + " |" for line in lines]
    rule = "|" + "|".join("-" * (width + 1) + ("-" if column == 0 else ":")
                          for column, width in enumerate(widths)) + "|"
    return "\n".join([padded[0], rule, *padded[1:]])


def progress(text):
    """Says on a terminal what is going on; an empty text wipes it."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOP)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip()


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def versions(keywheel):
    first = {
        "keywheel": _output(keywheel, "--version"),
        "nginx": _output("nginx", "-v").replace("nginx version: ", ""),
        "haproxy": _output("haproxy", "-v"),
        "wrk": _output("wrk", "-v"),
    }
    words = {name: (text.splitlines() or ["?"])[0] for name, text in first.items()}
    words["haproxy"] = " ".join(words["haproxy"].split()[:3])
    words["wrk"] = words["wrk"].partition(" [")[0]
    return ", ".join(words.values())


def header(title, keywheel, notes):
    """Title, machine, date, commit, versions and command, then `notes` (lines)."""
    # Without optional locks: a benchmark must not touch the index of someone who is committing.
    commit = _output("git", "--no-optional-locks", "describe", "--always", "--dirty", "--exclude=*")
    lines = [
        f"# {title}",
        "",
        f"- machine: {os.cpu_count()} × {_processor()}, Linux {platform.release()}, "
        f"load average before: {os.getloadavg()[0]:.1f}",
        f"- date: {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}; sources: {commit or '?'}",
        f"- versions: {versions(keywheel)}",
        f"- command: `{shlex.join(['tools/bench/' + Path(sys.argv[0]).name, *sys.argv[1:]])}`",
        *(f"- {note}" for note in notes),
        "",
    ]
    return "\n".join(lines)


def publish(text, out):
    """Prints the report, and writes it to the file `out` too if there is one."""
    print(text)
    if out:
        Path(out).parent.mkdir(parents=True, exist_ok=True)
        Path(out).write_text(text + "\n")
