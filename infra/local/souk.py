"""Runs Souk on this machine.

    souk.py up [--background]     builds, starts the local services, deploys, creates demo data
    souk.py down                  stops what `up --background` started
    souk.py test                  runs all checks and tests; the journeys run against a stack of their own

`up` and `test` use different ports and folders and can run side by side.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import build
import checks
import deploy
import tools
from processes import Child, Failed, exit_code, refuse_taken_port, remember, stop_remembered, tail
from stack import LOCAL, ROOT, TEST, TOOLS, Stack
from steps import print_times, step


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def refuse_taken_ports(stack: Stack) -> None:
    variables = "SOUK_" if stack is LOCAL else "SOUK_TEST_"
    refuse_taken_port(stack.cloud_port, "the local cloud", f"{variables}CLOUD_PORT")
    refuse_taken_port(stack.stripe_port, "the local Stripe", f"{variables}STRIPE_PORT")
    refuse_taken_port(stack.oidc_port, "the local OpenID provider", f"{variables}OIDC_PORT")
    refuse_taken_port(stack.dns_port, "the local DNS server", f"{variables}DNS_PORT")


def start(stack: Stack, children: list[Child]) -> None:
    """Starts the local cloud, Stripe, OpenID provider and DNS server of `stack`, adds them to `children` and deploys. The
    functions must have been built."""
    shutil.rmtree(stack.folder, ignore_errors=True)
    (stack.folder / "tmp").mkdir(parents=True)
    running = stack.folder / "running.json"

    with step("starting the local cloud, the local Stripe, OpenID provider and DNS server"):
        cloud = Child(
            "the local cloud",
            [TOOLS / "cloud" / "bin" / "python", pathlib.Path(__file__).with_name("cloud.py")],
            stack.folder / "cloud.log", stack.cloud_environment, ROOT,
        )  # fmt: skip
        children.append(cloud)
        stripe = Child(
            "the local Stripe",
            [
                build.RELEASE / "souk-local-stripe", "--port", str(stack.stripe_port),
                "--webhook-url", f"{stack.api}/v1/webhooks/stripe", "--webhook-secret", deploy.WEBHOOK_SECRET,
            ],
            stack.folder / "stripe.log", stack.environment, ROOT,
        )  # fmt: skip
        children.append(stripe)
        oidc = Child(
            "the local OpenID provider",
            [
                build.RELEASE / "souk-local-oidc", "--port", str(stack.oidc_port),
                "--client-id", deploy.PARAMETERS["GoogleClientId"],
                "--client-secret", deploy.KEYS["GOOGLE_CLIENT_SECRET"],
                "--redirect-uri", f"{stack.api}/v1/users/login/google/callback",
            ],
            stack.folder / "oidc.log", stack.environment, ROOT,
        )  # fmt: skip
        children.append(oidc)
        dns = Child(
            "the local DNS server",
            [build.RELEASE / "souk-local-dns", "--port", str(stack.dns_port)],
            stack.folder / "dns.log", stack.environment, ROOT,
        )  # fmt: skip
        children.append(dns)
        remember(children, running)
        cloud.wait_until(lambda: answers(f"{stack.cloud}/_ministack/ready"), seconds=60)
        stripe.wait_until(lambda: answers(f"{stack.stripe}/_local"), seconds=10)
        oidc.wait_until(lambda: answers(f"{stack.oidc}/_local"), seconds=10)
        dns.wait_until(lambda: answers(f"{stack.dns}/_local/records"), seconds=10)

    with step("deploying template.yaml"):
        deploy.deploy(stack)
        deploy.write_outputs(stack)
        cloud.wait_until(lambda: answers(f"{stack.api}/.well-known/jwks.json"), seconds=30)


def seed(stack: Stack) -> None:
    with step("creating demo data"):
        command = [build.RELEASE / "souk-demo", "seed", "--outputs", stack.outputs]
        if subprocess.run(command, cwd=ROOT, env=stack.environment).returncode:
            raise Failed("the demo data could not be created")


def print_ready(stack: Stack) -> None:
    outputs = json.loads(stack.outputs.read_text())
    print(f"""
Souk is ready.
  API        {outputs["api"]}
  Reference  {outputs["api"]}/docs
  Socket     {outputs["socket"]}
  Mail       {outputs["mail"]}
  Stripe     {outputs["stripe"]}/_local
  Google     {outputs["oidc"]}/_local
  DNS        {outputs["dns"]}/_local/records
  Outputs    {stack.outputs.relative_to(ROOT)}""")
    first = {}
    for account in outputs["accounts"]:
        first.setdefault(account["role"], account)
    for account in first.values():
        print("  Account    " + "  ".join(str(value) for value in account.values()))
    print(f"  Accounts   {len(outputs['accounts'])} in all, in the same file")
    sys.stdout.flush()


def stop(children: list[Child]) -> None:
    for child in reversed(children):
        child.stop()


def up(background: bool) -> None:
    refuse_taken_ports(LOCAL)
    with concurrent.futures.ThreadPoolExecutor() as meanwhile:
        tools_there = meanwhile.submit(tools.ensure_all)
        build.build()
    try:
        tools_there.result()
    except subprocess.CalledProcessError:
        raise Failed("the Python tools could not be installed; the reason is above") from None
    children: list[Child] = []
    try:
        start(LOCAL, children)
        seed(LOCAL)
        print_times()
        print_ready(LOCAL)
        if background:
            print("\n`make down` stops it.")
            return
        print("\nCtrl-C stops it.", flush=True)
        wait_for_an_end(children)
    except BaseException:  # Ctrl-C too
        stop(children)
        raise


def wait_for_an_end(children: list[Child]) -> None:
    """Waits until one of the `children` ends. None should end by itself, so this is a failure."""
    while True:
        ended, _ = os.wait()
        for child in children:
            if child.process.pid == ended:
                raise Failed(f"{child.name} ended; its log is {child.log}")


def down() -> None:
    stopped = stop_remembered(LOCAL.folder / "running.json")
    print(f"stopped {' and '.join(stopped)}" if stopped else "nothing was running")


def test() -> None:
    refuse_taken_ports(TEST)
    checks.check_code()
    build.build()
    checks.check_templates()
    checks.run_unit_tests()
    children: list[Child] = []
    try:
        start(TEST, children)
        checks.run_journeys(TEST)
        checks.run_schemathesis(TEST)
    except Failed as failed:
        if children and not answers(f"{TEST.cloud}/_ministack/ready"):
            cloud = children[0]
            cloud.process.send_signal(signal.SIGUSR1)  # it prints its current stack trace
            raise Failed(f"{failed}, and the local cloud does not answer:\n{tail(cloud.log, 60)}") from None
        raise
    finally:
        stop(children)
    print_times()


def lint() -> None:
    checks.check_code()
    checks.check_templates()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsers = parser.add_subparsers(dest="command", required=True)
    parsers.add_parser("up").add_argument("--background", action="store_true")
    for name in ("down", "test", "lint"):
        parsers.add_parser(name)
    chosen = parser.parse_args()

    # `kill` cleans up like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    commands = {"up": lambda: up(chosen.background), "down": down, "test": test, "lint": lint}
    return exit_code(commands[chosen.command])


if __name__ == "__main__":
    sys.exit(main())
