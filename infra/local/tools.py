"""Installs the Python tools of this project, each set into an environment of its own under `.tools/`.

    python3 infra/local/tools.py      creates missing environments; takes a second if none is missing

The name of an environment contains a hash of its requirements. So a change of the requirements creates a new environment,
and an older commit finds its old one. `.tools/cloud` and `.tools/aws` point to the environments in use.
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
    """Returns the environment `name`. Creates it from `requirements-<name>.txt` if it does not exist."""
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
    """Makes `link` point to `target` in one step, so that the link is never missing for another process."""
    if link.is_symlink() and link.resolve() == target.resolve():
        return
    fresh = link.with_name(f".{link.name}-{os.getpid()}")
    fresh.symlink_to(target.name)
    fresh.replace(link)


def ensure_all() -> None:
    """Creates both environments in parallel, because pip waits for the network most of the time."""
    TOOLS.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor() as both:
        for _ in both.map(ensure, SETS):
            pass


if __name__ == "__main__":
    ensure_all()
