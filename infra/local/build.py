"""Builds the functions and the local tools once, with one set of dependencies, and zips the functions.

`cargo lambda build` sets a target and compiler flags of its own, so functions and tests would each compile the AWS SDK
(2 minutes on two cores for each of them). Therefore plain cargo builds the functions for this machine. `make deploy`
cross-compiles them to Lambda's processor and C library with `cargo lambda build`.
"""

import concurrent.futures
import difflib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterable

from processes import Failed
from progress import Progress
from stack import ROOT
from steps import step, usual_seconds

# Always the whole workspace, narrowed by the names of binaries: the selection of packages decides the features of the
# dependencies, and a single package would compile a hundred of them once more. Tests enable no further features (see
# tests/Cargo.toml), so they find every dependency compiled.
REPORTING = ["--release", "--workspace", "--message-format", "json-render-diagnostics"]
RELEASE = ROOT / "target" / "release"
LAMBDA = ROOT / "target" / "lambda"
# The programs that run beside the functions, and xtask. No benchmarks: `make bench` builds them.
TOOLS = ["souk-demo", "souk-local-stripe", "souk-local-oidc", "souk-local-dns", "xtask"]


def functions() -> list[str]:
    """Returns the names of all functions in the templates."""
    code = re.compile(r"CodeUri: \.\./target/lambda/([a-z0-9-]+)/")
    return sorted(name for template in (ROOT / "infra").glob("*.yaml") for name in code.findall(template.read_text()))


def dashed(name: str) -> str:
    """Returns a function's name with dashes: `GetProduct`, `get_product` and `get-product` are `get-product`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").lower()


def logical_id(name: str) -> str:
    """Returns a function's logical id in the templates: `GetProduct` for `get-product`."""
    return "".join(word.capitalize() for word in name.split("-"))


def named(wanted: Iterable[str], known: list[str]) -> list[str]:
    """Returns the functions with the given names. Fails for an unknown name, with a message that lists similar names."""
    chosen = []
    for name in map(dashed, wanted):
        if name not in known:
            like = difflib.get_close_matches(name, known, n=5, cutoff=0.6)
            like += [each for each in known if name in each and each not in like][: 5 - len(like)]
            hint = f"Did you mean {' or '.join(like)}?" if like else "README.md lists them all."
            raise Failed(f"there is no function {name}. {hint}")
        if name not in chosen:
            chosen.append(name)
    return chosen


def build(
    wanted: list[str] | None = None, tools: Iterable[str] = TOOLS, and_then: Callable[[str], None] = lambda name: None
) -> None:
    """Builds the functions `wanted`, or all, and `tools`. As soon as a function's binary is built, another thread zips it
    and calls `and_then` with its name."""
    known = set(functions())
    name = f"building {', '.join(wanted)}" if wanted else "building what changed"
    if not (RELEASE / TOOLS[0]).exists():
        name = "building everything"
    with step(name) as this, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        packed = []

        def take(binary: str) -> None:
            if binary in known:
                packed.append(several.submit(lambda: (pack(binary), and_then(binary))))

        binaries = [*(wanted or sorted(known)), *tools]
        command = ["cargo", "build", *REPORTING, *(f"--bin={binary}" for binary in binaries)]
        this.had_work = run_cargo(command, Progress(usual_seconds(name)), take)
        for each in packed:
            each.result()


def build_tests() -> None:
    """Builds the tests that `cargo nextest` runs."""
    name = "building the tests"
    with step(name) as this:
        command = ["cargo", "test", *REPORTING, "--no-run", "--lib", "--test", "*"]
        this.had_work = run_cargo(command, Progress(usual_seconds(name)), lambda binary: None)


def run_cargo(command: list[str], progress: Progress, take: Callable[[str], None]) -> bool:
    """Runs cargo, shows its progress, and calls `take` with the name of each binary as soon as it is built. Returns whether
    anything had to be compiled."""
    colour = "always" if sys.stderr.isatty() else "never"
    drawn = {"CARGO_TERM_PROGRESS_WHEN": "always", "CARGO_TERM_PROGRESS_WIDTH": "160", "CARGO_TERM_COLOR": colour}
    cargo = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | drawn, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    listener = threading.Thread(target=listen, args=(cargo.stderr, progress.hear))
    listener.start()
    compiled = False
    for line in cargo.stdout:
        artifact = json.loads(line)
        if artifact["reason"] == "compiler-artifact":
            compiled = compiled or not artifact["fresh"]
            if artifact["executable"]:
                take(artifact["target"]["name"])
    listener.join()
    progress.clear()
    if cargo.wait():
        raise Failed("the build failed")
    return compiled


def listen(output, hear: Callable[[str], None]) -> None:
    """Calls `hear` with each line of `output`. Cargo ends a line that it will overwrite with a carriage
    return."""
    rest = b""
    while chunk := output.read(65536):
        *lines, rest = re.split(rb"[\r\n]", rest + chunk)
        for line in lines:
            hear(line.decode(errors="replace"))
    if rest:
        hear(rest.decode(errors="replace"))


def pack(name: str) -> None:
    """Zips one binary to `target/lambda/<function>/bootstrap.zip`, the path in the templates. Does nothing if the zip is up
    to date: it has the modification time of its binary."""
    binary, packed = RELEASE / name, LAMBDA / name / "bootstrap.zip"
    made = binary.stat().st_mtime_ns
    if packed.exists() and packed.stat().st_mtime_ns == made:
        return
    packed.parent.mkdir(parents=True, exist_ok=True)
    # The entry has no time, so the same binary gives the same zip, and only changed functions are sent to a running stack.
    # The compression is fast, for this machine only: it takes a third of the time of the best one, and the zip is 8 %
    # larger.
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, binary.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=1)
    os.utime(packed, ns=(made, made))


def shipped_size(binary: bytes) -> int:
    """Returns the size of the zip of a binary as `make deploy` packs it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bootstrap", binary)
    return len(packed.getvalue())
