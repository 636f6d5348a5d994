"""`make keys` writes the keys that somebody gave it, and nothing else."""

import json
import os
import sys

import pytest
import write_keys
from terminal import ROOT, answer_prompts

STRIPE, GOOGLE = "arn:aws:secretsmanager:stripe", "arn:aws:secretsmanager:google"


class Account:
    """A deployment with three functions, as the clients of Lambda and Secrets Manager show it."""

    def __init__(self):
        self.secrets = {STRIPE: "{}", GOOGLE: "{}"}
        self.restarted = []
        self.variables = {
            "souk-dev-release-holds": {"TABLE": "t", "STRIPE_SECRET": STRIPE},
            "souk-dev-google-callback": {"GOOGLE_SECRET": GOOGLE},
            "souk-dev-get-product": {"TABLE": "t"},
            "souk-live-release-holds": {"STRIPE_SECRET": "another deployment's"},
        }

    def client(self, _service):
        return self

    def get_paginator(self, _name):
        return self

    def paginate(self):
        yield {"Functions": [{"FunctionName": name, "Environment": {"Variables": each}} for name, each in self.variables.items()]}

    def get_secret_value(self, SecretId):
        return {"SecretString": self.secrets[SecretId]}

    def put_secret_value(self, SecretId, SecretString):
        self.secrets[SecretId] = SecretString

    def update_function_configuration(self, FunctionName, Environment):
        kept = {name: value for name, value in Environment["Variables"].items() if name != "SECRETS_SINCE"}
        assert kept == self.variables[FunctionName]
        self.restarted.append(FunctionName)

    def get_waiter(self, _name):
        return self

    def wait(self, FunctionName):
        pass


@pytest.fixture
def account(monkeypatch):
    made = Account()
    monkeypatch.setattr(write_keys.boto3, "client", made.client)
    monkeypatch.setattr(sys, "argv", ["write_keys.py", "souk-dev"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    for key in write_keys.KEYS:
        monkeypatch.delenv(key.setting, raising=False)
    return made


def test_keys_of_the_environment_are_written_and_their_readers_restarted(account, monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_1")
    monkeypatch.setenv("GOOGLE_CLIENT_SECRET", "secret")
    write_keys.main()
    assert json.loads(account.secrets[STRIPE]) == {"secret_key": "sk_test_1"}
    assert json.loads(account.secrets[GOOGLE]) == {"client_secret": "secret"}
    assert account.restarted == ["souk-dev-release-holds", "souk-dev-google-callback"]


def test_a_key_that_is_not_given_stays(account, monkeypatch):
    account.secrets[STRIPE] = json.dumps({"secret_key": "sk_test_1"})
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_1")
    write_keys.main()
    assert json.loads(account.secrets[STRIPE]) == {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"}
    assert account.secrets[GOOGLE] == "{}"
    assert account.restarted == ["souk-dev-release-holds"]


def test_a_deployment_without_google_is_not_asked_for_its_secret(account, monkeypatch):
    account.variables["souk-dev-google-callback"]["GOOGLE_SECRET"] = ""
    monkeypatch.setenv("GOOGLE_CLIENT_SECRET", "secret")
    with pytest.raises(SystemExit, match="No key was given"):
        write_keys.main()


@pytest.mark.parametrize(("setting", "value"), [("STRIPE_SECRET_KEY", "pk_test_1"), ("STRIPE_WEBHOOK_SECRET", "sk_test_1")])
def test_a_key_in_the_wrong_place_is_refused_before_anything_is_written(account, monkeypatch, setting, value):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_1")
    monkeypatch.setenv(setting, value)
    with pytest.raises(SystemExit, match="it must begin with") as refused:
        write_keys.main()
    assert value not in str(refused.value)
    assert account.secrets == {STRIPE: "{}", GOOGLE: "{}"} and not account.restarted


def test_a_wrong_prefix_is_told(account, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["write_keys.py", "souk-prod"])
    with pytest.raises(SystemExit, match="Check the prefix and the region"):
        write_keys.main()


def test_a_typed_key_is_not_shown():
    asking = (
        "import write_keys\n"
        "print(write_keys.values({'STRIPE_SECRET': {'f': {}}, 'GOOGLE_SECRET': {}}, True)['STRIPE_SECRET'].keys())"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "infra")}
    answers = {"Stripe's secret key": "sk_test_hidden"}
    code, shown = answer_prompts([sys.executable, "-c", asking], environment, answers, seconds=30)
    assert code == 0 and "dict_keys(['secret_key'])" in shown
    assert "sk_test_hidden" not in shown and "client secret" not in shown
