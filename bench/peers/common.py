"""What the peers of the search share: how they read a catalogue, and how they are asked.

A peer is a program that takes a catalogue and a file for its index. It prints a line of JSON about making the index,
then a line for each question of its standard input. It has the texts in the same three fields as the engine."""

import json
import resource
import sys
import time


def fields(product: dict) -> tuple[str, str, str]:
    names = [product.get("brand") or "", *product["tags"], *product["keywords"], *product["category_names"]]
    text = [product.get("summary") or "", product["description"], *product["attributes"]]
    return product["title"], " ".join(names), " ".join(text)


def products(path: str):
    with open(path) as lines:
        yield from map(json.loads, lines)


def answer(ask, rounds: int) -> None:
    """Answers the questions of the standard input, each so many times."""
    for line in sys.stdin:
        question = json.loads(line)
        taken = []
        for _ in range(rounds):
            begun = time.perf_counter()
            ids = ask(question)
            taken.append(round((time.perf_counter() - begun) * 1e6))
        say(us=taken, answer={"ids": ids}, resident_kib=resident_kib())


def resident_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def say(**values) -> None:
    print(json.dumps(values), flush=True)
