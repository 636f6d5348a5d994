"""What the compared search engines share: reading a catalogue and answering queries.

A peer is a program that takes a catalogue and a file for its index. It prints a line of JSON about building the
index, and then a line for each query from its standard input. It indexes the texts in the same three fields as the
engine."""

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
    """Answers the queries from the standard input, each `rounds` times."""
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
