"""The loads and contenders that are compared, and the tables that come of it."""

from dataclasses import dataclass

from .processes import Server
from .report import median, show, table


@dataclass(frozen=True)
class Scenario:
    """A load; `together`: contender, wrk and simulator all on one core."""

    title: str
    connections: int
    together: bool = False


ONE = Scenario("1 connection", 1)
ONE_TOGETHER = Scenario("1 connection, everything on one core", 1, together=True)
MANY = Scenario("32 connections", 32)
CROWD = Scenario("256 connections", 256)
SCENARIOS = (ONE, ONE_TOGETHER, MANY, CROWD)


@dataclass
class Contender:
    """What is measured; `baseline` is the name of the one it is compared with."""

    name: str
    port: int
    server: Server | None
    cores: set | None
    baseline: str = "nginx"


def ratios(samples, contender, scenario, value):
    """Of each round: this contender's value over its baseline's, of the same minute."""
    pairs = zip(samples[contender.name, scenario], samples[contender.baseline, scenario])
    return [value(mine) / value(other) for mine, other in pairs if value(mine) and value(other)]


def load_table(contenders, samples, scenario):
    head = ["", "req/s", "×", "p50 µs", "×", "p99 µs", "×", "CPU s/1000", "×", "busy", "errors"]
    rows = []
    for c in contenders:
        of = samples[c.name, scenario]
        row = [c.name]
        for value, scale, pattern in (
                (lambda s: s.rate, 1, "{:.0f}"), (lambda s: s.p50, 1e6, "{:.0f}"),
                (lambda s: s.p99, 1e6, "{:.0f}"), (lambda s: s.cpu_per_1000, 1, "{:.4f}")):
            middle = median(map(value, of))
            row.append("–" if middle is None else pattern.format(middle * scale))
            row.append(show(median(ratios(samples, c, scenario, value))))
        row.append(show(median(s.busy for s in of), "{:.0%}"))
        row.append(sum(s.errors for s in of))
        rows.append(row)
    return table(head, rows)


def goals(contenders, scenarios, samples):
    """How the numbers stand to what Keywheel promises; every line with the spread over rounds."""
    by_name = {c.name: c for c in contenders}
    rows = []

    def row(what, values, goal):
        spread = f"{min(values):.2f} to {max(values):.2f}" if values else "–"
        rows.append([what, show(median(values)), spread, goal])

    for name in ("keywheel", "keywheel, access log"):
        c = by_name[name]
        for scenario in scenarios:
            if scenario.connections == 1:
                row(f"{name}: p50, {scenario.title}",
                    ratios(samples, c, scenario, lambda s: s.p50), "≤ 2")
        for scenario in scenarios:
            row(f"{name}: CPU per request, {scenario.title}",
                ratios(samples, c, scenario, lambda s: s.cpu_per_1000), "≤ 2")
        flat = [b.cpu_per_1000 / a.cpu_per_1000
                for a, b in zip(samples[name, MANY], samples[name, CROWD])
                if a.cpu_per_1000 and b.cpu_per_1000]
        row(f"{name}: CPU per request at 256 connections, × its own at 32", flat, "about 1")
    return table(["× nginx", "median", "over rounds", "goal"], rows)
