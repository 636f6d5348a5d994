"""Runs one function under the Lambda Runtime Interface Emulator of aws-sam-cli: AWS's own code that starts a
runtime, sends it events, and measures both."""

import contextlib
import dataclasses
import json
import pathlib
import platform
import re
import socket
import urllib.request
from collections.abc import Iterator
from datetime import datetime

from processes import Child, Failed, tail
from stack import TOOLS

MACHINE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
INIT_REPORT = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)\)")
INIT_DONE = re.compile(r"^(.+?) \[INFO\] \(rapid\) INIT RTDONE\(status: success\)", re.MULTILINE)
INVOKE_DONE = re.compile(r"INVOKE RTDONE\(status: (\w+), .*?duration: ([0-9.]+)ms\)")


def program() -> pathlib.Path:
    found = list((TOOLS / "aws").glob(f"lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{MACHINE}"))
    if not found:
        raise Failed("aws-sam-cli brings no Runtime Interface Emulator for this machine")
    return found[0]


@dataclasses.dataclass
class Running:
    """A started function that is not initialised yet: the emulator initialises it at the first request."""

    child: Child
    url: str

    def send(self, event: dict) -> dict:
        """Sends an event and returns the answer."""
        request = urllib.request.Request(self.url, data=json.dumps(event).encode())
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)

    def invoke(self, event: dict) -> None:
        """Sends an event of API Gateway. Fails unless the answer is a success, because a refusal is fast and proves
        nothing."""
        answer = self.send(event)
        if not 200 <= answer.get("statusCode", 500) < 300:
            raise Failed(f"{self.child.name} answered {json.dumps(answer)[:1000]}\n{tail(self.child.log)}")

    def init_ms(self) -> float:
        """Returns the milliseconds from the start of the process until it requests the first event."""
        return float(INIT_REPORT.findall(self.log())[0])

    def initialised_at(self) -> float:
        """Returns that time in seconds since the epoch. The emulator logs milliseconds."""
        return datetime.strptime(INIT_DONE.findall(self.log())[0], "%d %b %Y %H:%M:%S,%f").timestamp()

    def request_ms(self) -> list[float]:
        """Returns the milliseconds of each request, from sending the event to the end of the answer."""
        return [float(duration) for _, duration in INVOKE_DONE.findall(self.log())]

    def resident_kib(self) -> int:
        """Returns the function's resident memory, in KiB."""
        return int(re.findall(r"VmRSS:\s+(\d+) kB", (self.process() / "status").read_text())[0])

    def cpu_ms(self) -> float:
        """Returns for how many milliseconds the function's threads have run on a core so far. The kernel counts
        nanoseconds. The value does not grow while the function waits for an answer or for a core."""
        threads = (self.process() / "task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1_000_000

    def process(self) -> pathlib.Path:
        """Returns the folder in /proc of the function's process, which is the emulator's only child."""
        threads = pathlib.Path(f"/proc/{self.child.process.pid}/task")
        [function] = [pid for children in threads.glob("*/children") for pid in children.read_text().split()]
        return pathlib.Path(f"/proc/{function}")

    def log(self) -> str:
        return self.child.log.read_text(errors="replace")


@contextlib.contextmanager
def started(
    name: str,
    command: list,
    cwd: pathlib.Path,
    environment: dict[str, str],
    folder: pathlib.Path,
    group: pathlib.Path | None,
):
    """Starts the emulator for a function. Only the function joins the control group `group`, if there is one,
    because the emulator is what measures. The log goes to `folder`."""
    address, runtime_api = (f"127.0.0.1:{port}" for port in free_ports(2))
    if group:
        # A process is in a group from its first instruction on only if it joins the group itself.
        command = ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', group, *command]
    emulate = [
        program(), "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime_api, *command,
    ]  # fmt: skip
    child = Child(name, emulate, folder / f"{name}.log", environment, cwd)
    try:
        host, port = address.split(":")
        child.wait_until(lambda: listens(host, int(port)), seconds=30)
        yield Running(child, f"http://{address}/2015-03-31/functions/function/invocations")
    finally:
        child.stop()


def free_ports(count: int) -> Iterator[int]:
    """Yields free ports. All are held until all are found, so that they differ."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        ports = [probe.getsockname()[1] for probe in probes]
    yield from ports


def listens(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
