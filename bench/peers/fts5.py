"""SQLite's FTS5 with its Porter stemmer: fts5.py CATALOGUE DATABASE AND|OR ROUNDS. It does not correct typos."""

import json
import os
import re
import sqlite3
import sys
import time

import common

FACETS = ("category", "subcategory", "brand", "shop", "colour")


def make(catalogue: str, path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.executescript("""
        PRAGMA journal_mode = off;
        PRAGMA synchronous = off;
        CREATE VIRTUAL TABLE words USING fts5(title, names, text, content='', tokenize='porter unicode61');
        CREATE TABLE products (
            id TEXT, card TEXT, category TEXT, subcategory TEXT, brand TEXT, shop TEXT, colour TEXT,
            tags TEXT, price INTEGER, rating INTEGER, in_stock INTEGER
        );
    """)
    for number, product in enumerate(common.products(catalogue), 1):
        if product.get("listed", True):
            database.execute(
                "INSERT INTO words (rowid, title, names, text) VALUES (?, ?, ?, ?)", (number, *common.fields(product))
            )
            database.execute(
                "INSERT INTO products (rowid, id, card, category, subcategory, brand, shop, colour, tags, price,"
                " rating, in_stock) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number, product["id"], product.get("card"), product.get("category"), product.get("subcategory"),
                    product.get("brand"), product.get("shop"), next(iter(product.get("colours", [])), None),
                    json.dumps(product["tags"]), product.get("price"), product.get("rating"), product.get("in_stock"),
                ),
            )  # fmt: skip
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()
    return database


def asker(database: sqlite3.Connection, operator: str):
    def matching(question: dict) -> tuple[str, list]:
        words = re.findall(r"\w+", question.get("text") or "")
        conditions, values = ["1"], []
        if words:
            conditions.append("words MATCH ?")
            values.append(f" {operator} ".join(f'"{word}"' for word in words))
        filters = question.get("filters", {})
        if "price" in filters:
            conditions.append("price BETWEEN ? AND ?")
            values += filters["price"]
        if "min_rating" in filters:
            conditions.append("rating >= ?")
            values.append(filters["min_rating"])
        if filters.get("in_stock"):
            conditions.append("in_stock")
        for colour in filters.get("colours", [])[:1]:
            conditions.append("colour = ?")
            values.append(colour)
        for tag in filters.get("tags", [])[:1]:
            conditions.append("tags LIKE ?")
            values.append(f'%"{tag}"%')
        table = "words JOIN products ON products.rowid = words.rowid" if words else "products"
        return f"FROM {table} WHERE {' AND '.join(conditions)}", values

    def ask(question: dict) -> list[str]:
        found, values = matching(question)
        order = "bm25(words, 3, 1.5, 1)" if question.get("text") else "rowid"
        rows = database.execute(f"SELECT id, card {found} ORDER BY {order} LIMIT 20", values).fetchall()
        database.execute(f"SELECT count(*) {found}", values).fetchone()
        if question.get("facets"):
            for facet in FACETS:
                database.execute(f"SELECT {facet}, count(*) {found} GROUP BY {facet}", values).fetchall()
        return [row[0] for row in rows]

    return ask


def main() -> None:
    catalogue, path, operator, rounds = sys.argv[1:]
    if os.path.exists(path):
        os.remove(path)
    begun = time.perf_counter()
    database = make(catalogue, path)
    common.say(us=round((time.perf_counter() - begun) * 1e6), bytes=os.path.getsize(path))
    begun = time.perf_counter()
    database = sqlite3.connect(path)
    asker(database, operator)({"text": "stoneware mug", "facets": True})
    common.say(first_us=round((time.perf_counter() - begun) * 1e6))
    common.answer(asker(database, operator), int(rounds))


if __name__ == "__main__":
    main()
