"""What the local cloud refuses because AWS refuses it."""

import asyncio

import aws_limits
import pytest


def answer(path: str, length: int, chunks: int = 3) -> tuple[int, int]:
    """Sends a request to the local cloud's aws_limits. Returns the status and how many chunks of the body were read."""
    body = [{"type": "http.request", "body": b"a", "more_body": more > 1} for more in range(chunks, 0, -1)]
    sent = []

    async def receive():
        return body.pop(0)

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    headers = [(b"content-length", str(length).encode())]
    asyncio.run(aws_limits.refuse_large_requests(app)({"type": "http", "path": path, "headers": headers}, receive, send))
    return sent[0]["status"], chunks - len(body)


@pytest.mark.parametrize(
    ("path", "length", "expected"),
    [
        ("/_aws/execute-api/souk-local/$default/v1/cart", aws_limits.MAX_REQUEST, (200, 0)),
        ("/_aws/execute-api/souk-local/$default/v1/cart", aws_limits.MAX_REQUEST + 1, (413, 3)),
        ("/bucket/uploads/picture", aws_limits.MAX_REQUEST + 1, (200, 0)),
    ],
)
def test_a_request_above_ten_megabytes_is_refused_by_the_api_only(path, length, expected):
    assert answer(path, length) == expected


def test_the_policies_of_a_role_count_together_and_without_spaces():
    policy = {"PolicyDocument": {"Action": "a b\n c"}}
    assert aws_limits.size_of_policies({"Policies": [policy, policy]}) == 2 * len('{"Action":"ab\\nc"}')
    assert aws_limits.size_of_policies({}) == 0


def test_the_variables_of_a_function_count_with_their_names():
    assert aws_limits.size_of_variables({"Environment": {"Variables": {"TABLE": "souk"}}}) == len('{"TABLE":"souk"}')
