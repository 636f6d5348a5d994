"""Builds everything once, with one set of dependencies, and zips the functions as `cargo lambda` does.

`cargo lambda build` sets a target and compiler flags of its own, so that functions and tests would each compile the AWS
SDK anew (2 minutes on two cores, and again 2). On this machine the functions therefore come from plain cargo;
`make deploy` crosses to Lambda's own processor and C library with `cargo lambda build`.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import zipfile

from processes import Failed
from stack import ROOT

# Selecting a test makes cargo choose the features that the tests want for the functions as well. Without it the two
# would differ in features of tokio and the like, and share nothing.
CARGO_BUILD = ["cargo", "build", "--release", "--workspace", "--bins", "--test", "*"]
RELEASE = ROOT / "target" / "release"
LAMBDA = ROOT / "target" / "lambda"


def functions() -> list[str]:
    """The names of all functions, as the templates ask for them."""
    code = re.compile(r"CodeUri: \.\./target/lambda/([a-z0-9-]+)/")
    return sorted(name for template in (ROOT / "infra").glob("*.yaml") for name in code.findall(template.read_text()))


def build() -> None:
    if subprocess.run(CARGO_BUILD, cwd=ROOT).returncode:
        raise Failed("the build failed")


def lay_out() -> None:
    """Zips each binary to `target/lambda/<function>/bootstrap.zip`, where templates and `cargo lambda` look for it."""
    missing = [name for name in functions() if not (RELEASE / name).exists()]
    if missing:
        raise Failed(f"the templates name functions that have no binary: {', '.join(missing)}")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        for _ in several.map(pack, functions()):
            pass


def pack(name: str) -> None:
    """Zips one binary, unless the zip is of the binary as it is now. The zip takes over the binary's time, which tells."""
    binary, packed = RELEASE / name, LAMBDA / name / "bootstrap.zip"
    made = binary.stat().st_mtime_ns
    if packed.exists() and packed.stat().st_mtime_ns == made:
        return
    packed.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(binary, "bootstrap")
    os.utime(packed, ns=(made, made))
