"""Access to the functions of the stack that `make local` runs: their code, their variables and calls of them."""

import base64
import hashlib
import json
import pathlib
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from processes import Failed
from stack import Stack


class Running:
    """A running stack, found by its `outputs.json`."""

    def __init__(self, stack: Stack) -> None:
        try:
            outputs = json.loads(stack.outputs.read_text())
            urllib.request.urlopen(f"{outputs['endpoint']}/_ministack/ready", timeout=5).close()
        except (OSError, ValueError):
            raise Failed("no stack is running: start it with `make local` in another terminal, or with `make up`") from None
        self.stack = stack
        self.endpoint = outputs["endpoint"]
        self.prefix = outputs["functions"]
        self.region = outputs["region"]
        self.client = boto3.client(
            "lambda",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(read_timeout=920, retries={"total_max_attempts": 1}),
        )

    def deployed_name(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def code_of_all(self) -> dict[str, str]:
        """Returns the checksum of each function's code, by the function's name."""
        pages = self.client.get_paginator("list_functions").paginate()
        found = [each for page in pages for each in page["Functions"]]
        start = f"{self.prefix}-"
        return {each["FunctionName"].removeprefix(start): each["CodeSha256"] for each in found}

    def variables(self, name: str) -> dict[str, str]:
        """Returns the environment variables of a function, as the deployment resolved them."""
        function = self.client.get_function_configuration(FunctionName=self.deployed_name(name))
        return function.get("Environment", {}).get("Variables", {})

    def update(self, name: str, packed: bytes) -> None:
        """Gives a function new code. Returns when the new code answers calls."""
        deployed = self.deployed_name(name)
        self.client.update_function_code(FunctionName=deployed, ZipFile=packed)
        while True:
            function = self.client.get_function_configuration(FunctionName=deployed)
            match function["LastUpdateStatus"]:
                case "Successful":
                    return
                case "Failed":
                    raise Failed(f"{name} could not be updated: {function.get('LastUpdateStatusReason')}")
            time.sleep(0.1)

    def invoke(self, name: str, event: bytes) -> tuple[bytes, str, bool]:
        """Calls a function. Returns its answer, what it logged, and whether it failed."""
        answer = self.client.invoke(FunctionName=self.deployed_name(name), Payload=event, LogType="Tail")
        log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
        return answer["Payload"].read(), log, "FunctionError" in answer


def checksum(packed: bytes) -> str:
    """Returns the checksum of a zip in the format of Lambda."""
    return base64.b64encode(hashlib.sha256(packed).digest()).decode()


def failed(answer: bytes) -> bool:
    """Tells whether an answer is the runtime's report of a failure. SAM prints such a report like any other answer."""
    try:
        parsed = json.loads(answer)
    except ValueError:
        return False
    return isinstance(parsed, dict) and "errorType" in parsed and "errorMessage" in parsed


def pretty(answer: bytes) -> str:
    """Returns an answer for people: indented, and with the body of an HTTP answer as JSON instead of a string."""
    try:
        parsed = json.loads(answer)
    except ValueError:
        return answer.decode(errors="replace")
    if isinstance(parsed, dict) and isinstance(body := parsed.get("body"), str) and not parsed.get("isBase64Encoded"):
        try:
            parsed["body"] = json.loads(body)
        except ValueError:
            pass
    return json.dumps(parsed, indent=2, ensure_ascii=False)


def event_of(folder: pathlib.Path, name: str) -> pathlib.Path:
    """Returns the file of a function's event."""
    event = folder / f"{name}.json"
    if not event.exists():
        raise Failed(f"there is no event for {name}: {event} is missing")
    return event
