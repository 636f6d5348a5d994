"""One name everywhere: module = binary = logical id = event file. The deployment matches the declarations in the
code."""

import json
import subprocess

import pytest
from conftest import ROOT


def dashed(logical_id: str) -> str:
    """Converts `CreateProduct` to `create-product`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in logical_id).lstrip("-")


def routes(stack) -> dict[str, str]:
    """Returns the route of each function of a stack, by the function's name. Socket routes start with `$`."""
    integrations = stack.of_type("AWS::ApiGatewayV2::Integration")
    found = {}
    for name, route in stack.of_type("AWS::ApiGatewayV2::Route").items():
        function = name.removesuffix("Route")
        assert f"{function}Integration" in integrations
        assert function in json.dumps(integrations[f"{function}Integration"]["IntegrationUri"])
        found[dashed(function)] = route["RouteKey"]
    return found


def called_by_deployments(stack) -> set[str]:
    """Returns the functions that a stack's custom resources call."""
    custom = [each for each in stack.resources.values() if each["Type"].startswith("Custom::")]
    return {each["Properties"]["ServiceToken"]["Fn::GetAtt"][0] for each in custom}


@pytest.fixture
def functions() -> dict[str, dict]:
    """Returns the declarations in the code, by function name."""
    listing = subprocess.run([ROOT / "target/release/xtask", "functions"], capture_output=True, text=True, check=True)
    return {function["name"].replace("_", "-"): function for function in json.loads(listing.stdout)}


def test_a_function_is_named_like_its_binary(stack):
    for logical_id, function in stack.functions.items():
        name = dashed(logical_id)
        assert function["FunctionName"] == {"Fn::Sub": f"${{Prefix}}-{name}"}
        assert function["CodeUri"] == f"../target/lambda/{name}/bootstrap.zip"


def test_a_function_has_a_binary_a_module_and_an_event(stack):
    for logical_id in stack.functions:
        name = dashed(logical_id)
        service = ROOT / "functions" / stack.name / "src"
        assert (service / "bin" / f"{name}.rs").is_file(), name
        module = name.replace("-", "_")
        assert list(service.glob(f"*/{module}.rs")), name
        json.loads((ROOT / "events" / f"{name}.json").read_text())


def test_a_binary_belongs_to_a_deployed_function(stacks):
    deployed = {dashed(logical_id) for stack in stacks for logical_id in stack.functions}
    binaries = {binary.stem for binary in ROOT.glob("functions/*/src/bin/*.rs")}
    assert binaries == deployed


def test_every_event_belongs_to_a_function(stacks):
    deployed = {dashed(logical_id) for stack in stacks for logical_id in stack.functions}
    assert {event.stem for event in (ROOT / "events").glob("*.json")} == deployed


def test_every_function_is_called_by_something(stack):
    sources = json.dumps([each["FunctionName"] for each in stack.of_type("AWS::Lambda::EventSourceMapping").values()])
    schedules = json.dumps(list(stack.of_type("AWS::Scheduler::Schedule").values()))
    for logical_id in stack.functions:
        called = dashed(logical_id) in routes(stack) or f'"{logical_id}"' in sources or f'"{logical_id}"' in schedules
        assert called or logical_id in called_by_deployments(stack), logical_id


def test_every_route_has_permission_to_call_its_function(stack):
    routed = set(routes(stack))
    if not routed:
        return
    allowed = stack.of_type("AWS::IAM::Role")["InvokeRole"]["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"]
    assert {dashed(each["Fn::GetAtt"][0]) for each in allowed} == routed


def test_deployed_routes_match_the_declared_ones(stacks, functions):
    declared = {name: function["route"] for name, function in functions.items() if function["kind"] in ("endpoint", "socket")}
    deployed = {}
    for stack in stacks:
        deployed |= routes(stack)
    assert deployed == declared


def test_deployed_functions_match_the_declared_ones(stacks, functions):
    deployed = {}
    for stack in stacks:
        sources = stack.of_type("AWS::Lambda::EventSourceMapping").values()
        streams = {each["FunctionName"]["Ref"] for each in sources if "StartingPosition" in each}
        consumers = {each["FunctionName"]["Ref"] for each in sources} - streams
        routed, by_deployments = routes(stack), called_by_deployments(stack)
        for logical_id in stack.functions:
            name = dashed(logical_id)
            if name in routed:
                deployed[name] = "socket" if routed[name].startswith("$") else "endpoint"
            elif logical_id in by_deployments:
                deployed[name] = "deployment"
            else:
                deployed[name] = (
                    "stream" if logical_id in streams else "consumer" if logical_id in consumers else "schedule"
                )
    assert deployed == {name: function["kind"] for name, function in functions.items()}
