"""Interleaved timing and the numbers made of it."""

import json
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class Server:
    """A running epic-bench, or a peer that speaks its protocol."""

    def __init__(self, *command: object) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def ask(self, *words: object) -> dict:
        line = "\t".join(str(word) for word in words)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"{line}: {answer['error']}")
        return answer

    def ms(self, *words: object) -> Callable[[], float]:
        return lambda: self.ask(*words)["ms"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def timed(operation: Callable[..., object], *arguments: object) -> Callable[[], float]:
    """The operation's milliseconds, by the clock."""

    def run() -> float:
        start = time.perf_counter()
        operation(*arguments)
        return (time.perf_counter() - start) * 1e3

    return run


Cases = dict[str, Callable[[], float]]


def interleave(cases: Cases, rounds: int, warm_up: int = 1) -> dict[str, list[float]]:
    """Runs every case once a round, every other round in reverse order, so that what
    disturbs the machine disturbs all alike."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(-warm_up, rounds):
        order = list(cases) if turn % 2 else list(reversed(cases))
        for name in order:
            value = cases[name]()
            if turn >= 0:
                times[name].append(value)
    return times


def compare(times: dict[str, list[float]], ours: str, peer: str) -> dict:
    """Medians and `ours / peer`, both as the ratio of medians and as the median of the
    ratios within rounds, which a slow drift of the machine does not touch."""
    a, b = times[ours], times[peer]
    return {
        "ours": ours,
        "peer": peer,
        "ours_ms": statistics.median(a),
        "peer_ms": statistics.median(b),
        "ratio_of_medians": statistics.median(a) / statistics.median(b),
        "median_of_ratios": statistics.median(x / y for x, y in zip(a, b)),
        "rounds": len(a),
    }


def table(header: list[str], rows: list[list[object]]) -> str:
    """A Markdown table; numbers to three digits."""

    def cell(value: object) -> str:
        if not isinstance(value, float):
            return str(value)
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"

    lines = [header, ["---"] * len(header), *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


RATIO_HEADER = ["case", "ours", "ms", "peer", "ms", "ratio of medians", "median of ratios"]


def ratio_row(case: str, comparison: dict) -> list[object]:
    keys = ["ours", "ours_ms", "peer", "peer_ms", "ratio_of_medians", "median_of_ratios"]
    return [case, *(comparison[key] for key in keys)]
