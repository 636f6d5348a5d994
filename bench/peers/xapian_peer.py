"""Xapian with its English stemmer and spelling correction: xapian_peer.py CATALOGUE UNUSED AND|OR ROUNDS."""

import sys
import time

import common
import xapian


def main() -> None:
    catalogue, _, operator, rounds = sys.argv[1:]
    begun = time.perf_counter()
    database = xapian.WritableDatabase("", xapian.DB_BACKEND_INMEMORY)
    terms = xapian.TermGenerator()
    terms.set_stemmer(xapian.Stem("en"))
    for product in common.products(catalogue):
        document = xapian.Document()
        document.set_data(product["id"])
        terms.set_document(document)
        for text, weight in zip(common.fields(product), (3, 2, 1)):
            terms.index_text(text, weight)
        database.add_document(document)
    common.say(us=round((time.perf_counter() - begun) * 1e6), bytes=0)
    parser = xapian.QueryParser()
    parser.set_stemmer(xapian.Stem("en"))
    parser.set_stemming_strategy(parser.STEM_SOME)
    parser.set_database(database)
    parser.set_default_op(xapian.Query.OP_AND if operator == "AND" else xapian.Query.OP_OR)
    enquire = xapian.Enquire(database)

    def ask(question: dict) -> list[str]:
        enquire.set_query(parser.parse_query(question["text"], 0))
        return [match.document.get_data().decode() for match in enquire.get_mset(0, 20)]

    common.say(first_us=0)
    common.answer(ask, int(rounds))


if __name__ == "__main__":
    main()
