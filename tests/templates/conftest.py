"""The templates as CloudFormation reads them: with loops unrolled and SAM's resources expanded."""

import dataclasses
import functools
import os
import pathlib
import sys

import pytest
from samtranslator.translator.transform import transform

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra"))

from unroll import TEMPLATES, plain, unrolled  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Stack:
    """One template: once with its loops unrolled, and once after SAM's transform."""

    name: str
    written: dict
    resources: dict

    def of_type(self, kind: str) -> dict[str, dict]:
        """Returns the expanded resources of a type, by logical id."""
        return {name: each["Properties"] for name, each in self.resources.items() if each["Type"] == kind}

    @property
    def functions(self) -> dict[str, dict]:
        """Returns the functions as written, by logical id."""
        written = self.written["Resources"].items()
        return {name: each["Properties"] for name, each in written if each["Type"] == "AWS::Serverless::Function"}


class NoManagedPolicies:
    """Replaces SAM's loader of the policies that AWS manages, because these templates use none of them."""

    def load(self) -> dict:
        return {}


@functools.cache
def read(path: pathlib.Path) -> Stack:
    written = unrolled(path)
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    return Stack(path.stem, written, expanded(written, {}))


def expanded(written: dict, parameters: dict[str, str]) -> dict:
    """Returns the resources of a template as SAM expands them for a deployment with these parameters."""
    return transform(with_code_in_a_bucket(written), parameters, NoManagedPolicies())["Resources"]


def with_code_in_a_bucket(template: dict) -> dict:
    """Replaces local code by code in a bucket, where `sam deploy` puts it. SAM's transform accepts no other."""
    copy = plain(template)
    for resource in copy["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": "code", "Key": resource["Properties"]["CodeUri"]}
    return copy


def all_stacks() -> list[Stack]:
    return [read(path) for path in TEMPLATES]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test that takes `stack` once for every template."""
    if "stack" in metafunc.fixturenames:
        metafunc.parametrize("stack", all_stacks(), ids=lambda stack: stack.name)


@pytest.fixture
def stacks() -> list[Stack]:
    return all_stacks()


@pytest.fixture
def root() -> Stack:
    return read(ROOT / "template.yaml")
