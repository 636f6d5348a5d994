"""The measured functions: three of Souk as they are deployed, and two in Node.js. Each has the requests that it
gets."""

import dataclasses
import itertools
import json
import pathlib
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator

import boto3

import build
import reference
from processes import Failed
from stack import REGION, ROOT, Stack

# The reference of the goals, and a function that does the reads of get-product.
REFERENCE = "node-one-read"
SAME_READS = "node-same-reads"
IN_NODE = (REFERENCE, SAME_READS)

# Where the parcels of the purchases go.
ADDRESS = {"name": "Ann Lee", "street": "Kiln Lane 7", "city": "Potsdam", "zip": "14467", "country": "DE"}


@dataclasses.dataclass(frozen=True)
class Subject:
    """A measured function. `requests` yields the events and creates what each needs to succeed.

    `warm_requests` is the number of requests after the first; it is lower where each is a purchase."""

    name: str
    command: list
    cwd: pathlib.Path
    environment: dict[str, str]
    requests: Iterator[dict]
    warm_requests: int


class Api:
    """A client of the stack's API."""

    def __init__(self, stack: Stack) -> None:
        self.base = stack.api
        self.token = ""

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            raise Failed(f"{method} {path} answered {refused.code}: {refused.read()[:1000]!r}") from None


def subjects(stack: Stack) -> list[Subject]:
    """Returns all measured functions. The stack must run and contain the demo data."""
    outputs = json.loads(stack.outputs.read_text())
    shopper = next(account for account in outputs["accounts"] if account["role"] == "shopper")
    password = {"email": shopper["email"], "password": shopper["password"]}
    forget_limits = limits_forgetter(stack, outputs["table"])
    api = Api(stack)
    products = api.ask("GET", "/v1/products?limit=100")["items"]

    def show() -> Iterator[dict]:
        slug = products[0]["slug"]
        while True:
            yield event("GET", "/v1/products/{slug}", {"slug": slug})

    def login() -> Iterator[dict]:
        while True:
            forget_limits()
            yield event("POST", "/v1/users/login", body=password)

    def pay() -> Iterator[dict]:
        skus = plentiful_skus(api, products)
        for quantity in itertools.cycle((1, 2)):
            # Another quantity requires another session: the stock of the session before is returned, new stock is held,
            # and Stripe creates another page.
            forget_limits()
            api.token = api.ask("POST", "/v1/users/login", password)["access_token"]
            for sku in skus:
                api.ask("PUT", f"/v1/cart/lines/{sku}", {"quantity": quantity})
            cart = api.ask("GET", f"/v1/cart?country={ADDRESS['country']}")
            lines = [
                {"sku": line["sku"], "quantity": line["quantity"], "unit_price": line["unit_price"]["amount"]}
                for line in cart["lines"]
            ]
            shipping = [
                {"shop": part["shop"], "amount": part["amount"]["amount"]} for part in cart["delivery"]["shipping"]
            ]
            headers = {"authorization": f"Bearer {api.token}", "idempotency-key": uuid.uuid4().hex}
            body = {"lines": lines, "shipping": shipping, "address": ADDRESS}
            yield event("POST", "/v1/payment-sessions", body=body, headers=headers)

    def ours(name: str, requests: Callable[[], Iterator[dict]], warm_requests: int) -> Subject:
        command = [build.RELEASE / name]
        return Subject(name, command, ROOT, deployed_environment(stack, name), requests(), warm_requests)

    def node(name: str, handler: str) -> Subject:
        environment = deployed_environment(stack, "get-product")
        return Subject(name, reference.command(handler), reference.BUILT, environment, show(), 40)

    return [
        ours("get-product", show, 40),
        node(REFERENCE, "oneRead"),
        node(SAME_READS, "sameReads"),
        ours("login-user", login, 12),
        ours("create-payment-session", pay, 8),
    ]


def deployed_environment(stack: Stack, name: str) -> dict[str, str]:
    """Returns the environment of the deployed function: Lambda's variables, and those of the template."""
    client = boto3.client("lambda", endpoint_url=stack.cloud, region_name=REGION, **administrator())
    function = client.get_function_configuration(FunctionName=f"{stack.prefix}-{name}")
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": stack.cloud,
        "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
        "AWS_LAMBDA_LOG_FORMAT": function["LoggingConfig"]["LogFormat"],
        **function["Environment"]["Variables"],
    }


def limits_forgetter(stack: Stack, table_name: str) -> Callable[[], None]:
    """Returns a function that deletes the state of the rate limits, which would end a measurement after a few
    requests of one shopper. The functions still count."""
    dynamodb = boto3.resource("dynamodb", endpoint_url=stack.cloud, region_name=REGION, **administrator())
    table = dynamodb.Table(table_name)

    def forget() -> None:
        found = table.scan(
            FilterExpression="begins_with(pk, :limit)",
            ExpressionAttributeValues={":limit": "LIMIT#"},
            ProjectionExpression="pk, sk",
        )
        for key in found["Items"]:
            table.delete_item(Key=key)

    return forget


def administrator() -> dict[str, str]:
    return {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def plentiful_skus(api: Api, products: list[dict]) -> list[str]:
    """Returns two SKUs of two shops, each the one with the most stock of its product."""
    chosen = {}
    for product in products:
        shop = product["shop"]["id"]
        if shop in chosen:
            continue
        sku = max(api.ask("GET", f"/v1/products/{product['slug']}")["skus"], key=lambda sku: sku["available"])
        if sku["available"] >= 4:  # one session holds two while the next one takes two
            chosen[shop] = sku["id"]
    if len(chosen) < 2:
        raise Failed("the demo data has no two shops with enough stock")
    return list(chosen.values())[:2]


def event(
    method: str, route: str, path: dict | None = None, body: dict | None = None, headers: dict | None = None
) -> dict:
    """Builds the event that API Gateway sends for a request, payload format 2.0."""
    address = route.format(**(path or {}))
    sent = {"accept": "application/json", "host": "api.example.com", "x-forwarded-proto": "https", **(headers or {})}
    made = {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": address,
        "rawQueryString": "",
        "headers": sent,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": address,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "bench",
            },
            "requestId": uuid.uuid4().hex,
            "routeKey": f"{method} {route}",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if path:
        made["pathParameters"] = path
    if body is not None:
        made["headers"] |= {"content-type": "application/json"}
        made["body"] = json.dumps(body)
    return made
