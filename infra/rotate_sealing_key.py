"""Gives a deployed Souk a new sealing key, without refusing anything that was sealed with the old one.

    rotate_sealing_key.py <stack>                for example souk-dev
    rotate_sealing_key.py <stack> --drop-old     forgets all old keys, if somebody else knows one

The functions have the key as the variable SEALING_KEY. They cannot all change at the same moment. So first all of them learn to
open what the new key seals, and then all of them seal with it. The old keys go on to open: secrets of second factors stay
sealed with them. The oldest key goes on to hash recovery codes and devices, because a hash cannot be made anew.

With --drop-old everybody signs in again, second factors and recovery codes must be set up again, lists start again from the
beginning, and people request new codes.

A run that was interrupted does no harm; run the command again. Do not deploy meanwhile. Region and credentials come from the
environment, as for all AWS tools.
"""

import argparse
import json

import boto3
from deployed_functions import readers

VARIABLE = "SEALING_KEY"
# Lambda gives a function 4 KB for all its variables.
MAX_OLD = 20


def parse(text: str) -> dict:
    """Returns the keys in a secret: the one that seals, the one that hashes, and those that open, too."""
    try:
        keys = json.loads(text)
    except ValueError:
        keys = None
    return keys if isinstance(keys, dict) else {"seal": text, "hash": text, "open": []}


def steps(before: dict, new: str) -> list[dict]:
    """Returns the two states of a rotation. What one seals, the other opens, and so does the state before."""
    opening = before["open"][-MAX_OLD:]
    return [
        {"seal": before["seal"], "hash": before["hash"], "open": [*opening, new]},
        {"seal": new, "hash": before["hash"], "open": [*opening, before["seal"]]},
    ]


def give(functions, secrets, secret: str, stack: str, value: str, what: str) -> None:
    """Writes the secret and gives it to all functions that have it."""
    secrets.put_secret_value(SecretId=secret, SecretString=value)
    found = sorted(readers(functions, stack, VARIABLE).items())
    for name, settings in found:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": settings | {VARIABLE: value}})
    for name, _ in found:
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    print(f"{len(found)} functions {what}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack")
    parser.add_argument("--drop-old", action="store_true")
    chosen = parser.parse_args()
    functions, secrets, stacks = (boto3.client(each) for each in ("lambda", "secretsmanager", "cloudformation"))
    described = stacks.describe_stack_resource(StackName=chosen.stack, LogicalResourceId="SealingKey")
    secret = described["StackResourceDetail"]["PhysicalResourceId"]
    if chosen.drop_old:
        new = random_key(secrets)
        give(functions, secrets, secret, chosen.stack, new, "have a new key and no old one")
        return
    before = parse(secrets.get_secret_value(SecretId=secret)["SecretString"])
    first, second = (json.dumps(each) for each in steps(before, random_key(secrets)))
    give(functions, secrets, secret, chosen.stack, first, "open what the new key seals")
    give(functions, secrets, secret, chosen.stack, second, "seal with the new key")


def random_key(secrets) -> str:
    return secrets.get_random_password(PasswordLength=64, ExcludePunctuation=True)["RandomPassword"]


if __name__ == "__main__":
    main()
