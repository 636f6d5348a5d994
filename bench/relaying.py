"""Measures how many orders a second the relay sends from one shard of the table's stream, and how many events the sweep sends.

Both run under the Lambda emulator, with the CPU that their memory gets on Lambda. A stand-in for SQS and DynamoDB answers each
call after the time that the service usually takes. Every event is a placed order, for five queues."""

import asyncio
import contextlib
import json
import pathlib
import re
import statistics
import threading
import uuid
from collections.abc import Iterator

import build
import cpu
import emulator
from processes import Failed
from stack import ROOT

# Answer times within a region that this model assumes, in seconds.
TAKES = {"sendmessagebatch": 0.010, "batchwriteitem": 0.008, "query": 0.010}
MEMORY_MB = 512
FULL_CORE_MB = 1769  # Lambda developer guide, "Configure Lambda function memory"
BATCHES_AT_ONCE = 10  # ParallelizationFactor of the event source
ORDERS = 100
GOAL = 500
LEFT_BEHIND = 10_000


def left_behind(query: dict) -> dict:
    """Answers one page of a list of events that is `LEFT_BEHIND` long."""
    begin = int(query.get("ExclusiveStartKey", {}).get("pk", {}).get("S", "0"))
    end = min(begin + query["Limit"], LEFT_BEHIND)
    page = {"Items": [item() for _ in range(begin, end)]}
    return page if end == LEFT_BEHIND else page | {"LastEvaluatedKey": {"pk": {"S": str(end)}}}


async def answer_calls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the calls of one connection."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = re.search(r"content-length: (\d+)", head)
            body = json.loads(await reader.readexactly(int(length[1])) or b"{}") if length else {}
            target = re.search(r"x-amz-target: \S+?\.(\w+)", head)
            operation = target[1] if target else ""
            await asyncio.sleep(TAKES.get(operation, 0))
            if operation == "query":
                answer = left_behind(body)
            else:
                sent = [{"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "0"} for entry in body.get("Entries", [])]
                answer = {"Successful": sent, "Failed": [], "UnprocessedItems": {}}
            text = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n")
            writer.write(b"content-length: %d\r\n\r\n" % len(text) + text)
            await writer.drain()


@contextlib.contextmanager
def services() -> Iterator[str]:
    """Runs the stand-in and yields its URL."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(answer_calls, "127.0.0.1", 0))
    port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def item() -> dict:
    """Returns the outbox item of a placed order."""
    event_id = f"event_{uuid.uuid4().hex}"
    event = json.dumps({"type": "order_placed", "order": f"order_{uuid.uuid4().hex}"})
    return {
        "pk": {"S": f"OUTBOX#{event_id}"}, "sk": {"S": "OUTBOX"},
        "id": {"S": event_id}, "at": {"N": "1790000000000"}, "event": {"S": event},
    }  # fmt: skip


def batch() -> dict:
    """Returns a stream event with placed orders."""

    def record(n: int) -> dict:
        image = item()
        keys = {name: image[name] for name in ("pk", "sk")}
        change = {"Keys": keys, "NewImage": image, "SequenceNumber": str(n), "SizeBytes": 300}
        change |= {"ApproximateCreationDateTime": 1_790_000_000, "StreamViewType": "NEW_IMAGE"}
        return {"eventID": str(n), "eventName": "INSERT", "awsRegion": "eu-central-1", "dynamodb": change}

    return {"Records": [record(n) for n in range(ORDERS)]}


def run(folder: pathlib.Path, rounds: int) -> dict:
    """Measures, prints and returns the results."""
    template = (ROOT / "infra" / "outbox.yaml").read_text()
    queues = re.findall(r"^ +(\w+_QUEUE): ", template, re.MULTILINE)
    quota = cpu.Quota(round(100_000 * MEMORY_MB / FULL_CORE_MB), 100_000)
    with services() as url, cpu.limited(quota) as group:
        environment = {name: f"{url}/queues/{name}" for name in queues} | {
            "TABLE": "souk", "AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
        }  # fmt: skip

        def times(function: str, events: list[dict]) -> list[float]:
            command = [build.RELEASE / function]
            with emulator.started(function, command, ROOT, environment, folder, group) as running:
                for event in events:
                    answer = running.send(event)
                    if answer and (answer.get("batchItemFailures") or "errorType" in answer):
                        raise Failed(f"{function} answered {answer}")
                return running.request_ms()

        batch_ms = statistics.median(times("relay-outbox", [batch() for _ in range(rounds + 1)])[1:])
        [sweep_ms] = times("sweep-outbox", [{}])
    one = ORDERS / batch_ms * 1000
    per_shard = one * BATCHES_AT_ONCE
    swept = LEFT_BEHIND / sweep_ms * 1000
    print(f"\nrelay-outbox, {MEMORY_MB} MB: {batch_ms:.0f} ms for {ORDERS} orders, {one:.0f} a second")
    print(f"{BATCHES_AT_ONCE} batches of a shard at once: {per_shard:.0f} a second, {per_shard / GOAL:.1f} times the goal of {GOAL}")
    print(f"sweep-outbox, {MEMORY_MB} MB: {LEFT_BEHIND} orders in {sweep_ms / 1000:.1f} s, {swept:.0f} a second")
    return {"batch_ms": batch_ms, "orders_per_second": per_shard, "swept_per_second": swept}
