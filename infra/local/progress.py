"""How far a build is: cargo's own count of crates, in one line that is rewritten in a terminal, and every ten seconds a
line of its own where the output is kept, as in continuous integration."""

import re
import shutil
import sys
import time
from typing import TextIO

# Cargo draws this when it is told to, terminal or not: see `CARGO_TERM_PROGRESS_WHEN` in `build.py`.
BAR = re.compile(r"(Building|Downloading) \[[=> ]*\] (\d+)/(\d+)(?:: (.*?))?\s*$")
# What cargo says of its progress otherwise. The count says the same.
ROUTINE = re.compile(r"\s*(Compiling|Checking|Downloaded|Downloading|Finished|Fresh|Locking|Updating|Adding|Dirty) ")
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SECONDS_BETWEEN_LINES = 10


def clock(seconds: float) -> str:
    """`2:05` for 125 seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def spoken(seconds: float) -> str:
    """`8 s`, `50 s`, `7 min`: as exact as somebody who waits wants it."""
    return f"{max(round(seconds), 1)} s" if seconds < 100 else f"{round(seconds / 60)} min"


class Progress:
    """Shows cargo's progress. `usual` is how many seconds the build took the last time."""

    def __init__(self, usual: float | None, output: TextIO = sys.stdout, now=time.monotonic) -> None:
        self.usual = usual
        self.output = output
        self.now = now
        self.begun = self.shown_at = now()
        self.terminal = output.isatty()
        self.state = ""
        self.current = ""
        self.drawn = False

    def hear(self, line: str) -> None:
        """Takes a line that cargo wrote: its count is remembered, warnings and errors are shown as they are."""
        plain = COLOUR.sub("", line)
        if bar := BAR.search(plain):
            what, done, total, current = bar.groups()
            unit = "crates" if what == "Building" else "downloads"
            self.state, self.current = f"{done} of {total} {unit}", current or ""
            self.show()
        elif not ROUTINE.match(plain):
            self.clear()
            print(line, file=sys.stderr, flush=True)

    def line(self) -> str:
        """The state in words."""
        taken = self.now() - self.begun
        usual = f" of the usual {clock(self.usual)}" if self.usual and self.usual > taken else ""
        return f"   {self.state}, {clock(taken)}{usual}" + (f": {self.current}" if self.current else "")

    def show(self) -> None:
        """Draws the line if it is time to."""
        if not self.state:
            return
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{self.line()[:width]}", end="", file=self.output, flush=True)
            self.drawn = True
        elif self.now() - self.shown_at >= SECONDS_BETWEEN_LINES:
            print(self.line(), file=self.output, flush=True)
            self.shown_at = self.now()

    def clear(self) -> None:
        """Takes the line off the terminal, for what is printed next."""
        if self.drawn:
            print("\r\x1b[K", end="", file=self.output, flush=True)
            self.drawn = False
