"""Programs that run beside this one. Each is started in a process group of its own, is waited for until a condition holds,
and is stopped together with the processes that it started."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable


class Failed(Exception):
    """A step failed. The message says which step, and where to find more."""


def exit_code(command: Callable[[], int | None], *reported: type[Exception]) -> int:
    """Runs a command of the command line and returns its exit code. An error of the kinds `reported`, or `Failed`, becomes a
    message and 1, Ctrl-C becomes 130."""
    try:
        return command() or 0
    except (Failed, *reported) as why:
        print(f"\n{why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped")
        return 130


def refuse_taken_port(port: int, use: str, variable: str) -> None:
    """Fails if something already listens on `port`. It is called before anything is started."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise Failed(
                f"port {port}, which {use} needs, is taken: {taken.strerror}. Stop a running stack with `make down`, or "
                f"choose another port with {variable}=<port>"
            ) from None


class Child:
    """A running program. Its output goes to `log`."""

    def __init__(self, name: str, command: list, log: pathlib.Path, env: dict[str, str], cwd: pathlib.Path) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            # With a session of its own it leads a process group, which can be stopped as a whole. The terminal's Ctrl-C
            # does not reach it: `stop` stops the programs in order.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=cwd, start_new_session=True
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Returns when `ready` returns true. Fails if the program ends before that, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended with {self.process.returncode}:\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} was not ready within {seconds:.0f} s:\n{tail(self.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        stop_group(self.process.pid)
        self.process.wait()


def stop_group(leader: int, patience: float = 10.0) -> None:
    """Ends the process group of `leader`: by SIGTERM, and by SIGKILL if processes are left after `patience` seconds."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(leader, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                os.waitpid(leader, os.WNOHANG)  # a child of this process stays in its group until it is waited for
            except ChildProcessError:
                pass
            try:
                os.killpg(leader, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)


def started_at(pid: int) -> str:
    """Returns when the process `pid` was started, or an empty text if there is none. This distinguishes a process from a
    later one with the same id."""
    return subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()


def remember(children: list[Child], file: pathlib.Path) -> None:
    """Stores the running programs in `file`, for `stop_remembered` in another process."""
    known = [{"name": c.name, "pid": c.process.pid, "started": started_at(c.process.pid)} for c in children]
    file.write_text(json.dumps(known, indent=2))


def stop_remembered(file: pathlib.Path) -> list[str]:
    """Stops the programs that `remember` stored, and returns the names of those that were still running."""
    if not file.exists():
        return []
    stopped = []
    for known in reversed(json.loads(file.read_text())):
        if known["started"] and started_at(known["pid"]) == known["started"]:
            stop_group(known["pid"])
            stopped.append(known["name"])
    file.unlink()
    return stopped


def tail(log: pathlib.Path, lines: int = 20) -> str:
    """Returns the last lines of a log, and the path of the whole log."""
    text = log.read_text(errors="replace").splitlines()
    return "\n".join([*text[-lines:], f"(the whole log: {log})"])
