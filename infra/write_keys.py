"""Gives a deployed Souk the keys of its accounts at Stripe and Google.

    write_keys.py <prefix>      for example souk-dev

Reads each key from its environment variable. In a terminal it asks for the others and does not show what is typed. A key
that is neither set nor typed stays as it is. Then restarts the functions that read the keys when they start.

    STRIPE_SECRET_KEY        Stripe's secret key (sk_... or rk_...)
    STRIPE_WEBHOOK_SECRET    signing secret (whsec_...) of the webhook endpoint at Stripe
    GOOGLE_CLIENT_SECRET     client secret of the deployment at Google, if it has a GoogleClientId

Region and credentials come from the environment, as for all AWS tools.
"""

import dataclasses
import getpass
import json
import os
import sys

import boto3
from deployed_functions import readers, restart


@dataclasses.dataclass(frozen=True)
class Key:
    """`field` of the secret that `variable` of the functions names. `begins` are the beginnings that it may have."""

    variable: str
    field: str
    setting: str
    question: str
    begins: tuple[str, ...] = ("",)


KEYS = (
    Key("STRIPE_SECRET", "secret_key", "STRIPE_SECRET_KEY", "Stripe's secret key", ("sk_", "rk_")),
    Key("STRIPE_SECRET", "webhook_secret", "STRIPE_WEBHOOK_SECRET", "signing secret of the webhook at Stripe", ("whsec_",)),
    Key("GOOGLE_SECRET", "client_secret", "GOOGLE_CLIENT_SECRET", "client secret at Google"),
)


def value_of(key: Key, terminal: bool) -> str:
    """Returns a key from the environment or the terminal. Empty if it shall stay as it is."""
    value = os.environ.get(key.setting, "")
    if not value and terminal:
        value = getpass.getpass(f"{key.question} (Enter keeps what is there): ")
    value = value.strip()
    if value and not value.startswith(key.begins):
        sys.exit(f"{key.question}: it must begin with {' or '.join(key.begins)}. Nothing was written")
    return value


def values(found: dict[str, dict], terminal: bool) -> dict[str, dict[str, str]]:
    """Returns the new fields of each secret, by the variable that names the secret."""
    fields: dict[str, dict[str, str]] = {}
    for key in KEYS:
        if found[key.variable] and (value := value_of(key, terminal)):
            fields.setdefault(key.variable, {})[key.field] = value
    return fields


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    functions, secrets = boto3.client("lambda"), boto3.client("secretsmanager")
    found = {key.variable: readers(functions, sys.argv[1], key.variable) for key in KEYS}
    if not any(found.values()):
        sys.exit(f"{sys.argv[1]} has no function that reads a key. Check the prefix and the region")
    written = values(found, sys.stdin.isatty())
    if not written:
        sys.exit("No key was given, so nothing was written")
    for variable, fields in written.items():
        for secret in {settings[variable] for settings in found[variable].values()}:
            before = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
            secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(before | fields))
        for name, settings in sorted(found[variable].items()):
            restart(functions, name, settings)
            print(f"{name} has the new keys")


if __name__ == "__main__":
    main()
