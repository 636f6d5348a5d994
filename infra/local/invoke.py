"""Runs one function on its event, with the table, the variables and the data of the stack that `make local` runs.

    invoke.py <function> [event]     the event is `events/<function>.json` unless another file is given

If Docker runs, `sam local invoke` runs the function in Lambda's own container. Otherwise the local cloud runs it, as a
process of this machine.
"""

import ipaddress
import json
import pathlib
import platform
import shlex
import subprocess
import sys
import threading

import build
import forward
import stack
from botocore.exceptions import ClientError
from processes import Failed, exit_code
from running import Running, event_of, failed, pretty

# The name by which a container reaches the machine that it runs on.
MACHINE = "host.docker.internal"


def invoke(wanted: str, event: pathlib.Path | None) -> bool:
    """Runs the function and prints its answer and its log lines. Returns whether it succeeded."""
    name = build.named([wanted], build.functions())[0]
    event = event or event_of(stack.ROOT / "events", name)
    running = Running(stack.LOCAL)
    if docker("version", "--format", "{{.Server.Version}}"):
        return in_container(running, name, event)
    command = ["cargo", "lambda", "invoke", "--remote", "--data-file", shown(event), running.deployed_name(name)]
    print("Docker does not run here, so the local cloud runs the function, as a process of this machine. cargo-lambda does")
    print(f"the same, with AWS_ENDPOINT_URL={running.endpoint} in the environment:\n\n    {shlex.join(command)}\n", flush=True)
    try:
        answer, log, wrong = running.invoke(name, event.read_bytes())
    except ClientError as refused:
        raise Failed(f"{name} could not be called: {refused}") from None
    print(log.rstrip())
    print(f"\n{pretty(answer)}")
    return not wrong


def shown(path: pathlib.Path) -> str:
    """Returns a path relative to the repository, if it is inside."""
    return str(path.relative_to(stack.ROOT)) if path.is_relative_to(stack.ROOT) else str(path)


def docker(*command: str) -> str:
    """Returns the output of a Docker command. The output is empty if the command fails or Docker does not run."""
    try:
        done = subprocess.run(["docker", *command], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def bridge() -> str:
    """Returns the address of this machine on Docker's default network on Linux."""
    configured = json.loads(docker("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}") or "null")
    if not configured:
        raise Failed("Docker has no network `bridge`, over which the function would reach the local cloud")
    # Docker lists the address if somebody chose it. Otherwise it is the first address of the network.
    return configured[0].get("Gateway") or str(ipaddress.ip_network(configured[0]["Subnet"])[1])


def in_container(running: Running, name: str, event: pathlib.Path) -> bool:
    port = int(running.endpoint.rsplit(":", 1)[1])
    endpoint = f"http://{MACHINE}:{port}"
    # On Linux a container reaches this machine at the bridge, where the local cloud does not listen. Docker Desktop
    # forwards connections itself.
    if platform.system() == "Linux":
        threading.Thread(target=forward.serve, args=(bridge(), port), daemon=True).start()
    folder = stack.LOCAL.folder / "invoke"
    folder.mkdir(exist_ok=True)
    # SAM passes only variables that a template declares. Only the deployment knows the values from other resources.
    logical_id = build.logical_id(name)
    variables = folder / "variables.json"
    variables.write_text(json.dumps({logical_id: running.variables(name) | {"AWS_ENDPOINT_URL": endpoint}}))
    command = [
        "sam", "local", "invoke", logical_id, "--template", "template.yaml", "--event", event,
        "--language-extensions", "--env-vars", variables, "--region", running.region,
        "--add-host", f"{MACHINE}:host-gateway", "--parameter-overrides",
        f"Stage={stack.LOCAL.stage}", f"Architecture={stack.architecture()}", f"LocalCloudUrl={endpoint}",
    ]  # fmt: skip
    # Log lines go to the terminal at once, the answer is captured.
    done = subprocess.run(command, cwd=stack.ROOT, env=stack.LOCAL.environment, stdout=subprocess.PIPE)
    answer = done.stdout.strip()
    print(pretty(answer))
    return done.returncode == 0 and not failed(answer)


def main() -> int:
    if not 2 <= len(sys.argv) <= 3:
        print("name a function, for instance: make invoke F=get-product", file=sys.stderr)
        return 2
    event = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) == 3 else None
    return exit_code(lambda: 0 if invoke(sys.argv[1], event) else 1, OSError)


if __name__ == "__main__":
    sys.exit(main())
