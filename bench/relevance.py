"""The relevance of search results: real products, and queries whose results people have judged, also with typos.

The data is not part of the project. It consists of 19,406 products and their judgments from o19s/chorus, in the
folder of `--judged`."""

import collections
import csv
import gzip
import json
import math
import pathlib
import random
import statistics

import catalogue

# How many variants with a typo each query gets.
SEEDS = 40


class Judged:
    def __init__(self, folder: pathlib.Path) -> None:
        self.products = json.loads(gzip.decompress((folder / "products.json.gz").read_bytes()))
        self.ratings: dict[str, dict[str, int]] = collections.defaultdict(dict)
        with (folder / "judgments.csv").open() as lines:
            for row in csv.DictReader(lines):
                self.ratings[row["query"]][row["docid"]] = int(row["rating"])
        # If all products of a query are rated 0, no order is better than another.
        self.queries = [query for query, ratings in self.ratings.items() if any(ratings.values())]

    def write(self, path: pathlib.Path) -> None:
        """Writes the products as the index takes them."""
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
        """Returns the mean NDCG@10 of the results of all queries, and how many queries had no result. Unjudged
        products count as 0."""
        scores = [self.ndcg(query, ids) for query, ids in zip(self.queries, found)]
        return {"ndcg": statistics.mean(scores), "nothing_found": sum(not ids for ids in found)}

    def ndcg(self, query: str, ids: list[str]) -> float:
        ratings = self.ratings[query]
        return gain(ratings.get(id, 0) for id in ids[:10]) / gain(sorted(ratings.values(), reverse=True)[:10])


def gain(ratings) -> float:
    return sum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings))
