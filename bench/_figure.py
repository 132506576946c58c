"""What every bench shares: one figure is one line of JSON."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any


def figure(
    name: str,
    value: float,
    unit: str,
    *,
    target: float | None = None,
    at_least: bool = False,
    beside: Any = None,
) -> bool:
    """Print one figure; returns whether it holds.

    `target` is the most `value` may be, or the least when `at_least`; None: for information.
    `beside` is what was measured in the same run to compare with, or on what.
    """
    holds = None
    if target is not None:
        holds = value >= target if at_least else value <= target
    line = {"name": name, "value": round(value, 3), "unit": unit, "target": target}
    line |= {"holds": holds, "beside": beside, "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return holds is not False


def skip(name: str, why: str) -> None:
    """Say that a figure was not measured, and why."""
    print(json.dumps({"name": name, "skipped": why}, ensure_ascii=False), flush=True)
    sys.exit(0)


def percentile(values: Iterable[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What `work` returns, the seconds it took, and the seconds of processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def peak_mb() -> float:
    """The most memory this process has held so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024 * 1024)
