"""Gives the access tokens of a deployed Souk a new signing key.

    rotate_signing_key.py <prefix>      for example souk-dev

Puts a new random value into the secret `<prefix>-SigningKey`. Then restarts the functions that sign people in, so that they
read the value and publish its public key. Tokens signed with the old key stay valid for their 15 minutes, because its
public key stays published beside the new one. Running the command twice creates two keys, which does no harm.

Region and credentials come from the environment, as for all AWS tools.
"""

import sys

import boto3
from deployed_functions import readers, restart

# The variable with the name of the secret. Exactly the functions that sign have it.
VARIABLE = "SIGNING_SECRET"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    functions, secrets = boto3.client("lambda"), boto3.client("secretsmanager")
    found = readers(functions, sys.argv[1], VARIABLE)
    if not found:
        sys.exit(f"{sys.argv[1]} has no function that signs tokens. Check the prefix and the region")
    for secret in {settings[VARIABLE] for settings in found.values()}:
        value = secrets.get_random_password(PasswordLength=64, ExcludePunctuation=True)["RandomPassword"]
        secrets.put_secret_value(SecretId=secret, SecretString=value)
    for name, settings in sorted(found.items()):
        restart(functions, name, settings)
        print(f"{name} signs with the new key")


if __name__ == "__main__":
    main()
