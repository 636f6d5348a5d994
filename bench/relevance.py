"""How well what is found fits: real products and queries that people have judged, and the same queries mistyped.

The data is not part of the project: 19,406 products and their judgments from o19s/chorus, in a folder that `--judged`
names."""

import collections
import csv
import gzip
import json
import math
import pathlib
import random
import statistics

import catalogue

# How often every query is mistyped anew.
SEEDS = 40


class Judged:
    def __init__(self, folder: pathlib.Path) -> None:
        self.products = json.loads(gzip.decompress((folder / "products.json.gz").read_bytes()))
        self.ratings: dict[str, dict[str, int]] = collections.defaultdict(dict)
        with (folder / "judgments.csv").open() as lines:
            for row in csv.DictReader(lines):
                self.ratings[row["query"]][row["docid"]] = int(row["rating"])
        # Of a query whose every product is rated 0, no order is better than another.
        self.queries = [query for query, ratings in self.ratings.items() if any(ratings.values())]

    def write(self, path: pathlib.Path) -> None:
        """The products as the index takes them."""
        with path.open("w") as lines:
            for product in self.products:
                entry = {
                    "id": product["id"],
                    "title": product["title"],
                    "brand": product["supplier"],
                    "tags": [],
                    "keywords": [product["name"]],
                    "description": product["desc"],
                    "attributes": [product["attrs"]],
                    "category": product["cat"],
                    "category_names": [product["cat"]],
                    "listed": True,
                }
                lines.write(json.dumps(entry) + "\n")

    def mistyped(self, seed: int) -> list[str]:
        rng = random.Random(seed)
        return [catalogue.typo(query, rng) for query in self.queries]

    def score(self, found: list[list[str]]) -> dict:
        """The mean NDCG@10 of what was found for each query, unjudged products counting 0; how often nothing was."""
        scores = [self.ndcg(query, ids) for query, ids in zip(self.queries, found)]
        return {"ndcg": statistics.mean(scores), "nothing_found": sum(not ids for ids in found)}

    def ndcg(self, query: str, ids: list[str]) -> float:
        ratings = self.ratings[query]
        return gain(ratings.get(id, 0) for id in ids[:10]) / gain(sorted(ratings.values(), reverse=True)[:10])


def gain(ratings) -> float:
    return sum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings))
