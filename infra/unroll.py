"""Writes the templates as they are deployed: with their loops unrolled and their routes in a row.

    unroll.py <folder>      writes template.yaml and infra/*.yaml into the folder

AWS unrolls `Fn::ForEach` itself, but how it treats an `Fn::Sub` within a loop that also names a parameter of the stack is
not documented and was reported to fail (https://github.com/aws-cloudformation/cloudformation-language-discussion/issues/151).
So CloudFormation never sees a loop of ours.

API Gateway takes ten calls a second of an account that change something, and no account gets more
(https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html). CloudFormation creates everything at once that
does not depend on each other. So the integrations and routes of a stack depend on each other here, one after the other.
"""

import functools
import json
import os
import pathlib
import sys

from cfnlint.decode import cfn_yaml
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

ROOT = pathlib.Path(__file__).resolve().parents[1]
TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
IN_A_ROW = ("AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route")


@functools.cache
def unrolled(path: pathlib.Path) -> dict:
    """Returns a template as it is deployed."""
    problems, template = language_extension(Template(str(path), cfn_yaml.load(str(path)), ["eu-central-1"]))
    if problems:
        raise ValueError(f"{path} cannot be unrolled: {problems}")
    template = plain(template)
    template["Transform"] = "AWS::Serverless-2016-10-31"
    chain_routes(template["Resources"])
    return template


def plain(node):
    """Converts the linter's dicts, lists and strings, which carry line numbers, to plain ones."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return str(node) if isinstance(node, str) else node


def chain_routes(resources: dict) -> None:
    """Makes each integration and then each route depend on the one before."""
    names = [name for kind in IN_A_ROW for name, each in resources.items() if each["Type"] == kind]
    for before, name in zip(names, names[1:]):
        resources[name]["DependsOn"] = before


def write(folder: pathlib.Path) -> pathlib.Path:
    """Writes all templates below `folder` and returns the path of the first."""
    for path in TEMPLATES:
        template = plain(unrolled(path))
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                code = (path.parent / resource["Properties"]["CodeUri"]).resolve()
                resource["Properties"]["CodeUri"] = os.path.relpath(code, target.parent)
        # JSON is YAML, too. It is not indented, because CloudFormation takes at most 1 MB.
        target.write_text(json.dumps(template) + "\n")
    return folder / "template.yaml"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(write(pathlib.Path(sys.argv[1])))
