"""The cost of reads of the table, from the recorded reads of a stack's functions.

    SOUK_READS=/tmp/reads.jsonl make test          records the reads
    bench/read_costs.py /tmp/reads.jsonl                prints a line per access pattern with its average cost

Units are read request units as AWS charges them. `infra/local/reads.py` measures the sizes of the items."""

import collections
import json
import math
import pathlib
import re
import sys


def pattern(read: dict) -> tuple[str, str, str, str]:
    parts = read["partition"].split("#")
    named = "#".join(part if re.fullmatch(r"[A-Z_]+", part) else "*" for part in parts)
    return read["index"] or "table", named, read["call"], "strong" if read["strong"] else "eventual"


def main() -> None:
    reads = collections.defaultdict(list)
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        read = json.loads(line)
        reads[pattern(read)].append(read)
    print(f"{'index':<7}{'partition':<34}{'call':<14}{'':<10}{'calls':>8}{'items':>8}{'bytes':>8}{'units':>8}{'of 20':>8}")
    for key, of_pattern in sorted(reads.items()):
        items = sum(read["items"] for read in of_pattern)
        of_item = sum(read["bytes"] for read in of_pattern) / items if items else 0
        units = sum(read["units"] for read in of_pattern) / len(of_pattern)
        page = math.ceil(of_item * 20 / 4096) * (1.0 if key[3] == "strong" else 0.5) if key[2] == "Query" else ""
        index, partition, call, consistency = key
        print(
            f"{index:<7}{partition:<34}{call:<14}{consistency:<10}{len(of_pattern):>8}"
            f"{items / len(of_pattern):>8.1f}{of_item:>8.0f}{units:>8.2f}{page:>8}"
        )
    print("\nitems, units: average per call; bytes: average per item; of 20: units of a page of 20 such items")


if __name__ == "__main__":
    main()
