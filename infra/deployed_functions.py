"""The functions of a deployed Souk that read a secret when they start, and their restart."""

import datetime


def readers(client, prefix: str, variable: str) -> dict[str, dict[str, str]]:
    """Returns the variables of each function that has the variable with the name of a secret, by the function's name."""
    pages = client.get_paginator("list_functions").paginate()
    functions = [function for page in pages for function in page["Functions"]]
    variables = {
        function["FunctionName"]: function.get("Environment", {}).get("Variables", {})
        for function in functions
        if function["FunctionName"].startswith(f"{prefix}-")
    }
    return {name: settings for name, settings in variables.items() if settings.get(variable)}


def restart(client, name: str, settings: dict[str, str]) -> None:
    """Ends the processes of a function, which hold what they read when they started. Returns when calls reach new ones."""
    # A changed variable ends them. The next deployment of another configuration removes the variable again.
    since = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    client.update_function_configuration(FunctionName=name, Environment={"Variables": settings | {"SECRETS_SINCE": since}})
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
