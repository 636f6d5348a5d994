"""Drives a program through a pseudo-terminal, as a person does."""

import os
import pathlib
import pty
import select
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def answer_prompts(command: list, environment: dict[str, str], answers: dict[str, str], seconds: float = 120) -> tuple[int, str]:
    """Runs a program and answers each prompt: by the value for the text that the prompt contains, or else by Enter alone.
    Returns the exit code and what the terminal showed. Raises `TimeoutError` if the program does not end in time, for
    instance because it asks the same for ever."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT)
    os.close(theirs)
    shown, answered, end = b"", 0, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([ours], [], [], 0.2)
            if ready:
                try:
                    read = os.read(ours, 65536)
                except OSError:  # the program has closed the terminal
                    read = b""
                if not read:
                    return program.wait(10), shown.decode()
                shown += read
            elif shown[answered:].rstrip(b" ").endswith(b":"):
                prompt = shown[answered:].decode()
                answer = next((answer for text, answer in answers.items() if text in prompt.splitlines()[-1]), "")
                answered = len(shown)
                os.write(ours, answer.encode() + b"\n")
    finally:
        program.kill()
        program.wait()
        os.close(ours)
    raise TimeoutError(f"{command} has not ended after {seconds} s. It showed:\n{shown.decode()}")
