"""Limits of AWS that MiniStack 1.5.33 does not enforce. With this module the local cloud does.

tests/templates/test_limits.py checks those that only a deployment meets, such as the pace of API Gateway's control plane.
"""

import functools
import json
from email.utils import parseaddr

# The largest request that an HTTP API accepts
# (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
MAX_REQUEST = 10 * 1024 * 1024
# All inline policies of a role together, in characters other than spaces
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
MAX_POLICIES = 10_240
# All variables of a function together (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
MAX_VARIABLES = 4 * 1024


class _MailResource(str):
    """The identity of a mail's sender. It carries the sender's and the recipients' addresses to the check."""

    sender: str
    recipients: list[str]
    configuration_set: str


def check_mail_as_in_sandbox() -> None:
    """MiniStack checks the permission for SES's SendEmail without a resource. AWS checks it for the sender's identity and,
    as long as an account is in SES's sandbox, for the identity of each recipient, and for the configuration set. Its
    condition `ses:FromAddress` is the sender's address. The local cloud is an account in the sandbox."""
    from ministack.core import iam_actions, iam_evaluator

    extract, enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    @functools.wraps(extract)
    def extract_with_addresses(service, method, path, headers, body, query_params, region, account_id):
        if service == "ses" and (source := iam_actions._query_param(query_params, "Source")):
            sender = parseaddr(source)[1]
            resource = _MailResource(f"arn:aws:ses:{region}:{account_id}:identity/{sender}")
            resource.sender = sender
            named = [name for name in query_params if name.startswith("Destination.") and ".member." in name]
            resource.recipients = [parseaddr(iam_actions._query_param(query_params, name))[1] for name in named]
            name = iam_actions._query_param(query_params, "ConfigurationSetName")
            resource.configuration_set = name and f"arn:aws:ses:{region}:{account_id}:configuration-set/{name}"
            return resource
        return extract(service, method, path, headers, body, query_params, region, account_id)

    @functools.wraps(enforce)
    def enforce_for_addresses(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        if not isinstance(resource_arn, _MailResource):
            return enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        context = (service_context or {}) | {"ses:FromAddress": resource_arn.sender}
        checked = [f"{resource_arn.rsplit('/', 1)[0]}/{each}" for each in [resource_arn.sender, *resource_arn.recipients]]
        if resource_arn.configuration_set:
            checked.append(resource_arn.configuration_set)
        for arn in checked:
            if denied := enforce(access_key_id, iam_action, service, region, arn, context):
                return denied
        return None

    iam_actions.extract_resource_arn, iam_evaluator.enforce = extract_with_addresses, enforce_for_addresses


def refuse_large_resources() -> None:
    """MiniStack deploys policies and variables of any size."""
    from ministack.services.cloudformation import provisioners

    def limited(handler: dict, size_of, most: int, what: str) -> None:
        create = handler["create"]

        @functools.wraps(create)
        def create_within_limit(logical_id, props, *args, **options):
            if (size := size_of(props)) > most:
                raise ValueError(f"{logical_id} has {what} of {size} characters; AWS allows {most}")
            return create(logical_id, props, *args, **options)

        handler["create"] = create_within_limit

    handlers = provisioners._RESOURCE_HANDLERS
    limited(handlers["AWS::IAM::Role"], size_of_policies, MAX_POLICIES, "inline policies")
    limited(handlers["AWS::Lambda::Function"], size_of_variables, MAX_VARIABLES, "variables")


def size_of_policies(role: dict) -> int:
    documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
    return sum(len("".join(json.dumps(each, separators=(",", ":")).split())) for each in documents)


def size_of_variables(function: dict) -> int:
    return len(json.dumps(function.get("Environment", {}).get("Variables", {}), separators=(",", ":")))


def refuse_large_requests(app):
    """Returns the application with the limit of API Gateway, which answers 413 before it calls a function."""

    async def limited(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith("/_aws/execute-api/"):
            headers = dict(scope["headers"])
            if int(headers.get(b"content-length", b"0")) > MAX_REQUEST:
                while (await receive()).get("more_body"):
                    pass  # a client reads no answer before it has sent everything
                body = b'{"message":"Request Entity Too Large"}'
                head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
                await send({"type": "http.response.start", "status": 413, "headers": head})
                await send({"type": "http.response.body", "body": body})
                return
        await app(scope, receive, send)

    return limited
