"""The local cloud: MiniStack, an AWS emulator in one process, mended where it differs from AWS.

Run by `souk.py` as a process of its own; the port comes from GATEWAY_PORT. The mends belong to one version of MiniStack,
and with another one this does not start: raising the version means to look which mends are still needed.
"""

import collections
import faulthandler
import functools
import gc
import http.server
import importlib.metadata
import json
import os
import queue
import re
import resource
import signal
import socketserver
import sys
import threading
import time
import types
from email.utils import parseaddr

import leading_keys
import reads
import uvicorn

NEEDED_FOR = "1.5.33"


def transform_nested_stacks() -> None:
    """MiniStack 1.5.33 applies the transforms of the root template only; AWS applies those of nested stacks too."""
    # Both modules take their own reference to the parser when they are imported. They transform what they parse.
    from ministack.services.cloudformation import changesets, engine, handlers  # noqa: F401

    parse = engine._parse_template

    @functools.wraps(parse)
    def parse_and_transform(body):
        return engine._apply_transforms(parse(body))

    engine._parse_template = parse_and_transform


def resolve_references_in_nested_stacks() -> None:
    """MiniStack 1.5.33 leaves `{{resolve:secretsmanager:...}}` as it stands inside nested stacks; AWS resolves it."""
    from ministack.services.cloudformation import engine, provisioners

    def resolving(provision, positions):
        @functools.wraps(provision)
        def with_references_resolved(*args, **options):
            args = list(args)
            for position in positions:
                args[position], _ = engine._resolve_dynamic_references(args[position])
            return provision(*args, **options)

        return with_references_resolved

    # (type, logical id, properties, ...) and (type, physical id, old properties, new properties, ...)
    provisioners._provision_resource = resolving(provisioners._provision_resource, positions=[2])
    provisioners._update_resource = resolving(provisioners._update_resource, positions=[3])


def spell_cors_as_the_api_does() -> None:
    """MiniStack 1.5.33 keeps CloudFormation's `AllowOrigins` where its API reads `allowOrigins`: preflights answer 403."""
    from ministack.services.cloudformation import provisioners

    def lowered(create_or_update, position):
        @functools.wraps(create_or_update)
        def with_lowered_cors(*args):
            properties = dict(args[position])
            if cors := properties.get("CorsConfiguration"):
                properties["CorsConfiguration"] = {key[0].lower() + key[1:]: value for key, value in cors.items()}
            return create_or_update(*args[:position], properties, *args[position + 1 :])

        return with_lowered_cors

    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    handlers["create"] = lowered(handlers["create"], position=1)
    handlers["update"] = lowered(handlers["update"], position=2)


def name_the_sender_as_the_resource_of_a_mail() -> None:
    """MiniStack 1.5.33 checks SES's SendEmail against no identity; AWS checks it against that of the sender."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    @functools.wraps(extract)
    def extract_with_sender(service, method, path, headers, body, query_params, region, account_id):
        if service == "ses" and (source := iam_actions._query_param(query_params, "Source")):
            return f"arn:aws:ses:{region}:{account_id}:identity/{parseaddr(source)[1]}"
        return extract(service, method, path, headers, body, query_params, region, account_id)

    iam_actions.extract_resource_arn = extract_with_sender


def take_a_batch_of_messages_for_messages() -> None:
    """MiniStack 1.5.33 asks for a permission to SendMessageBatch. AWS has none: that to SendMessage is for both."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_iam_action

    @functools.wraps(extract)
    def extract_without_batches(service, *request):
        action = extract(service, *request)
        return "sqs:SendMessage" if action == "sqs:SendMessageBatch" else action

    iam_actions.extract_iam_action = extract_without_batches


def fill_large_batches() -> None:
    """MiniStack 1.5.33 gives a function ten messages at most, as soon as there is one. AWS gives it as many as its mapping
    says and waits for them; for more than ten, a second at the least, which is what the template asks for."""
    from ministack.services import sqs

    receive = sqs._receive_messages_for_esm

    @functools.wraps(receive)
    def receive_large_batches(queue_url, most):
        if most <= 10:
            return receive(queue_url, most)
        with sqs._queues_lock:
            queue = sqs._get_q(queue_url)
            sqs._expire_retained(queue)
            sqs._dlq_sweep(queue)
            now = time.time()
            since = [message["visible_at"] for message in queue["messages"] if message["visible_at"] <= now]
            if not since or (len(since) < most and now - min(since) < 1):
                return []
            return sqs._collect_msgs(queue, most, int(queue["attributes"].get("VisibilityTimeout", "30")))

    sqs._receive_messages_for_esm = receive_large_batches


def name_the_caller() -> None:
    """MiniStack 1.5.33 says of every HTTP request that it comes from 127.0.0.1; AWS names the caller. Here a client says by
    X-Forwarded-For who it is, so that rate limits tell one client from another."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_with_config_scope

    @functools.wraps(execute)
    def with_the_caller_named(record, event, *args, **options):
        http = event.get("requestContext", {}).get("http") if isinstance(event, dict) else None
        if http and (forwarded := event["headers"].get("x-forwarded-for")):
            http["sourceIp"] = forwarded.split(",")[0].strip()
        return execute(record, event, *args, **options)

    lambda_svc._execute_function_with_config_scope = with_the_caller_named


def keep_to_the_cores() -> None:
    """MiniStack 1.5.33 starts a process for every call that comes while the others are busy, as AWS does, and keeps it:
    a few tests with 200 callers leave a thousand processes on two cores, and a call takes half a minute. Here at most
    eight run of one function, and further calls wait for them."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_provided_warm
    places = collections.defaultdict(lambda: threading.BoundedSemaphore(8))

    @functools.wraps(execute)
    def when_there_is_a_place(func, event, request_id):
        with places[(func.get("config") or func).get("FunctionName")]:
            return execute(func, event, request_id)

    lambda_svc._execute_function_provided_warm = when_there_is_a_place


def let_idle_functions_sleep() -> None:
    """MiniStack 1.5.33 looks twenty times a second, for each idle process of a function, whether there is a call for it
    or an end to it. Some hundred idle ones keep Python busy with nothing else, and a call takes half a minute."""
    from ministack.core import lambda_runtime

    class CallQueue(queue.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block, timeout and max(timeout, 5.0))

    def queue_of(maxsize=0):
        return CallQueue(maxsize) if maxsize == 1 else queue.Queue(maxsize)

    # Calls come by a queue of one place; the other queues there are of log lines.
    lambda_runtime.queue = types.SimpleNamespace(Queue=queue_of, Empty=queue.Empty, Full=queue.Full)

    serve = socketserver.ThreadingTCPServer.serve_forever
    socketserver.ThreadingTCPServer.serve_forever = lambda server, poll_interval: serve(server, max(poll_interval, 1.0))


def remember_expressions() -> None:
    """MiniStack 1.5.33 takes a query's condition apart a dozen times, and again for every item it looks at. What it finds
    depends on nothing but the words of the condition, and a deployment has some hundred of them."""
    from ministack.services import dynamodb

    tokens_of = functools.lru_cache(maxsize=4096)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokens_of(expression))
    dynamodb._condition_syntax_error = functools.lru_cache(maxsize=4096)(dynamodb._condition_syntax_error)


def write_down_what_functions_log() -> None:
    """MiniStack 1.5.33 keeps what functions log in its CloudWatch, and writes to its own output what those of queues and
    streams log. Here all of it is in one file."""
    from ministack.services import lambda_svc

    emit = lambda_svc._emit_lambda_logs

    @functools.wraps(emit)
    def emit_and_write(func, request_id, log_text, *args, **options):
        if log_text:
            print(f"{log_text}\n", end="", flush=True)
        return emit(func, request_id, log_text, *args, **options)

    lambda_svc._emit_lambda_logs = emit_and_write
    lambda_svc.logger.addFilter(lambda record: "output:" not in str(record.msg))


def answer_without_delay() -> None:
    """MiniStack 1.5.33 writes each header of the Lambda Runtime API in a packet of its own: Nagle's algorithm and the
    delayed acknowledgement then cost every invocation about 100 ms."""
    http.server.BaseHTTPRequestHandler.wbufsize = -1
    http.server.BaseHTTPRequestHandler.disable_nagle_algorithm = True


def compare_keys_without_parsing() -> None:
    """MiniStack 1.5.33 parses a query's key condition again for each item of the list: a page of a list of ten thousand
    takes half a second, in which nobody else is served. Here the conditions that the store writes are parsed once."""
    from ministack.services import dynamodb

    evaluate, place_of = dynamodb._evaluate_condition, dynamodb._index_order_value
    plain = re.compile(r"(\w+) = (:\w+)(?: AND (?:begins_with\((\w+), (:\w+)\)|(\w+) (<=|>) (:\w+)))?")
    parsed = functools.lru_cache(plain.fullmatch)

    @functools.wraps(evaluate)
    def evaluate_once_parsed(expression, item, values, names, slot="ConditionExpression"):
        if slot != "KeyConditionExpression" or not (parts := parsed(expression)):
            return evaluate(expression, item, values, names, slot)
        key, value, prefixed, prefix, bounded, operator, bound = parts.groups()
        if item.get(key) != values[value]:
            return False
        if prefixed:
            return item[prefixed]["S"].startswith(values[prefix]["S"])
        if bounded:
            at, end = item[bounded]["S"], values[bound]["S"]
            return at <= end if operator == "<=" else at > end
        return True

    @functools.wraps(place_of)
    def place_of_text(item, name, kind):
        return item[name]["S"] if kind == "S" and name in item else place_of(item, name, kind)

    dynamodb._evaluate_condition, dynamodb._index_order_value = evaluate_once_parsed, place_of_text


def weigh_full_pages_only() -> None:
    """MiniStack 1.5.33 weighs every item that a query comes past, to end a page at 1 MB, and that is most of what a query
    costs. Few items are never too heavy, for each was weighed when it was written, and no item is heavier than its JSON."""
    from ministack.services import dynamodb

    weigh, paginate = dynamodb._item_size_bytes, dynamodb._paginate_evaluated_items
    heaviest = 0

    @functools.wraps(weigh)
    def weigh_and_remember(item):
        nonlocal heaviest
        weight = weigh(item)
        heaviest = max(heaviest, weight)
        return weight

    @functools.wraps(paginate)
    def paginate_light_pages(items, limit, table, index_name=None):
        page = items if limit is None else items[: int(limit)]
        most = dynamodb._DDB_PAGE_SIZE_BYTES
        if len(page) * heaviest < most or (len(page) <= 1000 and len(json.dumps(page)) < most):
            return list(page), limit is not None and len(page) == int(limit)
        return paginate(items, limit, table, index_name)

    dynamodb._item_size_bytes, dynamodb._paginate_evaluated_items = weigh_and_remember, paginate_light_pages


def collect_garbage_seldom() -> None:
    """MiniStack 1.5.33 keeps all it was ever told in memory, and Python goes through it for garbage every few requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def serve() -> None:
    """Serves MiniStack by Uvicorn, which has HTTP from C, as long as it is told to. MiniStack's own `main` takes Hypercorn,
    in Python: on its one thread that is most of what a request costs, and a test with 200 callers waits for it."""
    from ministack import app

    # Each idle function has some open files.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvicorn.run(
        app.app,
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        loop="uvloop",
        http="httptools",
        ws="wsproto",
        backlog=4096,  # Hypercorn's is 100: of hundreds who come at once, some found no place, and nobody told them
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        access_log=False,
        log_config=None,
    )


def main() -> None:
    version = importlib.metadata.version("ministack")
    if version != NEEDED_FOR:
        sys.exit(f"cloud.py mends MiniStack {NEEDED_FOR}, but {version} is installed: see whether its mends still apply")
    transform_nested_stacks()
    resolve_references_in_nested_stacks()
    spell_cors_as_the_api_does()
    name_the_sender_as_the_resource_of_a_mail()
    take_a_batch_of_messages_for_messages()
    fill_large_batches()
    name_the_caller()
    keep_to_the_cores()
    let_idle_functions_sleep()
    remember_expressions()
    write_down_what_functions_log()
    answer_without_delay()
    compare_keys_without_parsing()
    weigh_full_pages_only()
    collect_garbage_seldom()
    leading_keys.add()
    reads.write_down()
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    serve()


if __name__ == "__main__":
    main()
