"""What is being done, how long it usually takes, and how long it took."""

import contextlib
import json
import time

from progress import spoken
from stack import ROOT

# Seconds on two cores, until this machine's own are known.
FIRST_GUESSES = {
    "building everything": 420,
    "building what changed": 10,
    "starting the local cloud, the local Stripe, OpenID provider and DNS server": 2,
    "deploying template.yaml": 15,
    "filling in demo data": 10,
    "format": 2,
    "clippy": 120,
    "building the tests": 120,
    "templates: cfn-lint": 30,
    "templates: sam validate": 5,
    "templates: rules": 20,
    "unit and property tests": 60,
    "journeys against the deployed stack": 240,
}
REMEMBERED = ROOT / "target" / "step-times.json"

_taken: list[tuple[str, float]] = []


def usual_seconds(name: str) -> float | None:
    """How long the step `name` took the last time it went well on this machine; a guess if it never did."""
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
    """A step under way. Its time is remembered as the usual one unless it turns out that there was nothing to do."""

    had_work = True


@contextlib.contextmanager
def step(name: str):
    """Prints `name` and its usual time when the block begins and the seconds it took when it ends well."""
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
