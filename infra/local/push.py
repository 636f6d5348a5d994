"""Gives the stack that `make local` runs the code of functions that changed.

    push.py [function ...]       builds these functions, or all, and sends those whose code differs from the stack's
"""

import sys
import threading
import time

import build
import stack
from botocore.exceptions import ClientError
from processes import Failed, exit_code
from running import Running, checksum


def push(wanted: list[str]) -> None:
    begun = time.monotonic()
    names = build.named(wanted, build.functions())
    running = Running(stack.LOCAL)
    deployed = running.code_of_all()
    lock, sent = threading.Lock(), []

    def send(name: str) -> None:
        packed = (build.LAMBDA / name / "bootstrap.zip").read_bytes()
        if name not in deployed or checksum(packed) == deployed[name]:
            return
        try:
            running.update(name, packed)
        except ClientError as refused:
            raise Failed(f"{name} could not be updated: {refused}") from None
        with lock:
            sent.append(name)

    build.build(names, tools=[], and_then=send)
    missing = [name for name in names or build.functions() if name not in deployed]
    if missing:
        print(f"The running stack has no function {', '.join(missing)}. Start it again with `make local`.")
    if templates_changed():
        print("A template changed since the stack started. Start the stack again to apply routes, permissions and variables.")
    if sent:
        what = ", ".join(sorted(sent)) if len(sent) <= 5 else f"{len(sent)} functions"
        print(f"The running stack answers with the new code of {what}, {time.monotonic() - begun:.1f} s after the command.")
    elif not missing:
        print("Nothing to send: the running stack has this code already.")


def templates_changed() -> bool:
    """Tells whether a template was changed after the stack was deployed."""
    templates = [stack.ROOT / "template.yaml", *(stack.ROOT / "infra").glob("*.yaml")]
    return max(each.stat().st_mtime for each in templates) > stack.LOCAL.outputs.stat().st_mtime


if __name__ == "__main__":
    sys.exit(exit_code(lambda: push(sys.argv[1:])))
