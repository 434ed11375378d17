"""Scanning in one process or several: a block of messages goes in, its lines come out in the same order.

With several, each worker builds its own context (the compiled policies are in the cache) and gets the messages of its
conversations, so that one conversation is always judged by one process. A worker ends when its parent does: its pipe closes.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from zlib import crc32

from dlp.cli.tally import Tally
from dlp.errors import InputFault
from dlp.pipeline import Context, crashed, inspect_many
from dlp.records import Inspection, Message

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor
    from multiprocessing.connection import Connection

    from dlp.cli.form import Form
    from dlp.settings import Settings

# Blocks under way: enough that no worker waits, few enough that memory stays small.
_AHEAD: Final = 4

Block = Sequence[Message | InputFault]


class Lines(NamedTuple):
    """The lines of some messages, one text each, and what was counted."""

    texts: list[str]
    tally: Tally


class Scanner(Protocol):
    """Takes blocks and gives back lines in input order."""

    def put(self, block: Block) -> Iterator[Lines]:
        """Takes a block; gives whatever is finished by now."""
        ...

    def drain(self) -> Iterator[Lines]:
        """Waits for what is under way."""
        ...

    def close(self, *, at_once: bool) -> None:
        """Ends the workers; `at_once` without waiting for what they are doing."""
        ...


def lines_of(inspections: Sequence[Inspection], form: Form) -> Lines:
    """What a form says of messages inspected."""
    tally = Tally()
    tally.count(inspections)
    return Lines(list(map(form.line, inspections)), tally)


class OneProcess:
    """Scans each block where it is put."""

    def __init__(self, context: Context, form: Form) -> None:
        self._context = context
        self._form = form

    def put(self, block: Block) -> Iterator[Lines]:
        messages = [item for item in block if not isinstance(item, InputFault)]
        lines = lines_of(inspect_many(messages, self._context), self._form)
        yield _with_faults(block, iter(lines.texts), lines.tally, self._form)

    def drain(self) -> Iterator[Lines]:
        yield from ()

    def close(self, *, at_once: bool) -> None:
        pass


class ManyProcesses:
    """Scans each block's conversations in the worker each belongs to."""

    def __init__(self, settings: Settings, form: Form, jobs: int) -> None:
        self._form = form
        self._workers = [_Worker(settings, form) for _ in range(jobs)]
        self._under_way: deque[tuple[Block, list[int], list[Future[Lines]]]] = deque()
        self._turn = 0

    def put(self, block: Block) -> Iterator[Lines]:
        shards: list[list[Message]] = [[] for _ in self._workers]
        order = []
        self._turn += 1
        for item in block:
            if not isinstance(item, InputFault):
                shard = self._shard_of(item)
                order.append(shard)
                shards[shard].append(item)
        answers = [worker.ask(messages) for worker, messages in zip(self._workers, shards, strict=True)]
        self._under_way.append((block, order, answers))
        while len(self._under_way) > _AHEAD:
            yield self._next()

    def drain(self) -> Iterator[Lines]:
        while self._under_way:
            yield self._next()

    def close(self, *, at_once: bool) -> None:
        for worker in self._workers:
            worker.close(at_once=at_once)

    def _shard_of(self, message: Message) -> int:
        # A message of no known conversation shares nothing with another: whole blocks of them go round.
        if message.conversation is None:
            return self._turn % len(self._workers)
        return crc32(f"{message.connector}\0{message.conversation}".encode("utf-8", "replace")) % len(self._workers)

    def _next(self) -> Lines:
        block, order, answers = self._under_way.popleft()
        parts = [answer.result() for answer in answers]
        tally = Tally()
        for part in parts:
            tally.add(part.tally)
        texts = [iter(part.texts) for part in parts]
        return _with_faults(block, (next(texts[shard]) for shard in order), tally, self._form)


def _with_faults(block: Block, texts: Iterator[str], tally: Tally, form: Form) -> Lines:
    lines = []
    for item in block:
        if isinstance(item, InputFault):
            tally.faults += 1
            lines.append(form.fault(item))
        else:
            lines.append(next(texts))
    return Lines(lines, tally)


class _Worker:
    """A process and the thread that talks to it, one question at a time."""

    def __init__(self, settings: Settings, form: Form) -> None:
        from concurrent.futures import ThreadPoolExecutor  # only a scan with several processes pays for it

        self._told = (settings, form)
        self._thread: ThreadPoolExecutor = ThreadPoolExecutor(1)
        self._closing = False
        self._start()

    def ask(self, messages: list[Message]) -> Future[Lines]:
        return self._thread.submit(self._answer, messages)

    def close(self, *, at_once: bool) -> None:
        self._closing = True
        if at_once:
            self._process.kill()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._pipe.close()
        self._process.join()

    def _start(self) -> None:
        from multiprocessing import get_context
        from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask

        # Spawned, not forked: nothing but its own pipe is open in a worker, so it sees its parent end.
        spawn = get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs, *self._told), daemon=True)
        # Ctrl-C reaches the whole group; a worker inherits the blocked signal and leaves the ending to its parent.
        before = pthread_sigmask(SIG_BLOCK, {SIGINT})
        try:
            self._process.start()
        finally:
            pthread_sigmask(SIG_SETMASK, before)
        theirs.close()

    def _answer(self, messages: list[Message]) -> Lines:
        if not messages:
            return Lines([], Tally())
        try:
            self._pipe.send_bytes(pickle.dumps(messages, pickle.HIGHEST_PROTOCOL))
            lines: Lines = self._pipe.recv()
        except (EOFError, OSError):
            if not self._closing:
                self._start()
            return lines_of([crashed(message, "worker") for message in messages], self._told[1])
        return lines


def _serve(pipe: Connection[Any, Any], settings: Settings, form: Form) -> None:
    from dlp.wiring import context_from

    context = context_from(settings)
    while True:
        try:
            messages: list[Message] = pipe.recv()
            pipe.send(lines_of(inspect_many(messages, context), form))
        except (EOFError, OSError):
            return
