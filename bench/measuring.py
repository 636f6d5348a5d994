"""The measurements. Every round starts a new process of each function, one after the other, so that other load on
the machine affects all of them."""

import contextlib
import dataclasses
import pathlib
import statistics

import cpu
import emulator
import tls
from processes import Child
from stack import TOOLS, Stack
from subjects import Subject


@dataclasses.dataclass(frozen=True)
class Sample:
    """The results of one process of a function, in milliseconds and KiB."""

    init: float
    first: float
    warm: list[float]
    starting_cpu: float
    """Init and the first request together."""
    warm_cpu: float
    """The average of the warm requests."""
    resident: int
    late_handshakes: int
    """The number of TLS handshakes after init."""


@dataclasses.dataclass(frozen=True)
class Condition:
    """The condition of a measurement. `warm_share` reduces the number of warm requests under a slow condition."""

    name: str
    title: str
    rounds: int
    quota: cpu.Quota | None = None
    tls: bool = False
    warm_share: float = 1.0


def conditions(rounds: int) -> list[Condition]:
    few = max(3, rounds // 2)
    return [
        Condition("full", "All of a core, plain HTTP to the local cloud", rounds),
        Condition("tls", "All of a core, TLS to the local cloud", rounds, tls=True),
        Condition(
            "quota", "7 % of a core: 7 ms in every 100 ms, the kernel's own period", few, cpu.Quota(7_000, 100_000),
            warm_share=0.2,
        ),
        Condition(
            "quota-fine", "7 % of a core in finer slices: 1.4 ms in every 20 ms", few, cpu.Quota(1_400, 20_000),
            warm_share=0.2,
        ),
    ]  # fmt: skip


def measure(stack: Stack, subjects: list[Subject], condition: Condition, folder: pathlib.Path) -> dict[str, dict]:
    """Returns the medians of every subject under a condition, by name. Raises `cpu.NoQuota` if the condition limits
    the CPU and this machine cannot do that."""
    with contextlib.ExitStack() as needed:
        group = needed.enter_context(cpu.limited(condition.quota)) if condition.quota else None
        trust = needed.enter_context(tls_in_front_of(stack, folder)) if condition.tls else {}
        samples: dict[str, list[Sample]] = {subject.name: [] for subject in subjects}
        for _ in range(condition.rounds):
            for subject in subjects:
                warm = max(3, round(subject.warm_requests * condition.warm_share))
                environment = subject.environment | trust
                samples[subject.name].append(take(subject, environment, warm, folder, group))
    return {name: medians(taken) for name, taken in samples.items()}


def take(subject: Subject, environment: dict, warm: int, folder: pathlib.Path, group: pathlib.Path | None) -> Sample:
    handshakes_before = len(tls.handshakes(folder))
    with emulator.started(subject.name, subject.command, subject.cwd, environment, folder, group) as running:
        running.invoke(next(subject.requests))
        starting_cpu = running.cpu_ms()
        for _ in range(warm):
            running.invoke(next(subject.requests))
        warm_cpu = (running.cpu_ms() - starting_cpu) / warm
        first, *rest = running.request_ms()
        initialised_at = running.initialised_at()
        late = [done for done in tls.handshakes(folder)[handshakes_before:] if done > initialised_at + 0.001]
        return Sample(
            init=running.init_ms(),
            first=first,
            warm=rest,
            starting_cpu=starting_cpu,
            warm_cpu=warm_cpu,
            resident=running.resident_kib(),
            late_handshakes=len(late),
        )


@contextlib.contextmanager
def tls_in_front_of(stack: Stack, folder: pathlib.Path):
    """Runs a TLS endpoint in front of the stack's cloud during the block. Yields the environment variables that
    make a function use and trust it. Rust's client reads the first file instead of the system's; Node.js adds the
    second to its own."""
    tls.make_certificates(folder)
    (folder / tls.HANDSHAKES).write_text("")
    [port] = emulator.free_ports(1)
    command = [TOOLS / "aws" / "bin" / "python", tls.__file__, str(port), str(stack.cloud_port), folder]
    proxy = Child("the TLS proxy", command, folder / "tls.log", stack.environment, folder)
    try:
        proxy.wait_until(lambda: emulator.listens("127.0.0.1", port), seconds=10)
        yield {
            "AWS_ENDPOINT_URL": f"https://localhost:{port}",
            "SSL_CERT_FILE": str(folder / tls.TRUSTED),
            "NODE_EXTRA_CA_CERTS": str(folder / tls.AUTHORITY),
        }
    finally:
        proxy.stop()


def medians(taken: list[Sample]) -> dict:
    warm = [each for sample in taken for each in sample.warm]
    return {
        "init_ms": statistics.median(sample.init for sample in taken),
        "first_ms": statistics.median(sample.first for sample in taken),
        "init_and_first_ms": statistics.median(sample.init + sample.first for sample in taken),
        "warm_ms": statistics.median(warm),
        "starting_cpu_ms": statistics.median(sample.starting_cpu for sample in taken),
        "warm_cpu_ms": statistics.median(sample.warm_cpu for sample in taken),
        "resident_mb": statistics.median(sample.resident for sample in taken) * 1024 / 1_000_000,
        "late_handshakes": max(sample.late_handshakes for sample in taken),
        "processes": len(taken),
        "warm_requests": len(warm),
    }
