"""What a deployment costs in a month in which nobody calls it.

    cost.py                    with the free amounts that AWS gives each account every month
    cost.py --no-free          without them, as for a second deployment in an account
    cost.py Name=Value ...     with other parameters of template.yaml than the defaults

Counts what the templates create and multiplies it by bench/prices.json, a list of prices with their date. The templates say
what exists; the constants below say what it does when nobody calls.
"""

import argparse
import dataclasses
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "infra"))

from unroll import unrolled  # noqa: E402

PRICES = json.loads(pathlib.Path(__file__).with_name("prices.json").read_text())
HOURS = 730  # AWS's month
SECONDS = HOURS * 3600
# Lambda asks a queue for messages for 20 seconds at a time, with five pollers. Where the concurrency has no limit, it reduces
# them to as few as two (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
RECEIVE_SECONDS, POLLERS, POLLERS_WITHOUT_LIMIT = 20, 5, 2
# A schedule that finds nothing to do: its time, the table's read units, and the bytes of its log lines with CloudWatch's 26.
SCHEDULE_SECONDS, SCHEDULE_READS, SCHEDULE_LOG_BYTES = 0.1, 0.5, 600
# The code of one full deployment. SAM keeps it in a bucket, and removes nothing there.
CODE_GIGABYTES = 0.5


@dataclasses.dataclass(frozen=True)
class Item:
    name: str
    amount: float
    free: float
    cost: float


class Deployment:
    """A template with the values of its parameters: what exists, and with which properties."""

    def __init__(self, path: pathlib.Path, parameters: dict) -> None:
        template = unrolled(path)
        declared = {name: each.get("Default") for name, each in template.get("Parameters", {}).items()}
        self.parameters = {name: str(value) for name, value in (declared | parameters).items() if isinstance(value, str | int)}
        self.conditions = template.get("Conditions", {})
        self.resources = {
            name: each for name, each in template["Resources"].items()
            if "Condition" not in each or self.holds({"Condition": each["Condition"]})
        }  # fmt: skip

    def holds(self, condition: dict) -> bool:
        """Tells whether a condition holds. One that depends on a resource's attribute holds, because the resource exists."""
        ((function, value),) = condition.items()
        match function:
            case "Condition":
                return self.holds(self.conditions[value])
            case "Fn::Not":
                return not self.holds(value[0])
            case "Fn::And":
                return all(self.holds(each) for each in value)
            case "Fn::Or":
                return any(self.holds(each) for each in value)
            case "Fn::Equals":
                left, right = (self.value(each) for each in value)
                return str(left) == str(right)
        raise ValueError(f"unknown condition {function}")

    def value(self, node):
        """Returns a property with its conditions decided and its parameters filled in. What only a deployment knows stays."""
        if isinstance(node, list):
            return [self.value(each) for each in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            if "Ref" in node:
                return None if node["Ref"] == "AWS::NoValue" else self.parameters.get(node["Ref"], node)
            if "Fn::If" in node:
                name, yes, no = node["Fn::If"]
                return self.value(yes if self.holds({"Condition": name}) else no)
        return {name: self.value(each) for name, each in node.items()}

    def of_type(self, kind: str) -> list[dict]:
        return [self.value(each.get("Properties", {})) for each in self.resources.values() if each["Type"] == kind]


def deployments(parameters: dict) -> list[Deployment]:
    """Returns the root stack and its nested stacks."""
    root = Deployment(ROOT / "template.yaml", parameters)
    nested = root.of_type("AWS::CloudFormation::Stack")
    return [root, *(Deployment(ROOT / each["TemplateURL"], each.get("Parameters", {})) for each in nested)]


def calls_a_month(expression: str) -> float:
    """Returns how often a schedule runs in a month."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        return HOURS / int(rate[1]) * {"minute": 60, "hour": 1, "day": 1 / 24}[rate[2]]
    if re.fullmatch(r"cron\(\d+ \d+ \* \* \? \*\)", expression):
        return HOURS / 24
    raise ValueError(f"unknown schedule {expression}")


def amounts(parameters: dict) -> dict[str, float]:
    """Returns how much of each priced thing an idle deployment uses in a month."""
    used = dict.fromkeys(PRICES["prices"], 0.0)
    for stack in deployments(parameters):
        used["secrets"] += len(stack.of_type("AWS::SecretsManager::Secret"))
        used["dashboards"] += len(stack.of_type("AWS::CloudWatch::Dashboard"))
        # An alarm costs as much as it has metrics.
        used["alarms"] += sum(max(1, len(alarm.get("Metrics", []))) for alarm in stack.of_type("AWS::CloudWatch::Alarm"))
        for source in stack.of_type("AWS::Lambda::EventSourceMapping"):
            if "StartingPosition" not in source:  # reading the table's stream is free for Lambda
                limited = (source.get("ScalingConfig") or {}).get("MaximumConcurrency")
                used["sqs_requests"] += (POLLERS if limited else POLLERS_WITHOUT_LIMIT) * SECONDS / RECEIVE_SECONDS
        for function in stack.of_type("AWS::Serverless::Function"):
            for event in function.get("Events", {}).values():
                calls = calls_a_month(event["Properties"]["ScheduleExpression"])
                used["scheduler_calls"] += calls
                used["function_calls"] += calls
                memory = int(function.get("MemorySize", 128)) / 1024
                used["function_gigabyte_seconds"] += calls * SCHEDULE_SECONDS * memory
                used["table_read_units"] += calls * SCHEDULE_READS
                used["log_gigabytes"] += calls * SCHEDULE_LOG_BYTES / 1e9
    used["stored_gigabytes"] += CODE_GIGABYTES
    return used


def costs(parameters: dict, with_free: bool = True) -> list[Item]:
    """Returns what each priced thing costs in a month, in dollars, before tax."""
    items = []
    for name, amount in amounts(parameters).items():
        price = PRICES["prices"][name]
        free = price["free"] if with_free else 0
        items.append(Item(name, amount, free, max(0.0, amount - free) * price["price"] / price["per"]))
    return items


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-free", action="store_true")
    parser.add_argument("parameters", nargs="*", metavar="Name=Value")
    chosen = parser.parse_args()
    items = costs(dict(each.split("=", 1) for each in chosen.parameters), not chosen.no_free)
    print(f"Idle cost of one deployment, {PRICES['currency']} a month, {PRICES['region']}, prices of {PRICES['date']}\n")
    print(f"{'':<28}{'amount':>14}{'of it free':>14}{'cost':>8}")
    for item in sorted(items, key=lambda item: -item.cost):
        print(f"{item.name.replace('_', ' '):<28}{item.amount:>14,.2f}{min(item.free, item.amount):>14,.2f}{item.cost:>8.2f}")
    print(f"{'together':<56}{sum(item.cost for item in items):>8.2f}")


if __name__ == "__main__":
    main()
