"""A simulated provider with limits, and what it says of its keys afterwards."""

import http.client
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    name: str
    organization: str
    limits: dict  # rpm, tpm: of its organisation

    @property
    def secret(self):
        return f"sk-sim-{self.name}"


def script(keys, minute, latency="20ms"):
    """The simulator's file: organisations with limits, and their keys. `minute` in seconds."""
    lines = [f'latency = "{latency}"', f'minute = "{minute}s"', "tokens = 16", "record = 0"]
    seen = set()
    for key in keys:
        if key.organization not in seen:
            seen.add(key.organization)
            lines += ["[[organizations]]", f'name = "{key.organization}"',
                      *(f"{name} = {value}" for name, value in key.limits.items())]
    for key in keys:
        lines += ["[[keys]]", f'name = "{key.name}"', f'secret = "{key.secret}"',
                  f'organization = "{key.organization}"']
    return "\n".join(lines) + "\n"


def ask(port, method, path, body=None):
    """One request to the control API."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None
    finally:
        connection.close()


def revoke(port, key):
    ask(port, "POST", "/_sim/faults", {"key": key, "fault": {"kind": "revoke"}})


def stats(port):
    """Counters by key name."""
    return ask(port, "GET", "/_sim/stats")["keys"]
