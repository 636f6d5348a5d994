"""Adds `dynamodb:LeadingKeys` to the conditions that MiniStack 1.5.33 knows.

With AUTH=true MiniStack checks every call of a function against the function's own policy, transactions item by item. But
it does not know this condition and treats it as met. With this module a function that reads or writes a partition outside
its policy fails as it would on AWS. So every journey through the deployed stack proves the policies.
"""

import functools
import json

_PARTITION_KEYS = ("pk", "gsi1pk", "gsi2pk", "gsi3pk")
_TRANSACTION_MEMBERS = ("Put", "Update", "Delete", "ConditionCheck", "Get")


class _ItemAction(str):
    """The action of one item of a transaction. It carries the item's partition to the check."""

    leading_keys: list[str]


def add() -> None:
    from ministack.core import iam_actions, iam_evaluator

    context_of = iam_actions.dynamodb_service_context
    checks_of = iam_actions.dynamodb_transaction_checks
    enforce = iam_evaluator.enforce

    @functools.wraps(context_of)
    def context_with_keys(body):
        request = json.loads(body or b"{}")
        return context_of(body) | {"dynamodb:LeadingKeys": leading_keys_of(request)}

    @functools.wraps(checks_of)
    def checks_with_keys(iam_action, body, region, account_id):
        checks = checks_of(iam_action, body, region, account_id)
        if not checks:
            return checks
        items = json.loads(body)["TransactItems"]
        details = [item[member] for item in items for member in _TRANSACTION_MEMBERS if member in item]
        keyed = []
        for (action, table), detail in zip(checks, details, strict=True):
            action = _ItemAction(action)
            action.leading_keys = leading_keys_of(detail)
            keyed.append((action, table))
        return keyed

    @functools.wraps(enforce)
    def enforce_with_keys(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        if isinstance(iam_action, _ItemAction):
            service_context = (service_context or {}) | {"dynamodb:LeadingKeys": iam_action.leading_keys}
        return enforce(access_key_id, iam_action, service, region, resource_arn, service_context)

    iam_actions.dynamodb_service_context = context_with_keys
    iam_actions.dynamodb_transaction_checks = checks_with_keys
    iam_evaluator.enforce = enforce_with_keys


def leading_keys_of(request: dict) -> list[str]:
    """Returns the partitions in a request or in an item of a transaction."""
    if "RequestItems" in request:
        tables = request["RequestItems"].values()
        return [_partition(key) for table in tables if isinstance(table, dict) for key in table.get("Keys", [])]
    if "KeyConditionExpression" in request:
        return [_queried(request)]
    item = request.get("Key") or request.get("Item")
    return [_partition(item)] if item else []


def _partition(item: dict) -> str:
    return item["pk"]["S"]


def _queried(request: dict) -> str:
    """Returns the partition of a query: the value of the partition key in its key condition."""
    names = request.get("ExpressionAttributeNames", {})
    words = request["KeyConditionExpression"].replace("=", " = ").replace("(", " ").replace(")", " ").split()
    for position, word in enumerate(words):
        if names.get(word, word) in _PARTITION_KEYS and words[position + 1] == "=":
            return request["ExpressionAttributeValues"][words[position + 2]]["S"]
    raise ValueError(f"no partition in {request['KeyConditionExpression']!r}")
