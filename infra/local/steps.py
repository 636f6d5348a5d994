"""The steps of a command: their names, their usual times and the times that they took."""

import contextlib
import json
import time

from progress import spoken
from stack import ROOT

# Seconds on two cores, until the times of this machine are known.
FIRST_GUESSES = {
    "building everything": 600,
    "building what changed": 10,
    "starting the local cloud, the local Stripe, OpenID provider and DNS server": 2,
    "deploying template.yaml": 15,
    "creating demo data": 20,
    "format": 2,
    "clippy": 120,
    "building the tests": 200,
    "templates: cfn-lint": 30,
    "templates: sam validate": 5,
    "templates: rules": 20,
    "unit and property tests": 60,
    "journeys against the deployed stack": 520,
    "Schemathesis against the deployed stack": 75,
}
REMEMBERED = ROOT / "target" / "step-times.json"

_taken: list[tuple[str, float]] = []


def usual_seconds(name: str) -> float | None:
    """Returns how long the step `name` took when it last succeeded on this machine, or a guess if it never did."""
    return remembered().get(name, FIRST_GUESSES.get(name))


def remembered() -> dict[str, float]:
    try:
        return json.loads(REMEMBERED.read_text())
    except (OSError, ValueError):
        return {}


def remember(name: str, seconds: float) -> None:
    REMEMBERED.parent.mkdir(exist_ok=True)
    REMEMBERED.write_text(json.dumps(remembered() | {name: round(seconds, 1)}, indent=2) + "\n")


class Step:
    """A running step. Its time becomes the usual one unless there was nothing to do."""

    had_work = True


@contextlib.contextmanager
def step(name: str):
    """Prints `name` and its usual time when the block begins, and the time that it took when it succeeds."""
    usual = usual_seconds(name)
    print(f"== {name}" + (f" (usually {spoken(usual)})" if usual else ""), flush=True)
    begun = time.monotonic()
    this = Step()
    yield this
    seconds = time.monotonic() - begun
    _taken.append((name, seconds))
    if this.had_work:
        remember(name, seconds)
    print(f"   {seconds:.1f} s", flush=True)


def print_times() -> None:
    """Prints the time of every step so far and their sum."""
    print()
    for name, seconds in _taken:
        print(f"{seconds:8.1f} s  {name}")
    print(f"{sum(seconds for _, seconds in _taken):8.1f} s  together", flush=True)
