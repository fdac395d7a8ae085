"""Measuring two things in turn, so that a machine that slows down slows both."""

import gc
from collections.abc import Callable
from statistics import fmean, median
from time import perf_counter

Act = Callable[[], object]


def in_turn(first: Act, second: Act, rounds: int, warm_up: int = 5) -> tuple[float, float]:
    """Mean seconds of `first` and of `second`, run A B A B … after a warm-up.

    The mean, not the median: one slow act in twelve is part of the throughput.
    """
    for _ in range(warm_up):
        first()
        second()
    gc.collect()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for act, kept in ((first, times[0]), (second, times[1])):
            began = perf_counter()
            act()
            kept.append(perf_counter() - began)
    return fmean(times[0]), fmean(times[1])


def typical(act: Act, rounds: int, warm_up: int = 3) -> float:
    """Median seconds of `act`."""
    for _ in range(warm_up):
        act()
    gc.collect()
    times = []
    for _ in range(rounds):
        began = perf_counter()
        act()
        times.append(perf_counter() - began)
    return median(times)
