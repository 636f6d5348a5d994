"""Every function has the least privileges that it needs."""

import json
import re

# The only resources that may contain a wildcard, and why.
WILDCARDS = {
    "/uploads/*": "the keys of uploads are made at run time",
    "/public/*": "the keys of renditions are made at run time",
    "/imports/*": "the keys of imported files are made at run time",
    "/exports/*": "the keys of exported files are made at run time",
    "/manifest/*": "the number of the index's layout is in the code",
    "/manifests/*": "versions of the index are counted at run time",
    "/packs/*": "the keys of the index's files are made at run time",
    "/POST/@connections/*": "connection ids are made at run time",
    "/DELETE/@connections/*": "connection ids are made at run time",
    ":identity/*": "in its sandbox SES checks the recipients' identities, too; a condition names the only sender",
}
# SAM gives every function the right to write logs to any group: three actions, and none of them reads.
LOGS = "AWSLambdaBasicExecutionRole"
# Actions on the table or its index, where the policy must also name the partition.
TABLE_DATA = re.compile(r"dynamodb:(BatchGet|ConditionCheck|Delete|Get|Put|Update)Item|dynamodb:Query")


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def statements(stack) -> list[tuple[str, dict]]:
    found = []
    for name, role in stack.of_type("AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            found += [(name, each) for each in listed(policy["PolicyDocument"]["Statement"])]
    for kind in ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
        for name, policy in stack.of_type(kind).items():
            for each in policy["PolicyDocument"]["Statement"]:
                found += [(name, branch) for branch in (each["Fn::If"][1:] if "Fn::If" in each else [each])]
    return found


def texts(node) -> list[str]:
    """Returns every string within `node`."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts(value)]
    return []


def test_actions_are_named_one_by_one(stack):
    for role, statement in statements(stack):
        assert "NotAction" not in statement, role
        assert not [action for action in listed(statement["Action"]) if "*" in action], role


def test_resources_are_named_one_by_one(stack):
    for role, statement in statements(stack):
        assert "NotResource" not in statement, role
        for text in texts(statement["Resource"]):
            assert "*" not in text or text.endswith(tuple(WILDCARDS)), f"{role}: {text}"


def test_policies_name_the_partitions_of_table_data(stack):
    for role, statement in statements(stack):
        if not [action for action in listed(statement["Action"]) if TABLE_DATA.fullmatch(action)]:
            continue
        keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for key in keys:
            assert re.fullmatch(r"[A-Z]+(#\*)?", key), f"{role}: {key}"


def test_everybody_may_read_only_the_renditions_of_a_deployment_without_cloudfront(stack):
    for role, statement in statements(stack):
        if statement.get("Principal") == "*":
            assert statement["Sid"] == "RenditionsWithoutADistribution", role
            assert (statement["Action"], statement["Resource"]) == ("s3:GetObject", {"Fn::Sub": "${MediaBucket.Arn}/public/*"})


def test_mail_is_sent_in_the_name_of_the_deployment_only(stacks):
    sending = [each for stack in stacks for _, each in statements(stack) if "ses:SendEmail" in listed(each["Action"])]
    assert [each["Condition"] for each in sending] == [{"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}]


def test_logs_are_the_only_managed_policy(stack):
    for name, role in stack.of_type("AWS::IAM::Role").items():
        for policy in role.get("ManagedPolicyArns", []):
            assert json.dumps(policy).rstrip('"}').endswith(LOGS), f"{name}: {policy}"


def test_no_function_is_publicly_callable(stack):
    assert not stack.of_type("AWS::Lambda::Permission")
    assert not stack.of_type("AWS::Lambda::Url")
