"""Builds everything once, with one set of dependencies, and lays the functions out as `cargo lambda` does.

`cargo lambda build` sets a target and compiler flags of its own, so that functions and tests would each compile the AWS
SDK anew (2 minutes on two cores, and again 2). On this machine the functions therefore come from plain cargo;
`make deploy` crosses to Lambda's own processor and C library with `cargo lambda build`.
"""

import pathlib
import re
import shutil
import subprocess

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
    """Copies each binary to `target/lambda/<function>/bootstrap`, where template, `sam` and `cargo lambda` look for it.

    Copies and no links: `cargo lambda build` writes into the file it finds there, and through a link into cargo's own.
    """
    missing = [name for name in functions() if not (RELEASE / name).exists()]
    if missing:
        raise Failed(f"the templates name functions that have no binary: {', '.join(missing)}")
    for name in functions():
        bootstrap = LAMBDA / name / "bootstrap"
        bootstrap.parent.mkdir(parents=True, exist_ok=True)
        if not same_file(RELEASE / name, bootstrap):
            shutil.copy2(RELEASE / name, bootstrap)


def same_file(binary: pathlib.Path, copy: pathlib.Path) -> bool:
    """Whether `copy` was made from `binary` as it is now."""
    if not copy.exists():
        return False
    made, given = copy.stat(), binary.stat()
    return (made.st_size, made.st_mtime_ns) == (given.st_size, given.st_mtime_ns)
