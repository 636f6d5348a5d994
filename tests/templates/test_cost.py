"""A deployment that nobody calls costs less than three dollars a month."""

import subprocess
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import cost  # noqa: E402


def total(parameters: dict, with_free: bool = True) -> float:
    return sum(item.cost for item in cost.costs(parameters, with_free))


def test_an_idle_deployment_costs_less_than_three_dollars_a_month():
    printed = subprocess.run([sys.executable, ROOT / "bench" / "cost.py"], capture_output=True, text=True, check=True).stdout
    assert float(printed.splitlines()[-1].split()[-1]) < 3


def test_a_limit_on_every_queue_costs_more():
    assert total({"QueueConcurrency": "2"}) > total({}) + 1.5


def test_a_deployment_with_google_has_one_secret_more():
    assert total({"GoogleClientId": "souk"}) == pytest.approx(total({}) + 0.40)


def test_a_second_deployment_has_no_free_amounts():
    assert total({}, with_free=False) > total({})


def test_schedules_are_counted():
    assert cost.calls_a_month("rate(1 minute)") == 730 * 60
    assert cost.calls_a_month("rate(5 minutes)") == 730 * 12
    assert cost.calls_a_month("rate(1 hour)") == 730
    assert cost.calls_a_month("cron(0 3 * * ? *)") == pytest.approx(30.4, abs=0.1)
    with pytest.raises(ValueError, match="unknown schedule"):
        cost.calls_a_month("at(2026-01-01T00:00:00)")


def test_every_price_has_a_source():
    assert all(price["source"].startswith("https://aws.amazon.com/") for price in cost.PRICES["prices"].values())
