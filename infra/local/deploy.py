"""Deploys the real template to a local stack with the real SAM CLI, and writes the outputs of the stack."""

import json
import pathlib
import subprocess

from processes import Failed, tail
from stack import REGION, ROOT, TOOLS, Stack, architecture

WEBHOOK_SECRET = "whsec_local"
PARAMETERS = {
    "MailFrom": "hello@souk.example",
    "FirstAdmin": "admin@souk.example",
    "GoogleClientId": "souk-local",
}
# What `make keys` asks for.
KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_local",
    "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    "GOOGLE_CLIENT_SECRET": "secret-local",
}


def deploy(stack: Stack) -> None:
    parameters = PARAMETERS | {
        "Stage": stack.stage,
        "Architecture": architecture(),
        "LocalCloudUrl": stack.cloud,
        "StripeApiUrl": f"{stack.stripe}/",
        "GoogleIssuer": stack.oidc,
        "DnsServer": f"127.0.0.1:{stack.dns_port}",
        "SearchLanguage": stack.search_language,
    }
    log = stack.folder / "deploy.log"
    template = stack.folder / "templates" / "template.yaml"
    run([TOOLS / "aws" / "bin" / "python", ROOT / "infra" / "unroll.py", template.parent], stack.environment, log)
    command = ["sam", "deploy", "--stack-name", stack.prefix, "--no-confirm-changeset", "--no-fail-on-empty-changeset"]
    command += ["--template-file", template, "--config-file", ROOT / "samconfig.toml"]
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    # By default SAM checks the progress of a deployment every five seconds.
    run(command, stack.environment | {"SAM_CLI_POLL_DELAY": "0.2"}, log)
    keys = [TOOLS / "aws" / "bin" / "python", ROOT / "infra" / "write_keys.py", stack.prefix]
    run(keys, stack.environment | KEYS, log)


def run(command: list, environment: dict[str, str], log: pathlib.Path) -> None:
    """Runs one step of the deployment. Its output goes to the end of the log."""
    with log.open("ab") as output:
        ran = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    if ran.returncode:
        raise Failed(f"the deployment failed:\n{tail(log, 40)}")


def write_outputs(stack: Stack) -> None:
    """Writes the file with the outputs of the stack, which the demo and the tests read."""
    described = stack_outputs(stack)
    outputs = {
        "stage": stack.stage,
        "api": described["ApiUrl"],
        "socket": described["SocketUrl"],
        "mail": f"{stack.cloud}/_ministack/ses/messages",
        "stripe": stack.stripe,
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "oidc": stack.oidc,
        "dns": stack.dns,
        "first_admin": PARAMETERS["FirstAdmin"],
        "endpoint": stack.cloud,
        "region": REGION,
        "table": described["TableName"],
        "bucket": described["MediaBucket"],
        "functions": stack.prefix,
        "accounts": [],
    }
    stack.outputs.write_text(json.dumps(outputs, indent=2) + "\n")


def stack_outputs(stack: Stack) -> dict[str, str]:
    listing = subprocess.run(
        [TOOLS / "aws" / "bin" / "sam", "list", "stack-outputs", "--stack-name", stack.prefix, "--output", "json"],
        cwd=ROOT, env=stack.environment, capture_output=True, text=True,
    )  # fmt: skip
    if listing.returncode:
        raise Failed(f"the outputs of {stack.prefix} cannot be read:\n{listing.stderr}")
    return {each["OutputKey"]: each["OutputValue"] for each in json.loads(listing.stdout)}
