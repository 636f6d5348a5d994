"""Records what each read of the table would cost on AWS.

MiniStack 1.5.33 charges half a unit or one for every query, whatever it reads. This module adds up the sizes of the items
that a read evaluates, by DynamoDB's rules: each started 4 KB are one unit for a strongly consistent read and half a unit
otherwise. The items of a query count together, all others each by itself
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
It records only if `SOUK_READS` names a file. `bench/read_costs.py` makes a table of that file.
"""

import functools
import json
import os

from leading_keys import leading_keys_of


def write_down() -> None:
    path = os.environ.get("SOUK_READS")
    if not path:
        return
    from ministack.services import dynamodb

    log = open(path, "a", buffering=1)  # stays open as long as the process runs

    def sizes(items: list[dict]) -> list[int]:
        return [dynamodb._item_size_bytes(item) for item in items]

    def queried(data: dict, answer: dict) -> tuple[dict, list[int], list[int]]:
        of_items = sizes(answer["Items"])
        whole = sum(of_items)
        if answer["ScannedCount"] > len(of_items) > 0:
            # The size of filtered items is estimated by that of the remaining items.
            whole = whole * answer["ScannedCount"] // len(of_items)
        return data, of_items, [whole]

    def got(data: dict, answer: dict) -> tuple[dict, list[int], list[int]]:
        of_items = sizes([answer["Item"]] if "Item" in answer else [])
        return data, of_items, of_items or [0]

    def got_all(data: dict, answer: dict) -> tuple[dict, list[int], list[int]]:
        ((table, request),) = data["RequestItems"].items()
        of_items = sizes(answer["Responses"][table])
        return request, of_items, of_items + [0] * (len(request["Keys"]) - len(of_items))

    def noted(name: str, call, read):
        @functools.wraps(call)
        def call_and_note(data):
            result = call(data)
            if result[0] == 200:
                request, of_items, charged = read(data, json.loads(result[2]))
                strong = bool(request.get("ConsistentRead"))
                note = {
                    "call": name,
                    "index": data.get("IndexName"),
                    "partition": leading_keys_of(data)[0],
                    "strong": strong,
                    "items": len(of_items),
                    "bytes": sum(of_items),
                    "units": sum(max(1, -(-size // 4096)) for size in charged) * (1.0 if strong else 0.5),
                }
                print(json.dumps(note), file=log)
            return result

        return call_and_note

    dynamodb._query = noted("Query", dynamodb._query, queried)
    dynamodb._get_item = noted("GetItem", dynamodb._get_item, got)
    dynamodb._batch_get_item = noted("BatchGetItem", dynamodb._batch_get_item, got_all)
