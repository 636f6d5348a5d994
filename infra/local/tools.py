"""The Python tools this project is built and run with, each set in an environment of its own under `.tools/`.

    python3 infra/local/tools.py      makes what is missing; takes a second when nothing is

An environment is named after a hash of its requirements, so that a change of them makes a new one and going back to an
older commit finds the old one. `.tools/cloud` and `.tools/aws` point at the ones in use.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
SETS = ("cloud", "aws")


def ensure(name: str) -> pathlib.Path:
    """Returns the environment `name`, made from `requirements-<name>.txt` if it is not there yet."""
    requirements = ROOT / "infra" / "local" / f"requirements-{name}.txt"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256(python.encode() + requirements.read_bytes()).hexdigest()[:12]
    made = TOOLS / f"{name}-{key}"
    if not (made / "complete").exists():
        print(f"installing {requirements.name} into {made.relative_to(ROOT)}", flush=True)
        shutil.rmtree(made, ignore_errors=True)
        venv.create(made, with_pip=True)
        install = [made / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
        subprocess.run(install, check=True)
        (made / "complete").touch()
    point_at(TOOLS / name, made)
    return made


def point_at(link: pathlib.Path, target: pathlib.Path) -> None:
    """Makes `link` lead to `target` in one step, so that somebody who is just using it never finds it missing."""
    if link.is_symlink() and link.resolve() == target.resolve():
        return
    fresh = link.with_name(f".{link.name}-{os.getpid()}")
    fresh.symlink_to(target.name)
    fresh.replace(link)


def ensure_all() -> None:
    """Makes both environments at once: pip waits for the network most of the time."""
    TOOLS.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor() as both:
        for _ in both.map(ensure, SETS):
            pass


if __name__ == "__main__":
    ensure_all()
