"""A check of this project, and how Schemathesis generates values of the formats that it does not know."""

import datetime
import re

import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import requires_case_meta

# Codes of errors that a schema excludes: a request that its schema allows is never refused with one of them.
FORM = {"control_character", "empty", "malformed", "missing", "too_long", "too_short", "unknown", "unsupported", "wrong_type"}

# Fields that are required in a case that a schema cannot describe: sellers must send a phone number to `update_me`, the
# parameter `subcategory` needs `category`, and the addresses of some countries need a postal code.
SOMETIMES_REQUIRED = {"/phone", "?category", "/zip", "/address/zip"}

# A value in a list of a parameter. Schemathesis does not know that a comma within a value is written `\,`.
LISTED_VALUE = re.compile(r"\?\w+/\d+")

# The years that the API accepts.
schemathesis.openapi.format(
    "date-time",
    st.datetimes(datetime.datetime(2000, 1, 2), datetime.datetime(2199, 12, 30)).map(
        lambda time: time.isoformat(timespec="milliseconds") + "Z"
    ),
)


def is_about_form(error: dict) -> bool:
    is_sometimes_required = error["code"] == "missing" and error["pointer"] in SOMETIMES_REQUIRED
    is_of_split_value = error["code"] == "empty" and LISTED_VALUE.fullmatch(error["pointer"])
    return error["code"] in FORM and not is_sometimes_required and not is_of_split_value


@schemathesis.check
@requires_case_meta
def form_is_accepted(ctx, response, case):
    """A request that its schema allows is not refused for its form."""
    if not case.meta.generation.mode.is_positive or response.status_code not in (400, 415, 422):
        return
    problem = response.json()
    if problem.get("code") in {"malformed_json", "unsupported_media_type", "idempotency_key_malformed"}:
        raise AssertionError(f"a request that its schema allows is refused with {problem['code']}")
    refused = [error for error in problem.get("errors", []) if is_about_form(error)]
    if refused:
        raise AssertionError(f"a request that its schema allows is refused for its form: {refused}")
