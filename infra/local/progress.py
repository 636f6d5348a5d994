"""Shows the progress of a build by cargo's own count of crates: in a terminal in one line that is rewritten, and elsewhere,
as in continuous integration, in a new line every ten seconds."""

import re
import shutil
import sys
import time
from typing import TextIO

# `CARGO_TERM_PROGRESS_WHEN` in `build.py` makes cargo print this without a terminal, too.
BAR = re.compile(r"(Building|Downloading) \[[=> ]*\] (\d+)/(\d+)(?:: (.*?))?\s*$")
# Cargo's other lines about its progress. They say nothing beyond the count.
ROUTINE = re.compile(r"\s*(Compiling|Checking|Downloaded|Downloading|Finished|Fresh|Locking|Updating|Adding|Dirty) ")
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SECONDS_BETWEEN_LINES = 10


def clock(seconds: float) -> str:
    """Returns `2:05` for 125 seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def spoken(seconds: float) -> str:
    """Returns a rounded time, for somebody who waits: `8 s`, `50 s`, `7 min`."""
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
        """Reads a line of cargo. Stores the count, and prints warnings and errors unchanged."""
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
        """Returns the state as text."""
        taken = self.now() - self.begun
        usual = f" of the usual {clock(self.usual)}" if self.usual and self.usual > taken else ""
        return f"   {self.state}, {clock(taken)}{usual}" + (f": {self.current}" if self.current else "")

    def show(self) -> None:
        """Prints the line if it is due."""
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
        """Removes the line from the terminal before something else is printed."""
        if self.drawn:
            print("\r\x1b[K", end="", file=self.output, flush=True)
            self.drawn = False
