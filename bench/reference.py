"""The reference functions in Node.js: AWS's runtime client for it, and the AWS SDK v3 bundled by esbuild."""

import hashlib
import os
import shutil
import subprocess

from processes import Failed, tail
from stack import ROOT

SOURCE = ROOT / "bench" / "node"
# Beside the folder of the stack, which is emptied at each start.
BUILT = ROOT / "target" / "bench-node"
# The runtime client compiles a part in C++ while it is installed.
PACKAGES = {"cmake": "cmake", "autoconf": "autoconf", "automake": "automake", "libtoolize": "libtool", "g++": "g++"}


def command(handler: str) -> list:
    """What starts one of the functions; they are installed and built first if that was not done yet."""
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
