"""What is being done, and how long it took."""

import contextlib
import time

_taken: list[tuple[str, float]] = []


@contextlib.contextmanager
def step(name: str):
    """Prints `name` when the block begins and the seconds it took when it ends well."""
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    yield
    seconds = time.monotonic() - begun
    _taken.append((name, seconds))
    print(f"   {seconds:.1f} s", flush=True)


def print_times() -> None:
    """Prints the time of every step so far and their sum."""
    print()
    for name, seconds in _taken:
        print(f"{seconds:8.1f} s  {name}")
    print(f"{sum(seconds for _, seconds in _taken):8.1f} s  together", flush=True)
