"""The local cloud: MiniStack, an AWS emulator in one process, with corrections where it differs from AWS.

`souk.py` runs it as a process of its own. GATEWAY_PORT gives the port. The corrections are for one version of MiniStack,
and the program does not start with another one: whoever raises the version checks which corrections are still needed.
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

import aws_limits
import leading_keys
import reads
import uvicorn

NEEDED_FOR = "1.5.33"


def transform_nested_stacks() -> None:
    """MiniStack 1.5.33 applies the transforms of the root template only; AWS applies those of nested stacks too."""
    # These modules get their own reference to the parser when they are imported, and transform the result themselves.
    from ministack.services.cloudformation import changesets, engine, handlers  # noqa: F401

    parse = engine._parse_template

    @functools.wraps(parse)
    def parse_and_transform(body):
        return engine._apply_transforms(parse(body))

    engine._parse_template = parse_and_transform


def resolve_references_in_nested_stacks() -> None:
    """MiniStack 1.5.33 does not resolve `{{resolve:secretsmanager:...}}` in nested stacks; AWS does."""
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


def change_properties(kind: str, change) -> None:
    """Has MiniStack create and update resources of a type with changed properties."""
    from ministack.services.cloudformation import provisioners

    def changed(create_or_update, position):
        @functools.wraps(create_or_update)
        def with_changed_properties(*args):
            return create_or_update(*args[:position], change(dict(args[position])), *args[position + 1 :])

        return with_changed_properties

    handlers = provisioners._RESOURCE_HANDLERS[kind]
    handlers["create"] = changed(handlers["create"], position=1)
    handlers["update"] = changed(handlers["update"], position=2)


def lower_case_cors_properties() -> None:
    """MiniStack 1.5.33 stores CloudFormation's `AllowOrigins`, but its API reads `allowOrigins`, so preflights answer 403."""

    def lowered(properties: dict) -> dict:
        if cors := properties.get("CorsConfiguration"):
            properties["CorsConfiguration"] = {key[0].lower() + key[1:]: value for key, value in cors.items()}
        return properties

    change_properties("AWS::ApiGatewayV2::Api", lowered)


def read_numbers_of_event_sources() -> None:
    """MiniStack 1.5.33 keeps a parameter's number as text in `ScalingConfig` and then polls no queue; AWS reads a number."""

    def read(properties: dict) -> dict:
        if scaling := properties.get("ScalingConfig"):
            properties["ScalingConfig"] = {key: int(value) for key, value in scaling.items()}
        return properties

    change_properties("AWS::Lambda::EventSourceMapping", read)


def check_message_batches_as_messages() -> None:
    """MiniStack 1.5.33 requires a permission for SendMessageBatch. On AWS the permission for SendMessage covers both."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_iam_action

    @functools.wraps(extract)
    def extract_without_batches(service, *request):
        action = extract(service, *request)
        return "sqs:SendMessage" if action == "sqs:SendMessageBatch" else action

    iam_actions.extract_iam_action = extract_without_batches


def wait_for_large_batches() -> None:
    """MiniStack 1.5.33 gives a function at most ten messages, as soon as there is one. AWS gives it as many as its event
    source mapping says and waits for them. Batches of more than ten wait at least a second, the value in the template."""
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


def take_the_source_address_from_a_header() -> None:
    """MiniStack 1.5.33 gives 127.0.0.1 as the source of every HTTP request; AWS gives the caller's address. Here a client
    sets its address by X-Forwarded-For, so that rate limits can tell clients apart."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_with_config_scope

    @functools.wraps(execute)
    def with_source_address(record, event, *args, **options):
        http = event.get("requestContext", {}).get("http") if isinstance(event, dict) else None
        if http and (forwarded := event["headers"].get("x-forwarded-for")):
            http["sourceIp"] = forwarded.split(",")[0].strip()
        return execute(record, event, *args, **options)

    lambda_svc._execute_function_with_config_scope = with_source_address


def limit_processes_per_function() -> None:
    """MiniStack 1.5.33 starts a process for every call that arrives while the others are busy, as AWS does, and keeps it.
    A few tests with 200 callers leave a thousand processes on two cores, and then a call takes half a minute. Here each
    function has at most eight processes, and further calls wait for them."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_provided_warm
    places = collections.defaultdict(lambda: threading.BoundedSemaphore(8))

    @functools.wraps(execute)
    def when_a_process_is_free(func, event, request_id):
        with places[(func.get("config") or func).get("FunctionName")]:
            return execute(func, event, request_id)

    lambda_svc._execute_function_provided_warm = when_a_process_is_free


# What Lambda accepts as the payload of a synchronous call and as its answer (AWS, "Lambda quotas": 6 MB each). The answer
# may have a few bytes more, as Lambda's own error message says.
MAX_CALL = 6 * 1024 * 1024
MAX_ANSWER = MAX_CALL + 100


def enforce_lambdas_payload_sizes() -> None:
    """MiniStack 1.5.33 passes calls and answers of any size; Lambda refuses both above 6 MB, so that the caller of the API
    gets a 413 or a 500."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_provided_warm

    @functools.wraps(execute)
    def within_limits(func, event, request_id):
        if size_of(event) > MAX_CALL:
            return refused("RequestEntityTooLargeException", f"Request must be smaller than {MAX_CALL} bytes")
        result = execute(func, event, request_id)
        if size_of(result.get("body")) > MAX_ANSWER:
            text = f"Response payload size exceeded maximum allowed payload size ({MAX_ANSWER} bytes)."
            return refused("Function.ResponseSizeTooLarge", text, result.get("log", ""))
        return result

    lambda_svc._execute_function_provided_warm = within_limits


def size_of(payload) -> int:
    """Returns the bytes of a payload as JSON in UTF-8."""
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def refused(kind: str, text: str, log: str = "") -> dict:
    return {"body": {"errorMessage": text, "errorType": kind}, "error": True, "log": log}


def poll_idle_functions_less_often() -> None:
    """MiniStack 1.5.33 polls twenty times a second, for each idle process of a function, for a call or for its end. With
    some hundred idle processes Python does nothing else, and a call takes half a minute."""
    from ministack.core import lambda_runtime

    class CallQueue(queue.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block, timeout and max(timeout, 5.0))

    def queue_of(maxsize=0):
        return CallQueue(maxsize) if maxsize == 1 else queue.Queue(maxsize)

    # Calls use a queue with one place; the other queues of that module hold log lines.
    lambda_runtime.queue = types.SimpleNamespace(Queue=queue_of, Empty=queue.Empty, Full=queue.Full)

    serve = socketserver.ThreadingTCPServer.serve_forever
    socketserver.ThreadingTCPServer.serve_forever = lambda server, poll_interval: serve(server, max(poll_interval, 1.0))


def cache_parsed_expressions() -> None:
    """MiniStack 1.5.33 parses a query's condition a dozen times, and again for every item that it evaluates. The result
    depends only on the text of the condition, of which a deployment has some hundred, so it is cached."""
    from ministack.services import dynamodb

    tokens_of = functools.lru_cache(maxsize=4096)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokens_of(expression))
    dynamodb._condition_syntax_error = functools.lru_cache(maxsize=4096)(dynamodb._condition_syntax_error)


def print_function_logs() -> None:
    """MiniStack 1.5.33 stores the log lines of functions in its CloudWatch, and prints those of functions that a queue or
    stream calls. Here all log lines are printed, so they are in one file."""
    from ministack.services import lambda_svc

    emit = lambda_svc._emit_lambda_logs

    @functools.wraps(emit)
    def emit_and_print(func, request_id, log_text, *args, **options):
        if log_text:
            print(f"{log_text}\n", end="", flush=True)
        return emit(func, request_id, log_text, *args, **options)

    lambda_svc._emit_lambda_logs = emit_and_print
    lambda_svc.logger.addFilter(lambda record: "output:" not in str(record.msg))


def send_headers_in_one_packet() -> None:
    """MiniStack 1.5.33 sends each header of the Lambda Runtime API in a packet of its own. With Nagle's algorithm and delayed
    acknowledgements this costs about 100 ms for each invocation."""
    http.server.BaseHTTPRequestHandler.wbufsize = -1
    http.server.BaseHTTPRequestHandler.disable_nagle_algorithm = True


def parse_key_conditions_once() -> None:
    """MiniStack 1.5.33 parses a query's key condition again for each item of a list. A page of a list of ten thousand takes
    half a second, during which nothing else is served. Here the conditions of the store are parsed once."""
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


def compute_sizes_of_large_pages_only() -> None:
    """MiniStack 1.5.33 computes the size of every item that a query evaluates, to end a page at 1 MB. That is most of the cost
    of a query. Here a page is accepted without that if it is surely small enough: by the number of its items and the
    largest size of any item so far, which each write computes, or by its JSON, which is never smaller than the items."""
    from ministack.services import dynamodb

    size_of, paginate = dynamodb._item_size_bytes, dynamodb._paginate_evaluated_items
    largest = 0

    @functools.wraps(size_of)
    def size_and_remember(item):
        nonlocal largest
        size = size_of(item)
        largest = max(largest, size)
        return size

    @functools.wraps(paginate)
    def paginate_small_pages(items, limit, table, index_name=None):
        page = items if limit is None else items[: int(limit)]
        most = dynamodb._DDB_PAGE_SIZE_BYTES
        if len(page) * largest < most or (len(page) <= 1000 and len(json.dumps(page)) < most):
            return list(page), limit is not None and len(page) == int(limit)
        return paginate(items, limit, table, index_name)

    dynamodb._item_size_bytes, dynamodb._paginate_evaluated_items = size_and_remember, paginate_small_pages


def collect_garbage_less_often() -> None:
    """MiniStack 1.5.33 keeps all data in memory, and Python's garbage collector traverses it every few requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def serve() -> None:
    """Serves MiniStack with Uvicorn, whose HTTP is written in C, until the process ends. MiniStack's own `main` uses
    Hypercorn, which is Python. On MiniStack's only thread that is most of the cost of a request, and a test with 200 callers
    waits for it."""
    from ministack import app

    # Each idle process of a function has some open files.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvicorn.run(
        aws_limits.refuse_large_requests(app.app),
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        loop="uvloop",
        http="httptools",
        ws="wsproto",
        backlog=4096,  # Hypercorn's is 100: of hundreds of connections at once some were dropped silently
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
        sys.exit(f"cloud.py corrects MiniStack {NEEDED_FOR}, but {version} is installed. Check whether its corrections apply")
    transform_nested_stacks()
    resolve_references_in_nested_stacks()
    lower_case_cors_properties()
    read_numbers_of_event_sources()
    aws_limits.check_mail_as_in_sandbox()
    aws_limits.refuse_large_resources()
    check_message_batches_as_messages()
    wait_for_large_batches()
    take_the_source_address_from_a_header()
    limit_processes_per_function()
    enforce_lambdas_payload_sizes()
    poll_idle_functions_less_often()
    cache_parsed_expressions()
    print_function_logs()
    send_headers_in_one_packet()
    parse_key_conditions_once()
    compute_sizes_of_large_pages_only()
    collect_garbage_less_often()
    leading_keys.add()
    reads.write_down()
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    serve()


if __name__ == "__main__":
    main()
