"""Calls every operation of a running stack with requests that Schemathesis generates from openapi.json. The callers are
nobody, a shopper, a seller with a shop and an admin. Each answer must be one that the document declares, and no server error.

    .tools/schemathesis/bin/python tests/schemathesis/run.py --outputs target/test/outputs.json --seconds 60
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "openapi.json"

# The caller must stay signed in, with the same rights, until the end.
EXCLUDED = {
    "ban": "could ban the caller",
    "change_password": "ends the caller's sessions",
    "delete_me": "deletes the caller",
    "demote_admin": "could take the caller's rights",
    "end_session": "could end the caller's session",
    "logout": "ends the caller's session",
    "logout_everywhere": "ends the caller's sessions",
    "start_google_login": "redirects to another host",
    "google_callback": "redirects to another host",
}


def client_address() -> str:
    """Returns an unused address, so that the limits per address do not count the calls of others. The local cloud trusts the
    header `x-forwarded-for`."""
    return f"198.19.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def call(url: str, body: dict | None = None, token: str | None = None) -> dict:
    """Sends a request and returns the JSON of its answer."""
    headers = {"content-type": "application/json", "x-forwarded-for": client_address()}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        sys.exit(f"{url} answered {refused.code}: {refused.read().decode(errors='replace')}")


def verification_code(outputs: dict, email: str) -> str:
    """Waits for a mail to `email` that contains a code. Returns the code of the newest one."""
    for _ in range(120):
        mails = [mail for box in call(outputs["mail"])["messages"].values() for mail in box if email in mail["To"]]
        codes = [code for mail in mails for code in re.findall(r"^\s*(\d{6})\s*$", mail["BodyText"], re.MULTILINE)]
        if codes:
            return codes[-1]
        time.sleep(0.5)
    sys.exit(f"no code was sent to {email} within a minute")


def register(outputs: dict, role: str, email: str) -> tuple[str, str]:
    """Registers and verifies an account. Returns its mail address and password."""
    password = f"correct horse {secrets.token_hex(6)}"
    account = {"name": "Sam Scheme", "email": email, "password": password}
    if role == "seller":
        account |= {"phone": "+4930901820", "country": "DE"}
    accounts = f"{outputs['api']}/v1/{'sellers' if role == 'seller' else 'users'}"
    call(accounts, account)
    call(f"{accounts}/verify", {"email": email, "code": verification_code(outputs, email), "password": password})
    return email, password


def access_token(outputs: dict, role: str) -> str:
    """Signs an account of `role` in and returns its access token."""
    demo = {account["role"]: (account["email"], account["password"]) for account in outputs.get("accounts", [])}
    if role == "admin":
        email, password = demo.get("admin") or register(outputs, role, outputs["first_admin"])
    else:
        email, password = register(outputs, role, f"{role}.{secrets.token_hex(6)}@souk.example")
    token = call(f"{outputs['api']}/v1/{role}s/login", {"email": email, "password": password})["access_token"]
    if role == "seller":  # most operations of a seller are about the shop
        call(f"{outputs['api']}/v1/shops", {"name": "Scheme Shop", "slug": f"scheme-{secrets.token_hex(6)}"}, token)
    return token


def check(outputs: dict, role: str, options: list[str], reports: pathlib.Path) -> subprocess.CompletedProcess:
    """Calls the API as `role`. The exit code of the result is 0 if every answer was as declared."""
    # More workers than one meet a defect of `ast.parse` in Python 3.11, which is not safe for threads.
    command = [pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml"]
    command += ["run", DOCUMENT, "--url", outputs["api"], "--workers", "1", "--no-color", "--warnings", "off"]
    command += ["--report", "ndjson", "--report-ndjson-path", reports / f"{role}.ndjson", *options]
    command += ["--header", f"X-Forwarded-For: {client_address()}"]
    if role != "nobody":
        command += ["--header", f"Authorization: Bearer {access_token(outputs, role)}"]
    for operation in EXCLUDED:
        command += ["--exclude-operation-id", operation]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    # The hooks are found in the working directory.
    return subprocess.run(command, cwd=HERE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outputs", type=pathlib.Path, required=True, help="what the running stack wrote of itself")
    parser.add_argument("--seconds", type=int, default=60, help="the callers call at the same time")
    parser.add_argument("--seed", help="random unless given")
    parser.add_argument("--as", dest="roles", action="append", choices=["nobody", "user", "seller", "admin"])
    chosen = parser.parse_args()
    outputs = json.loads(chosen.outputs.read_text())
    reports = chosen.outputs.resolve().parent / "schemathesis"
    reports.mkdir(exist_ok=True)
    options = ["--max-time", str(chosen.seconds), *(["--seed", chosen.seed] if chosen.seed else [])]
    roles = chosen.roles or ["nobody", "user", "seller", "admin"]
    with concurrent.futures.ThreadPoolExecutor(len(roles)) as callers:
        results = dict(zip(roles, callers.map(lambda role: check(outputs, role, options, reports), roles)))
    for role, result in results.items():
        print(f"\nas {role}\n{result.stdout}", flush=True)
    wrong = [role for role, result in results.items() if result.returncode]
    if wrong:
        print(f"answers to {' and '.join(wrong)} differ from openapi.json", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
