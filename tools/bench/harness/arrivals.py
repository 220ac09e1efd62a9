"""Calls that come when they come, whether or not earlier ones have been answered (an open loop)."""

import asyncio
import json
import random
from dataclasses import dataclass, field


@dataclass
class Offer:
    """What is offered: `rate` calls per second for `seconds`, from `clients` callers in turn.

    Steady arrivals are evenly spaced with a jitter of half their distance; bursty ones come in
    bursts, each a second's worth of calls at once.
    """

    rate: float
    seconds: float
    bursty: bool = False
    clients: tuple = ("one",)
    prompt: str = "ping"
    seed: int = 1

    def times(self):
        dice = random.Random(self.seed)
        count = int(self.rate * self.seconds)
        if self.bursty:
            return [int(i / self.rate) for i in range(count)]
        return [(i + dice.uniform(0, 0.5)) / self.rate for i in range(count)]


@dataclass
class Tally:
    """What became of the calls; `answered` and `waits` hold seconds, one entry per good answer."""

    offered: int = 0
    answered: list = field(default_factory=list)  # when, from the start
    waits: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)
    by_client: dict = field(default_factory=dict)
    unhinted: int = 0  # refusals that do not say when to come back

    def note(self, client, status, began, now, hinted):
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 200:
            self.answered.append(now)
            self.waits.append(now - began)
            self.by_client[client] = self.by_client.get(client, 0) + 1
        elif status == 429 and not hinted:
            self.unhinted += 1


class Connections:
    """Kept-alive connections to one port; as many as calls are under way."""

    def __init__(self, port):
        self._port = port
        self._idle = []

    async def ask(self, request):
        """Status and header lines (lower case) of the answer; status 0 if there is none."""
        try:
            reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(
                "127.0.0.1", self._port)
            writer.write(request)
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
            length = next((int(line.split(":")[1]) for line in lines
                           if line.startswith("content-length:")), 0)
            await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError):
            return 0, []
        if "connection: close" in lines:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(lines[0].split(" ")[1]), lines

    def close(self):
        for _, writer in self._idle:
            writer.close()


def _request(port, model, offer, client):
    body = json.dumps({"model": model, "max_tokens": 16,
                       "messages": [{"role": "user", "content": offer.prompt}]}).encode()
    return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {client}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


async def _offer_to(port, model, offer, credential):
    tally = Tally()
    connections = Connections(port)
    requests = {c: _request(port, model, offer, credential(c)) for c in offer.clients}
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def call(client):
        began = loop.time() - start
        status, lines = await connections.ask(requests[client])
        hinted = any(line.startswith("retry-after:") for line in lines)
        tally.note(client, status, began, loop.time() - start, hinted)

    under_way = set()
    for i, when in enumerate(offer.times()):
        delay = start + when - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)
        tally.offered += 1
        task = asyncio.create_task(call(offer.clients[i % len(offer.clients)]))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    # What still waits is no part of the time that is measured, but is let go in order.
    rest = start + offer.seconds - loop.time()
    if rest > 0:
        await asyncio.sleep(rest)
    if under_way:
        await asyncio.wait(under_way, timeout=60)
    connections.close()
    return tally


def offer_to_all(ports, model, offer, credential, half_way):
    """Offers the same to every port at the same time; `half_way()` is called then, in a thread.

    Returns a Tally per port. They share this process, so that a slow moment hits all alike.
    """

    async def at_half():
        await asyncio.sleep(offer.seconds / 2)
        await asyncio.get_running_loop().run_in_executor(None, half_way)

    async def all_of_them():
        *tallies, _ = await asyncio.gather(
            *(_offer_to(port, model, offer, credential) for port in ports), at_half())
        return tallies

    return asyncio.run(all_of_them())
