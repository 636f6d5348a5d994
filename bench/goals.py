"""The goals for the numbers, and whether they are met."""

import dataclasses

from subjects import REFERENCE


@dataclasses.dataclass(frozen=True)
class Goal:
    """A measured `value` with its goal: at least `bound`, or at most."""

    text: str
    value: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def line(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{self.text:<42} {self.value:8.1f}   goal {sign} {self.bound:<5g} {'met' if self.met else 'MISSED'}"


# The measured quantities, with their titles in the tables.
QUANTITIES = {
    "init_ms": "init ms",
    "first_ms": "first ms",
    "init_and_first_ms": "both ms",
    "warm_ms": "warm ms",
    "starting_cpu_ms": "both CPU ms",
    "warm_cpu_ms": "warm CPU ms",
    "resident_mb": "resident MB",
}
# How many times as much the reference must take, by condition and quantity.
TIMES = {
    "full": {"init_ms": 15, "init_and_first_ms": 12, "warm_ms": 2, "resident_mb": 6},
    "quota": {"init_ms": 50},
}
# The ratio of a first to a warm request, where init has opened the connections.
FIRST_TO_WARM_WITH_TLS = 3


def ratios(measured: dict[str, dict], reference: str = REFERENCE) -> dict[str, float]:
    """Returns how many times as much as get-product a function in Node.js takes, for every quantity."""
    ours, node = measured["get-product"], measured[reference]
    return {quantity: node[quantity] / ours[quantity] for quantity in QUANTITIES}


def goals(condition: str, measured: dict[str, dict]) -> list[Goal]:
    """Returns the goals of a condition."""
    of = ratios(measured)
    wanted = [
        Goal(f"Node.js / get-product, {QUANTITIES[quantity]}", of[quantity], bound, at_least=True)
        for quantity, bound in TIMES.get(condition, {}).items()
    ]
    if condition == "tls":
        ours = measured["get-product"]
        share = ours["first_ms"] / ours["warm_ms"]
        wanted.append(Goal("get-product, first / warm request", share, FIRST_TO_WARM_WITH_TLS, at_least=False))
        late = ours["late_handshakes"]
        wanted.append(Goal("get-product, TLS handshakes after init", late, 0, at_least=False))
    return wanted
