"""The checks of `make test`. The order is the one that finds a mistake soonest."""

import os
import subprocess

import build
import tools
from processes import Failed
from stack import ROOT, TOOLS, Stack
from steps import step

# The selection of packages decides the features of the dependencies: always the whole workspace, narrowed by a filter.
NEXTEST = ["cargo", "nextest", "run", "--release", "--workspace", "--lib", "--test", "*"]
PYTEST = ["pytest", "--quiet", "-p", "no:cacheprovider"]
DENY = ["bans", "licenses", "sources"]  # advisories need the network; GitHub Actions checks them


def run(name: str, command: list, env: dict[str, str] | None = None) -> None:
    with step(name):
        own = os.environ | {
            "PATH": f"{TOOLS / 'aws' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "SAM_CLI_TELEMETRY": "0",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if subprocess.run(command, cwd=ROOT, env=own | (env or {})).returncode:
            raise Failed(f"{name}: failed")


def check_code() -> None:
    run("format", ["cargo", "fmt", "--all", "--check"])
    run("clippy", ["cargo", "clippy", "--release", "--workspace", "--all-targets", "--", "--deny", "warnings"])
    run("dependencies", ["cargo", "deny", "check", *DENY])


def check_templates() -> None:
    templates = ["template.yaml", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "infra").glob("*.yaml"))]
    run("templates: cfn-lint", ["cfn-lint", *templates])
    run("templates: sam validate", ["sam", "validate", "--lint"])
    run("templates: rules", [*PYTEST, "tests/templates"])
    run("local tools", [*PYTEST, "--override-ini", "pythonpath=infra/local infra tests/local", "tests/local"])


def run_unit_tests() -> None:
    build.build_tests()
    run("unit and property tests", [*NEXTEST, "--filterset", "not package(souk-tests)"])


def run_journeys(stack: Stack) -> None:
    outputs = {"SOUK_OUTPUTS": str(stack.outputs)}
    run("journeys against the deployed stack", [*NEXTEST, "--filterset", "package(souk-tests)"], outputs)


def run_schemathesis(stack: Stack) -> None:
    """Generates the same requests in every run, for a minute, unless the environment asks for another time: then others."""
    tools.ensure("schemathesis")
    seconds = os.environ.get("SOUK_SCHEMATHESIS_SECONDS")
    bounds = ["--seconds", seconds] if seconds else ["--seconds", "60", "--seed", "1"]
    command = [TOOLS / "schemathesis" / "bin" / "python", "tests/schemathesis/run.py", "--outputs", stack.outputs]
    run("Schemathesis against the deployed stack", [*command, *bounds])
