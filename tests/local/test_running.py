"""What a function's answer looks like to whoever invoked it, and what counts as a failure."""

import json

import pytest
import running
from processes import Failed


def test_a_refusal_is_an_answer_and_a_report_of_the_runtime_a_failure():
    assert not running.failed(b'{"statusCode": 404, "body": "{}"}')
    assert not running.failed(b'{"batchItemFailures": []}')
    assert not running.failed(b"null")
    assert not running.failed(b"no JSON")
    assert running.failed(b'{"errorType": "Runtime.ExitError", "errorMessage": "exit status 1"}')


def test_the_body_of_an_answer_is_taken_out_of_its_string():
    shown = json.loads(running.pretty(b'{"statusCode": 200, "body": "{\\"slug\\": \\"mug\\"}"}'))
    assert shown == {"statusCode": 200, "body": {"slug": "mug"}}


def test_what_is_no_json_is_shown_as_it_is():
    assert running.pretty(b"plain") == "plain"
    assert json.loads(running.pretty(b'{"body": "plain"}')) == {"body": "plain"}


def test_a_missing_event_is_told_with_its_path(tmp_path):
    with pytest.raises(Failed, match="get-product.json is missing"):
        running.event_of(tmp_path, "get-product")
