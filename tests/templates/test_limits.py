"""Limits of AWS that the local cloud does not enforce, because a template or a deployment meets them and no request.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html,
https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html. What a request can meet is in
infra/local/aws_limits.py.
"""

import json
import re

from unroll import IN_A_ROW, ROOT, unrolled

# How many stacks with routes are made at once. A stack makes one route at a time, in a call or two, within a second or two:
# together well below ten calls a second.
CHAINS = 4


def compact(document) -> int:
    """Returns the length of a document without spaces, as AWS counts it. A name that is resolved at deployment counts as
    the text that stands for it, which is about as long."""
    return len(json.dumps(document, separators=(",", ":")))


def test_the_policies_of_a_role_are_small_enough(stack):
    for name, role in stack.of_type("AWS::IAM::Role").items():
        written = sum(compact(policy["PolicyDocument"]) for policy in role.get("Policies", []))
        # IAM allows 10,240 characters for all inline policies of a role.
        assert written <= 8_000, name
        assert compact(role["AssumeRolePolicyDocument"]) <= 2_048, name


def test_the_policies_of_queues_and_buckets_are_small_enough(stack):
    for kind in ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
        for name, policy in stack.of_type(kind).items():
            assert compact(policy["PolicyDocument"]) <= 16_000, name  # both allow 20 KB


def test_no_parameter_is_hidden(stack):
    # SAM asks for a hidden parameter again until it gets an answer, so that nobody could leave it empty. And a secret in a
    # parameter is readable in the processed template.
    for name, parameter in stack.written.get("Parameters", {}).items():
        assert "NoEcho" not in parameter, name


def test_every_parameter_of_a_deployment_has_a_default(root):
    for name, parameter in root.written["Parameters"].items():
        assert "Default" in parameter, name


def test_no_secret_is_made_of_a_parameter(root):
    for name, secret in root.of_type("AWS::SecretsManager::Secret").items():
        assert secret.get("SecretString", "{}") == "{}", name


def test_a_template_is_small_enough(stack):
    assert compact(stack.resources) <= 900_000  # 1 MB
    assert len(stack.written.get("Parameters", {})) <= 180  # 200
    assert len(stack.written.get("Outputs", {})) <= 180  # 200
    assert len(stack.written["Description"]) <= 1_024


def test_a_template_has_few_enough_dynamic_references(stack):
    assert json.dumps(stack.resources).count("{{resolve:") <= 55  # 60


def test_no_loop_reaches_cloudformation(stack):
    assert "Fn::ForEach" not in json.dumps(stack.written)


def test_a_function_fits_into_lambdas_limits(stack, root):
    parameters = root.written["Parameters"]
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        assert compact(function.get("Environment", {})) <= 3_500, name  # 4 KB of variables
        memory = function["MemorySize"]
        if isinstance(memory, dict):
            memory = parameters[memory["Ref"]]["Default"]
        assert function["Timeout"] <= 900 and 128 <= memory <= 3_008, name  # 3,008 MB in new accounts


def test_a_deployment_without_a_failure_can_be_undone(root):
    # A table that refuses to be deleted turns a failed first deployment into one that cannot be removed.
    assert root.written["Parameters"]["Protected"]["Default"] == "false"
    protection = root.of_type("AWS::DynamoDB::Table")["Table"]["DeletionProtectionEnabled"]
    assert protection == {"Fn::If": ["IsProtected", True, False]}


def test_few_routes_are_made_at_once(stacks, root):
    with_routes = {stack.name for stack in stacks if stack.of_type(IN_A_ROW[1])}
    nested = {
        name: each for name, each in root.written["Resources"].items()
        if each["Type"] == "AWS::CloudFormation::Stack" and stem(each) in with_routes
    }  # fmt: skip
    before = {name: each.get("DependsOn") for name, each in nested.items()}
    assert all(each in nested for each in before.values() if each)
    first = [name for name, each in before.items() if each is None]
    # Each stack waits for at most one other, and nobody else waits for that one: that is as many chains as have a first.
    waited_for = [each for each in before.values() if each]
    assert len(waited_for) == len(set(waited_for))
    assert len(first) == CHAINS


def stem(nested: dict) -> str:
    return re.fullmatch(r"infra/(\w+)\.yaml", nested["Properties"]["TemplateURL"])[1]


def test_a_stack_makes_its_routes_one_by_one(stack):
    resources = unrolled(ROOT / ("template.yaml" if stack.name == "template" else f"infra/{stack.name}.yaml"))["Resources"]
    made = [name for name, each in resources.items() if each["Type"] in IN_A_ROW]
    waiting = [resources[name].get("DependsOn") for name in made]
    assert waiting.count(None) <= 1
    assert len(set(waiting)) == len(waiting)


def test_every_call_of_the_api_reaches_a_function(stacks):
    # So Lambda's 6 MB, which the local cloud enforces, are met before API Gateway's 10 MB.
    for stack in stacks:
        for name, each in stack.of_type("AWS::ApiGatewayV2::Integration").items():
            assert each["IntegrationType"] == "AWS_PROXY", name


def test_limits_of_concurrency_fit_into_a_new_account(stacks, root):
    defaults = {name: each.get("Default") for name, each in root.written["Parameters"].items()}
    assert defaults["QueueConcurrency"] == 0
    limits = []
    for stack in stacks:
        for source in stack.of_type("AWS::Lambda::EventSourceMapping").values():
            limit = source.get("ScalingConfig", {})
            if "MaximumConcurrency" in limit:
                limit = limit["MaximumConcurrency"]
                limits.append(defaults[limit["Ref"]] if isinstance(limit, dict) else limit)
    # Ten functions run at once in a new account. Four of them stay free for requests and for the other consumers.
    assert sum(limits) <= 6
    assert defaults["ConcurrencyAlarm"] < 10
