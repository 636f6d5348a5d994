"""A rotation of the sealing key never leaves two functions that cannot open what the other seals."""

import pytest
import rotate_sealing_key as rotation


def opens(keys: dict, sealed_with: str) -> bool:
    return sealed_with in [keys["seal"], *keys["open"]]


@pytest.mark.parametrize("interrupted_after", [0, 1, 2])
def test_states_that_functions_have_at_the_same_time_open_what_the_other_seals(interrupted_after):
    before = rotation.parse("first")
    states = [before, *rotation.steps(before, "second")][: interrupted_after + 1]
    states += rotation.steps(states[-1], "third")
    for older, newer in zip(states, states[1:]):
        assert opens(newer, older["seal"]) and opens(older, newer["seal"])
    assert states[-1]["seal"] == "third"


def test_what_was_ever_sealed_stays_open_and_what_was_hashed_keeps_its_hash():
    keys = rotation.parse("key 0")
    for n in range(1, 5):
        keys = rotation.steps(keys, f"key {n}")[-1]
    assert all(opens(keys, f"key {n}") for n in range(5))
    assert keys["hash"] == "key 0"


def test_the_keys_fit_into_the_variables_of_a_function():
    keys = rotation.parse("k" * 64)
    for n in range(50):
        keys = rotation.steps(keys, f"{n:064}")[-1]
    assert len(rotation.json.dumps(keys)) < 2_000
