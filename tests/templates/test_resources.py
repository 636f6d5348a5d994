"""The properties of every queue, log group and stack."""

import json

from conftest import expanded


def referenced(value, attribute: str) -> str:
    """Returns the logical id of `!GetAtt <id>.<attribute>`."""
    assert value["Fn::GetAtt"][1] == attribute
    return value["Fn::GetAtt"][0]


def test_every_queue_has_dead_letters_and_an_alarm(root):
    queues = root.of_type("AWS::SQS::Queue")
    dead = {name: queue for name, queue in queues.items() if name.endswith("DeadLetters")}
    for name, queue in queues.items():
        if name not in dead:
            assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
            assert referenced(queue["RedrivePolicy"]["deadLetterTargetArn"], "Arn") in dead
    alarms = root.of_type("AWS::CloudWatch::Alarm")
    for name, queue in dead.items():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        alarm = alarms[f"{name}Alarm"]
        assert referenced(alarm["Dimensions"][0]["Value"], "QueueName") == name
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_stream_readers_leave_what_they_give_up_to_a_queue_with_an_alarm(stacks):
    readers = [each for stack in stacks for each in stack.of_type("AWS::Lambda::EventSourceMapping").values()]
    given_up = [each["DestinationConfig"]["OnFailure"]["Destination"] for each in readers if "StartingPosition" in each]
    assert sorted(each["Ref"] for each in given_up) == ["DeadLettersArn", "ProductsDeadLettersArn"]


def test_queues_are_only_in_the_root_stack(stack, root):
    assert stack.name == root.name or not stack.of_type("AWS::SQS::Queue")


def test_the_visibility_timeout_is_six_times_the_consumers_timeout(stacks, root):
    queues = root.of_type("AWS::SQS::Queue")
    for stack in stacks:
        functions = stack.of_type("AWS::Lambda::Function")
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            if "StartingPosition" in source:
                continue
            queue = queues[source["EventSourceArn"]["Ref"].removesuffix("Arn")]
            timeout = functions[source["FunctionName"]["Ref"]]["Timeout"]
            assert queue["VisibilityTimeout"] >= 6 * timeout, source


def test_consumers_report_failures_by_message(stack):
    for name, source in stack.of_type("AWS::Lambda::EventSourceMapping").items():
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_a_schedule_finishes_before_it_starts_again(stack):
    for name, function in stack.functions.items():
        if "EveryMinute" in function.get("Events", {}):
            assert function["Timeout"] < 60, name


def test_logs_expire_after_thirty_days(stack):
    for name, group in stack.of_type("AWS::Logs::LogGroup").items():
        assert group["RetentionInDays"] == 30, name
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        logging = {"LogFormat": "JSON", "LogGroup": {"Ref": "Logs"}, "SystemLogLevel": "WARN"}
        assert function["LoggingConfig"] == logging, name


def test_functions_are_traced_only_if_the_deployment_says_so(stack):
    if not stack.functions:
        return
    for tracing, expected in (("Disabled", None), ("Active", {"Mode": {"Ref": "Tracing"}})):
        for name, each in expanded(stack.written, {"Tracing": tracing}).items():
            if each["Type"] == "AWS::Lambda::Function":
                assert each["Properties"].get("TracingConfig") == expected, name


def test_every_alarm_notifies_the_alarm_topic(stack):
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name


def test_a_stack_has_room_to_grow(stack):
    # CloudFormation's limit is 500.
    assert len(stack.resources) <= 450


def test_the_api_has_room_to_grow(stacks):
    # API Gateway's limit is 300 per HTTP API and cannot be raised.
    integrations = [each for stack in stacks for each in stack.of_type("AWS::ApiGatewayV2::Integration").values()]
    assert len([each for each in integrations if each["ApiId"] == {"Ref": "ApiId"}]) <= 250


def test_only_functions_that_use_a_secret_can_read_it(stacks):
    readers = {}
    for stack in stacks:
        for logical_id, function in stack.functions.items():
            for secret in ("SigningKey", "StripeKeys", "GoogleKeys"):
                if f'"{secret}"' in json.dumps(function.get("Policies", [])):
                    readers.setdefault(secret, set()).add(logical_id)
    assert readers == {
        "SigningKey": {
            "LoginUser", "LoginSeller", "LoginAdmin", "ConfirmLoginCode", "GoogleCallback", "ChangePassword", "Refresh",
        },
        "GoogleKeys": {"GoogleCallback"},
        "StripeKeys": {
            "CreatePaymentSession", "CancelPaymentSession", "ReceiveStripeEvent", "ApplyStripeEvent", "ReleaseHolds",
        },
    }


def test_only_functions_that_send_or_check_codes_can_write_them(stacks):
    writers = {
        logical_id
        for stack in stacks
        for logical_id, function in stack.functions.items()
        if any(
            "dynamodb:PutItem" in statement["Action"] and "CODE#*" in json.dumps(statement)
            for policy in function.get("Policies", [])
            for statement in policy["Statement"]
        )
    }
    assert writers == {
        "RegisterUser", "RegisterSeller", "ResendUserCode", "ResendSellerCode", "RequestLoginCode", "ForgotPassword",
        "VerifyUser", "VerifySeller", "ConfirmLoginCode", "VerifyResetCode", "ResetPassword",
    }
