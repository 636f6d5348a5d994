"""Deploys Souk to AWS. `make deploy` builds the functions first.

    deploy_to_aws.py [--guided] [options of `sam deploy`]

Writes the templates without loops into target/deploy and gives them to `sam deploy`. The first time SAM asks for the
parameters and offers to remember the answers in samconfig.toml. Later it takes them from there; `--guided` asks again.
"""

import argparse
import os
import pathlib
import subprocess
import sys

import tomlkit
import unroll

CONFIG = unroll.ROOT / "samconfig.toml"


def knows_parameters(config: pathlib.Path, environment: str) -> bool:
    """Tells whether an earlier deployment has left its answers for an environment of the file."""
    settings = tomlkit.parse(config.read_text()) if config.exists() else {}
    return "parameter_overrides" in settings.get(environment, {}).get("deploy", {}).get("parameters", {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config-file", type=pathlib.Path, default=CONFIG)
    parser.add_argument("--config-env", default="default")
    parser.add_argument("--guided", action="store_true")
    chosen, others = parser.parse_known_args()
    template = unroll.write(unroll.ROOT / "target" / "deploy")
    command = ["sam", "deploy", "--template-file", str(template)]
    command += ["--config-file", str(chosen.config_file.resolve()), "--config-env", chosen.config_env]
    if chosen.guided or not knows_parameters(chosen.config_file, chosen.config_env):
        command.append("--guided")
    code = subprocess.run([*command, *others], cwd=unroll.ROOT, env=os.environ | {"SAM_CLI_TELEMETRY": "0"}).returncode
    if code == 0:
        print("If the deployment has no keys for Stripe and Google yet, `make keys PREFIX=souk-<stage>` gives it some.")
    return code


if __name__ == "__main__":
    sys.exit(main())
