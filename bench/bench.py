"""Measures the functions: the sizes of their zips, and how fast they start and answer, compared with functions in
Node.js.

    bench.py                 builds, starts a stack of its own and measures everything; about ten minutes
    bench.py --as-built      measures what is already built
    bench.py --sizes         measures only the sizes of the zips
    bench.py --relay         measures only how many orders a second the relay sends; a minute
    bench.py --search        measures only the search engine and others; about ten minutes

Prints everything and writes it to target/bench/results.json. A zip above its limit is a failure. A ratio below its
goal is not, because the numbers depend on the machine and its load; somebody should look at them."""

import argparse
import dataclasses
import json
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "infra" / "local"))

import build
import cpu
import goals
import limits
import measuring
import relaying
import searching
import souk
import subjects
from processes import Child, Failed, refuse_taken_port
from stack import ROOT, Stack
from steps import step

STACK = Stack(
    "bench",
    cloud_port=int(os.environ.get("SOUK_BENCH_CLOUD_PORT", "4866")),
    stripe_port=int(os.environ.get("SOUK_BENCH_STRIPE_PORT", "4800")),
    oidc_port=int(os.environ.get("SOUK_BENCH_OIDC_PORT", "4810")),
    dns_port=int(os.environ.get("SOUK_BENCH_DNS_PORT", "4820")),
)
RESULTS = ROOT / "target" / "bench"


def weigh() -> list[dict]:
    rows = limits.sizes()
    print(f"\n{'function':<28}{'binary':>12}{'zip':>12}{'limit':>12}")
    for row in rows:
        verdict = "" if row["zip"] <= row["limit"] else "  OVER"
        numbers = "".join(f"{row[what] / 1e6:>9.2f} MB" for what in ("binary", "zip", "limit"))
        print(f"{row['name']:<28}{numbers}{verdict}")
    return rows


def run(rounds: int) -> list[dict]:
    refuse_taken_port(STACK.cloud_port, "the local cloud", "SOUK_BENCH_CLOUD_PORT")
    refuse_taken_port(STACK.stripe_port, "the local Stripe", "SOUK_BENCH_STRIPE_PORT")
    refuse_taken_port(STACK.oidc_port, "the local OpenID provider", "SOUK_BENCH_OIDC_PORT")
    refuse_taken_port(STACK.dns_port, "the local DNS server", "SOUK_BENCH_DNS_PORT")
    children: list[Child] = []
    try:
        souk.start(STACK, children)
        souk.seed(STACK)
        with step("preparing the functions and those in Node.js"):
            measured_functions = subjects.subjects(STACK)
        return [measured(measured_functions, condition) for condition in measuring.conditions(rounds)]
    finally:
        souk.stop(children)


def measured(functions: list[subjects.Subject], condition: measuring.Condition) -> dict:
    load = os.getloadavg()[0]
    with step(f"measuring: {condition.title}"):
        try:
            values = measuring.measure(STACK, functions, condition, RESULTS)
        except cpu.NoQuota as why:
            print(f"   NOT MEASURED, the CPU cannot be limited here. {why}")
            return {"condition": condition.name, "not_measured": str(why)}
    print(f"   {condition.rounds} processes of each in turns, medians; load of the machine before: {load:.1f}\n")
    print_table(values)
    wanted = goals.goals(condition.name, values)
    for goal in wanted:
        print(f"   {goal.line()}")
    return {
        "condition": condition.name,
        "title": condition.title,
        "load_before": load,
        "medians": values,
        "ratios_to_get_product": {name: goals.ratios(values, name) for name in subjects.IN_NODE},
        "goals": [dataclasses.asdict(goal) | {"met": goal.met} for goal in wanted],
    }


def print_table(values: dict[str, dict]) -> None:
    print(f"   {'':<30}" + "".join(f"{title:>13}" for title in goals.QUANTITIES.values()))
    for name, row in values.items():
        print(f"   {name:<30}" + "".join(f"{row[quantity]:>13.2f}" for quantity in goals.QUANTITIES))
    for reference in subjects.IN_NODE:
        ratios = goals.ratios(values, reference).values()
        print(f"   {f'{reference} / get-product':<30}" + "".join(f"{ratio:>12.1f}x" for ratio in ratios))
    print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--as-built", action="store_true")
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("--relay", action="store_true")
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--judged", type=pathlib.Path, help="the folder of the judged products, for --search")
    parser.add_argument("--rounds", type=int, default=11, help="processes of each function per condition")
    chosen = parser.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    RESULTS.mkdir(parents=True, exist_ok=True)
    try:
        if not chosen.as_built:
            build.build(tools=[*build.TOOLS, "bench-search"])
        if chosen.relay:
            results = relaying.run(RESULTS, rounds=30)
            (RESULTS / "relay.json").write_text(json.dumps(results, indent=2) + "\n")
            return 0
        if chosen.search:
            results = searching.run(build.RELEASE / "bench-search", chosen.judged, RESULTS / "search")
            (RESULTS / "search.json").write_text(json.dumps(results, indent=2) + "\n")
            return 0
        sizes = weigh()
        results = {"sizes": sizes, "conditions": [] if chosen.sizes else run(chosen.rounds)}
        (RESULTS / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped")
        return 130
    over = [row["name"] for row in sizes if row["zip"] > row["limit"]]
    if over:
        print(f"\nover the limit: {', '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
