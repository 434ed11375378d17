"""Measures of the whole `dlp scan` process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

STARTS = 7


class Measures(NamedTuple):
    """Of warm `dlp scan`: median seconds to the first result; of a whole corpus, CPU seconds and peak memory in MB."""

    start_seconds: float
    cpu_seconds: float
    megabytes: float


def command_measures(corpus: Path) -> Measures:
    """Runs `dlp scan` with the default packs, its cache filled by first runs that are not counted."""
    with tempfile.TemporaryDirectory() as cache:
        starts = [_seconds_to_first_result(cache) for _ in range(STARTS + 1)][1:]
        everything = _scan_command("--cache", cache, "--no-names", "--all-entities", str(corpus))
        _cpu_seconds(everything)
        memory = _peak_megabytes(_scan_command("--cache", cache, "--no-names", str(corpus)))
        return Measures(statistics.median(starts), _cpu_seconds(everything), memory)


def _scan_command(*arguments: str) -> list[str]:
    """`dlp scan` of this checkout, whatever is installed."""
    return [sys.executable, "-m", "dlp", "scan", *arguments]


def _cpu_seconds(command: list[str]) -> float:
    """CPU time, user and system, of a whole process that must succeed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime


def _seconds_to_first_result(cache: str) -> float:
    began = time.perf_counter()
    with subprocess.Popen(_scan_command("--cache", cache), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"id": "1", "text": "СНИЛС 112-233-445 95"}\n'.encode())
        process.stdin.flush()
        process.stdout.readline()
        seconds = time.perf_counter() - began
        process.stdin.close()
    return seconds


def _peak_megabytes(command: list[str]) -> float:
    """Of a process started by a small one: a child's peak begins with what its parent held."""
    launcher = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    told = subprocess.run([sys.executable, "-c", launcher, *command], check=True, stdout=subprocess.PIPE)
    return int(told.stdout) / 1024
