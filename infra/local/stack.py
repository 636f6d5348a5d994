"""One local stack: its name, its ports, its folder and the addresses that follow from these.

`make local` and `make test` each run a stack of their own, so that tests never touch what somebody is trying out.
"""

import dataclasses
import os
import pathlib
import platform

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
REGION = "eu-central-1"


@dataclasses.dataclass(frozen=True)
class Stack:
    """`stage` names the stack; everything it writes goes to `target/<stage>/`."""

    stage: str
    cloud_port: int
    stripe_port: int
    oidc_port: int
    dns_port: int
    # The language of the search, by its English name.
    search_language: str = "english"

    @property
    def folder(self) -> pathlib.Path:
        return ROOT / "target" / self.stage

    @property
    def outputs(self) -> pathlib.Path:
        """The file with the addresses, names and accounts of the stack."""
        return self.folder / "outputs.json"

    @property
    def prefix(self) -> str:
        return f"souk-{self.stage}"

    @property
    def cloud(self) -> str:
        return f"http://localhost:{self.cloud_port}"

    @property
    def stripe(self) -> str:
        return f"http://localhost:{self.stripe_port}"

    @property
    def oidc(self) -> str:
        """The address of the local OpenID provider, which is also its issuer."""
        return f"http://localhost:{self.oidc_port}"

    @property
    def dns(self) -> str:
        """The address at which the local DNS server takes its records. It answers DNS queries on the same port."""
        return f"http://127.0.0.1:{self.dns_port}"

    @property
    def api(self) -> str:
        """The address of the API. It is known before the deployment, because the template's tag `ms-custom-id` makes the
        stack's name the API's id."""
        return f"{self.cloud}/_aws/execute-api/{self.prefix}/$default"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of programs that call this stack. It contains none of the caller's AWS settings: a command for
        the local cloud must not reach a real account."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
        return own | {
            "PATH": f"{TOOLS / 'aws' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.cloud,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
        }

    @property
    def cloud_environment(self) -> dict[str, str]:
        """The environment of the local cloud. The functions inherit it, so it is as small as Lambda's own."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.folder / "tmp"),  # unpacked functions, in a folder for each stack, so that two stacks can run
            "GATEWAY_PORT": str(self.cloud_port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "AWS_ENDPOINT_URL": self.cloud,
            "AWS_DEFAULT_REGION": REGION,
            "LOG_LEVEL": "INFO",
            # An idle process has five open files and three threads, so processes of one test are not kept for the next.
            "LAMBDA_WARM_TTL_SECONDS": "30",
            # Every call of a function is checked against the function's own policy.
            "AUTH": "true",
            # Services that nothing here uses, whose ports would collide between two stacks.
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            # A file that `bench/read_costs.py` reads.
            "SOUK_READS": os.environ.get("SOUK_READS", ""),
        }


def architecture() -> str:
    """Returns the instruction set of this machine by Lambda's name."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


LOCAL = Stack(
    "local",
    cloud_port=int(os.environ.get("SOUK_CLOUD_PORT", "4566")),
    stripe_port=int(os.environ.get("SOUK_STRIPE_PORT", "4500")),
    oidc_port=int(os.environ.get("SOUK_OIDC_PORT", "4510")),
    dns_port=int(os.environ.get("SOUK_DNS_PORT", "4520")),
)
TEST = Stack(
    "test",
    cloud_port=int(os.environ.get("SOUK_TEST_CLOUD_PORT", "4666")),
    stripe_port=int(os.environ.get("SOUK_TEST_STRIPE_PORT", "4600")),
    oidc_port=int(os.environ.get("SOUK_TEST_OIDC_PORT", "4610")),
    dns_port=int(os.environ.get("SOUK_TEST_DNS_PORT", "4620")),
    search_language="german",  # the journeys search for compounds
)
