"""Cross-compiles the functions to Lambda's processor and C library, and checks that they can start there.

    python3 infra/local/release.py [--x86-64]      arm64 unless asked otherwise
"""

import argparse
import re
import subprocess
import sys
import zipfile

from build import LAMBDA, functions
from processes import Failed
from stack import ROOT

# The C library of Amazon Linux 2023, on which provided.al2023 runs.
NEWEST_GLIBC = (2, 34)


def build(architecture: str) -> None:
    # Only the functions: cargo's default members. Zig links against the given C library, not this machine's.
    command = ["cargo", "lambda", "build", "--release", "--output-format", "zip", "--compiler", "zig", f"--{architecture}"]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise Failed("the build failed")


def glibc_versions(binary: bytes) -> set[tuple[int, ...]]:
    """Returns the versions of the C library in a binary's symbol table."""
    return {tuple(map(int, found.split(b"."))) for found in re.findall(rb"GLIBC_([0-9]+\.[0-9]+)", binary)}


def check() -> None:
    for name in functions():
        packed = LAMBDA / name / "bootstrap.zip"
        if not packed.exists():
            raise Failed(f"the templates name the function {name}, which was not built")
        with zipfile.ZipFile(packed) as archive:
            too_new = {version for version in glibc_versions(archive.read("bootstrap")) if version > NEWEST_GLIBC}
        if too_new:
            asked = ", ".join(".".join(map(str, version)) for version in sorted(too_new))
            raise Failed(f"{name} needs a newer C library than Lambda's 2.34: {asked}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--x86-64", action="store_const", const="x86-64", default="arm64", dest="architecture")
    try:
        build(parser.parse_args().architecture)
        check()
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
