"""Clients on the loopback: a few connections kept open, each sending the next body as soon as it has its answer."""

import http.client
import socket
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sgapp.bench.results import CannotMeasure, Speed


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of bodies took. `accepted` are the places in the round of those that were answered with 201."""

    per_second: float
    milliseconds: tuple[float, ...]
    accepted: tuple[int, ...]


def send(port: int, path: str, bodies: Sequence[bytes], headers: Mapping[str, str], *, clients: int) -> Sent:
    """Post every body once over `clients` connections at a time. The clock runs from the first to the last answer."""
    shares = [range(n, len(bodies), clients) for n in range(clients)]
    connections = [_connected(port) for _ in shares]
    try:
        with ThreadPoolExecutor(clients) as pool:
            began = time.perf_counter()
            answers = list(pool.map(lambda c, share: _send_share(c, share, path, bodies, headers), connections, shares))
            took = time.perf_counter() - began
    finally:
        for connection in connections:
            connection.close()
    every = sorted(answer for share in answers for answer in share)
    return Sent(len(bodies) / took, tuple(ms for _, _, ms in every), tuple(n for n, status, _ in every if status == 201))


def _connected(port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _send_share(connection: http.client.HTTPConnection, share: range, path: str, bodies: Sequence[bytes],
                headers: Mapping[str, str]) -> list[tuple[int, int, float]]:
    found = []
    for n in share:
        began = time.perf_counter()
        try:
            connection.request("POST", path, bodies[n], dict(headers))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise CannotMeasure(f"A server of the bench stopped answering: {error}") from error
        found.append((n, answer.status, (time.perf_counter() - began) * 1000))
    return found


def speed(rounds: Sequence[Sent]) -> Speed:
    """The rounds of one side: the median of their rates, and the spread over all their answers."""
    times = sorted(ms for sent in rounds for ms in sent.milliseconds)
    return Speed(round(statistics.median(sent.per_second for sent in rounds), 1), round(_at(times, 0.5), 2),
                 round(_at(times, 0.95), 2))


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
