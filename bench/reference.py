"""The reference functions in Node.js: AWS's runtime client and the AWS SDK v3, bundled by esbuild."""

import hashlib
import os
import shutil
import subprocess

from processes import Failed, tail
from stack import ROOT

SOURCE = ROOT / "bench" / "node"
# Outside the folder of the stack, which is emptied at each start.
BUILT = ROOT / "target" / "bench-node"
# The installation of the runtime client compiles a part in C++.
PACKAGES = {"cmake": "cmake", "autoconf": "autoconf", "automake": "automake", "libtoolize": "libtool", "g++": "g++"}


def command(handler: str) -> list:
    """Returns the command that starts one of the functions. Installs and builds them first if needed."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Failed("the reference functions need Node.js 20 or newer with npm")
    inputs = b"".join((SOURCE / name).read_bytes() for name in ("package.json", "package-lock.json", "index.js"))
    complete = BUILT / f"complete-{hashlib.sha256(inputs).hexdigest()[:12]}"
    if not complete.exists():
        bring_packages()
        shutil.rmtree(BUILT, ignore_errors=True)
        shutil.copytree(SOURCE, BUILT, ignore=shutil.ignore_patterns("node_modules"))
        run(["npm", "ci", "--no-fund", "--no-audit"])
        run(["npm", "run", "build"])
        complete.touch()
    client = BUILT / "node_modules" / "aws-lambda-ric" / "bin" / "index.mjs"
    return [shutil.which("node"), client, f"dist/index.{handler}"]


def bring_packages() -> None:
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if not missing:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise Failed(f"the reference functions are built with Debian's {' '.join(missing)}: apt-get install them")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing])


def run(command: list[str]) -> None:
    log = BUILT.with_suffix(".log")
    with log.open("ab") as output:
        cwd = BUILT if BUILT.exists() else ROOT
        done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    if done.returncode:
        raise Failed(f"`{' '.join(command)}` failed:\n{tail(log)}")
