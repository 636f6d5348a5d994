"""Programs that run beside this one: started in a group of their own, awaited by a condition, stopped with all they
started themselves."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable


class Failed(Exception):
    """A step did not work; the message says which and where to read on."""


def refuse_taken_port(port: int, use: str, variable: str) -> None:
    """Fails if something listens on `port` already, before anything is started."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise Failed(
                f"port {port}, meant for {use}, is taken: {taken.strerror}. A stack from before stops with `make down`; "
                f"another port is chosen with {variable}=<port>"
            ) from None


class Child:
    """A running program. Its output goes to `log`."""

    def __init__(self, name: str, command: list, log: pathlib.Path, env: dict[str, str], cwd: pathlib.Path) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            # A session of its own makes it the leader of a process group, which can be stopped as a whole, and keeps
            # the terminal's Ctrl-C away from it: it is stopped in order, by `stop`.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=cwd, start_new_session=True
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Returns once `ready` answers true; fails if the program ends first or `seconds` pass."""
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
    """Ends the process group of `leader`: asks first, and forces what is left after `patience` seconds."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(leader, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                os.waitpid(leader, os.WNOHANG)  # a child of ours stays a member of its group until it is waited for
            except ChildProcessError:
                pass
            try:
                os.killpg(leader, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)


def started_at(pid: int) -> str:
    """When the process `pid` was started; empty if there is none. Tells a process from a later one of the same id."""
    return subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()


def remember(children: list[Child], file: pathlib.Path) -> None:
    """Writes down what runs, for `stop_remembered` in another process."""
    known = [{"name": c.name, "pid": c.process.pid, "started": started_at(c.process.pid)} for c in children]
    file.write_text(json.dumps(known, indent=2))


def stop_remembered(file: pathlib.Path) -> list[str]:
    """Stops what `remember` wrote down and returns the names of what was still running."""
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
    """The last lines of a log, with where to find the rest."""
    text = log.read_text(errors="replace").splitlines()
    return "\n".join([*text[-lines:], f"(all of it: {log})"])
