"""Measures the search engine and others: speed and size with made-up catalogues, relevance with judged products.
Each engine runs in a process of its own, with the same data, in the same run."""

import dataclasses
import hashlib
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

import catalogue
import relevance
from goals import Goal
from processes import Failed
from stack import ROOT
from steps import step

PEERS = ROOT / "bench" / "peers"
# Outside the folder of the benchmark, which is emptied.
MINISEARCH = ROOT / "target" / "bench-minisearch"
KINDS = ("fuzzy + filters", "fuzzy + facets", "landing page")
SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 400
# Engines that take seconds for an answer get fewer queries.
PEERS_QUESTIONS = 50
# How often each query runs. Its median counts, which leaves out other load on the machine.
ROUNDS = 3
COMMITS = 300


def run(program: pathlib.Path, data: pathlib.Path | None, folder: pathlib.Path) -> dict:
    """Measures everything. `program` is the engine's executable, and `folder` is for temporary files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    peers = {
        "FTS5 porter": [sys.executable, PEERS / "fts5.py"],
        "MiniSearch": minisearch(),
        "Xapian": xapian(),
    }
    missing = [name for name, command in peers.items() if not command]
    if missing:
        print(f"   NOT MEASURED, not installed: {', '.join(missing)}")
    peers = {name: command for name, command in peers.items() if command}
    sizes = {}
    for size in SIZES:
        with step(f"measuring the search on {size:,} products"):
            sizes[size] = measured(program, peers, size, folder)
        print_sizes(size, sizes[size])
    judged = judge(program, peers, data, folder)
    wanted = goals(sizes, judged)
    for goal in wanted:
        print(f"   {goal.line()}")
    return {
        "sizes": sizes,
        "judged": judged,
        "goals": [dataclasses.asdict(goal) | {"met": goal.met} for goal in wanted],
    }


def measured(program: pathlib.Path, peers: dict, size: int, folder: pathlib.Path) -> dict:
    """Measures all engines with a catalogue of `size` products."""
    products = folder / "catalogue.jsonl"
    with products.open("w") as file:
        for product in catalogue.products(size):
            file.write(json.dumps(product) + "\n")
    now = 1_700_000_000_000 + size * 60_000
    questions = catalogue.questions(QUESTIONS, now)
    rows = {"souk": ours(program, products, size, questions, folder)}
    few = {kind: questions[kind][:PEERS_QUESTIONS] for kind in KINDS}
    for name in ("FTS5 porter", "MiniSearch"):
        if name in peers:
            rows[name] = peer(peers[name], products, few, folder)
    return rows


def ours(program: pathlib.Path, products: pathlib.Path, size: int, questions: dict, folder: pathlib.Path) -> dict:
    index, one, thousand = folder / "index", folder / "after-one", folder / "after-thousand"
    for made in (index, one, thousand):
        shutil.rmtree(made, ignore_errors=True)
    [made] = lines([program, "index", products, index])
    [single] = lines([program, "change", products, index, "1", str(COMMITS), one])
    [many] = lines([program, "change", products, index, "1000", str(min(5, size // 1000)), thousand])
    first = [lines([program, "first", index])[0] for _ in range(11)]
    row = {
        "index_s": made["us"] / 1e6,
        "mb": made["bytes"] / 1e6,
        "first_ms": statistics.median(each["us"] for each in first) / 1e3,
        "one change": commits(single),
        "thousand changes": commits(many),
        "cards_mb": sum(file.stat().st_size for file in index.glob("*.store")) / 1e6,
        "writer_mb": many["resident_kib"] / 1e3,
    }
    for kind, asked in questions.items():
        row[kind] = times(lines([program, "ask", index, str(ROUNDS)], asked))
        row[f"{kind}, after {COMMITS} commits"] = times(lines([program, "ask", one, str(ROUNDS)], asked))
    row["reader_mb"] = row["fuzzy + facets"]["resident_mb"]
    return row


def commits(taken: dict) -> dict:
    us, sent = ([each[what] for each in taken["rounds"]] for what in ("us", "bytes"))
    return {
        "p50_ms": percentile(us, 50) / 1e3,
        "p90_ms": percentile(us, 90) / 1e3,
        "p50_kb": percentile(sent, 50) / 1e3,
        "mean_kb": statistics.mean(sent) / 1e3,
        "p90_kb": percentile(sent, 90) / 1e3,
    }


def peer(command: list, products: pathlib.Path, questions: dict, folder: pathlib.Path) -> dict:
    asked = [question for some in questions.values() for question in some]
    made, first, *answers = lines([*command, products, folder / "peer", "AND", str(ROUNDS)], asked)
    row = {"index_s": made["us"] / 1e6, "mb": made["bytes"] / 1e6, "first_ms": first["first_us"] / 1e3}
    for kind, some in questions.items():
        row[kind], answers = times(answers[: len(some)]), answers[len(some) :]
        row["reader_mb"] = row[kind]["resident_mb"]
    return row


def times(answers: list[dict]) -> dict:
    us = [statistics.median(answer["us"]) for answer in answers]
    resident = max(answer["resident_kib"] for answer in answers) / 1e3
    return {"p50_ms": percentile(us, 50) / 1e3, "p99_ms": percentile(us, 99) / 1e3, "resident_mb": resident}


def percentile(values: list, percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def judge(program: pathlib.Path, peers: dict, data: pathlib.Path, folder: pathlib.Path) -> dict | None:
    """Returns the relevance of all engines, or `None` without the judged products."""
    if not data or not (data / "products.json.gz").exists():
        print("   NOT MEASURED, relevance: --judged does not name a folder of judged products")
        return None
    judged = relevance.Judged(data)
    products = folder / "judged.jsonl"
    judged.write(products)
    texts = [judged.queries, *(judged.mistyped(seed) for seed in range(relevance.SEEDS))]
    questions = [{"text": text} for texts in texts for text in texts]
    index = folder / "judged"
    lines([program, "index", products, index])
    engines = {"souk": lambda: lines([program, "ask", index, "1"], questions)}
    for name, command in peers.items():
        for operator in ("AND", "OR"):
            asked = [*command, products, folder / "peer", operator, "1"]
            engines[f"{name}, {operator}"] = lambda asked=asked: lines(asked, questions)[2:]
    rows = {}
    with step(f"measuring relevance: {len(judged.queries)} judged queries, each mistyped {relevance.SEEDS} times"):
        for name, answers in engines.items():
            ids = [answer["answer"]["ids"] for answer in answers()]
            count = len(judged.queries)
            clean, *mistyped = [judged.score(ids[start : start + count]) for start in range(0, len(ids), count)]
            kept = statistics.mean(each["ndcg"] for each in mistyped)
            nothing = max(each["nothing_found"] for each in mistyped)
            rows[name] = clean | {
                "mistyped_ndcg": kept,
                "kept": kept / clean["ndcg"],
                "mistyped_nothing_found": nothing,
            }
    print(f"\n   {'':<20}{'NDCG@10':>10}{'nothing':>10}{'mistyped':>10}{'kept':>10}{'nothing, worst':>16}")
    for name, row in rows.items():
        values = (row["ndcg"], row["nothing_found"], row["mistyped_ndcg"], row["kept"], row["mistyped_nothing_found"])
        print(f"   {name:<20}{values[0]:>10.3f}{values[1]:>10}{values[2]:>10.3f}{values[3]:>10.1%}{values[4]:>16}")
    print()
    return rows


def print_sizes(size: int, rows: dict) -> None:
    title = f"{size:,} products"
    print(f"\n   {title:<17}{'index s':>9}{'MB':>9}{'first ms':>10}{'memory MB':>11}", end="")
    print("".join(f"{kind + ' p50/p99 ms':>32}" for kind in KINDS))
    for name, row in rows.items():
        numbers = f"{row['index_s']:>9.2f}{row['mb']:>9.1f}{row['first_ms']:>10.1f}{row['reader_mb']:>11.0f}"
        taken = "".join(f"{row[kind]['p50_ms']:>21.2f} /{row[kind]['p99_ms']:>9.2f}" for kind in KINDS)
        print(f"   {name:<17}{numbers}{taken}")
    souk = rows["souk"]
    print(f"\n   souk: {souk['mb'] - souk['cards_mb']:.1f} MB without cards; indexes in {souk['writer_mb']:.0f} MB")
    for what in ("one change", "thousand changes"):
        row = souk[what]
        print(
            f"   souk, {what}: {row['p50_ms']:.1f} ms, p90 {row['p90_ms']:.1f} ms; to upload {row['p50_kb']:.0f} KB,"
            f" on average {row['mean_kb']:.0f} KB, p90 {row['p90_kb']:.0f} KB"
        )
    for kind in (*KINDS, "suggestions"):
        later = souk[f"{kind}, after {COMMITS} commits"]
        print(f"   souk, {kind}, after {COMMITS} commits: {later['p50_ms']:.2f} ms, p99 {later['p99_ms']:.2f} ms")
    print()


def goals(sizes: dict, judged: dict | None) -> list[Goal]:
    largest = sizes[max(sizes)]["souk"]
    one = largest["one change"]
    wanted = [
        Goal("words + filters, p99 ms", largest["fuzzy + filters"]["p99_ms"], 2, at_least=False),
        Goal("words + facets, p99 ms", largest["fuzzy + facets"]["p99_ms"], 2, at_least=False),
        Goal("landing page, p99 ms", largest["landing page"]["p99_ms"], 8, at_least=False),
        Goal("first answer of a process, ms", largest["first_ms"], 15, at_least=False),
        Goal("index without cards, MB", largest["mb"] - largest["cards_mb"], 20, at_least=False),
        Goal("one change, p90 ms", one["p90_ms"], 20, at_least=False),
        Goal("one change, mean KB to upload", one["mean_kb"], 32, at_least=False),
    ]
    if judged:
        ours = judged["souk"]
        others = max((row["ndcg"] for name, row in judged.items() if name != "souk"), default=0)
        wanted += [
            Goal("NDCG@10 x 100", 100 * ours["ndcg"], max(76, 100 * others), at_least=True),
            Goal("queries that find nothing", ours["nothing_found"], 0, at_least=False),
            Goal("NDCG@10 x 100, mistyped", 100 * ours["mistyped_ndcg"], 74, at_least=True),
            Goal("kept when mistyped, %", 100 * ours["kept"], 95, at_least=True),
            Goal("mistyped queries that find nothing", ours["mistyped_nothing_found"], 1, at_least=False),
        ]
    return wanted


def xapian() -> list | None:
    """Returns the command that starts Xapian, or `None` if Debian's Python does not have it (python3-xapian)."""
    python = "/usr/bin/python3"
    there = shutil.which(python) and not subprocess.run([python, "-c", "import xapian"], capture_output=True).returncode
    return [python, PEERS / "xapian_peer.py"] if there else None


def minisearch() -> list | None:
    """Returns the command that starts MiniSearch, and installs it first if needed. Returns `None` without Node.js."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    source = PEERS / "minisearch"
    inputs = b"".join((source / name).read_bytes() for name in ("package.json", "package-lock.json", "index.js"))
    complete = MINISEARCH / f"complete-{hashlib.sha256(inputs).hexdigest()[:12]}"
    if not complete.exists():
        shutil.rmtree(MINISEARCH, ignore_errors=True)
        shutil.copytree(source, MINISEARCH)
        lines(["npm", "ci", "--no-fund", "--no-audit", "--silent"], cwd=MINISEARCH, read=False)
        complete.touch()
    return [shutil.which("node"), "--max-old-space-size=8192", MINISEARCH / "index.js"]


def lines(command: list, questions: list[dict] | None = None, cwd: pathlib.Path = ROOT, read: bool = True) -> list:
    """Returns the lines that a program prints for the queries, parsed as JSON."""
    asked = "".join(json.dumps(question) + "\n" for question in questions or [])
    done = subprocess.run(list(map(str, command)), input=asked, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"`{' '.join(map(str, command))}` failed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()] if read else []
