"""`make deploy` asks for the parameters once, and every question can be answered by Enter."""

import os
import re
import sys

import deploy_to_aws
import pytest
from terminal import ROOT, answer_prompts

COMMAND = [sys.executable, str(ROOT / "infra" / "deploy_to_aws.py")]


@pytest.fixture
def config(tmp_path):
    """A copy of samconfig.toml, because the command may write into it."""
    copy = tmp_path / "samconfig.toml"
    copy.write_text((ROOT / "samconfig.toml").read_text())
    return copy


@pytest.fixture
def nobody(tmp_path):
    """The environment of somebody without an AWS account."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    path = f"{ROOT / '.tools' / 'aws' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return own | {"PATH": path, "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "TERM": "dumb"}


def test_a_first_deployment_asks_for_each_parameter_once_and_goes_on_to_the_account(config, nobody):
    code, shown = answer_prompts([*COMMAND, "--config-file", str(config)], nobody, {})
    asked = re.findall(r"Parameter (\w+)", shown)
    assert "Stage" in asked and "MailFrom" in asked
    assert len(asked) == len(set(asked))
    assert not [name for name in asked if "Secret" in name or "Key" in name]
    # Only the credentials are missing.
    assert "Unable to locate credentials" in shown
    assert code == 1


def test_a_later_deployment_takes_the_answers_of_the_first(config):
    assert not deploy_to_aws.knows_parameters(config, "default")
    config.write_text(config.read_text() + '\n[live.deploy.parameters]\nparameter_overrides = "Stage=\\"live\\""\n')
    assert deploy_to_aws.knows_parameters(config, "live")
    assert not deploy_to_aws.knows_parameters(config, "default")
