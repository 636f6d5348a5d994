"""What is built, by which name, and with which features."""

import subprocess
import zipfile

import build
import pytest
from processes import Failed

KNOWN = ["delete-shop", "edit-product", "get-product", "get-shop", "list-products"]


def features(edges: str) -> dict[str, set[str]]:
    """The features that each package is compiled with, when the dependencies along `edges` count."""
    command = ["cargo", "tree", "--workspace", "--edges", edges, "--prefix", "none", "--format", "{p} | {f}"]
    listing = subprocess.run(command, cwd=build.ROOT, capture_output=True, text=True, check=True).stdout
    found: dict[str, set[str]] = {}
    for line in filter(None, listing.splitlines()):
        package, chosen = line.removesuffix(" (*)").split(" | ")
        found.setdefault(package, set()).add(chosen)
    return found


def test_tests_choose_no_features_of_what_functions_are_made_of():
    # Otherwise `make test` compiles those crates and all their dependents again. The fix is a line in tests/Cargo.toml.
    without, with_tests = features("normal,build"), features("normal,build,dev")
    differing = {package: (chosen, with_tests[package]) for package, chosen in without.items() if chosen != with_tests[package]}
    assert not differing


@pytest.mark.parametrize("spelled", ["get-product", "get_product", "GetProduct"])
def test_a_function_is_found_in_every_spelling(spelled):
    assert build.named([spelled], KNOWN) == ["get-product"]


def test_a_logical_id_is_the_name_without_dashes():
    assert build.logical_id("get-product") == "GetProduct"
    assert all(build.dashed(build.logical_id(name)) == name for name in build.functions())


def test_several_names_keep_their_order_and_count_once():
    assert build.named(["get-shop", "get-product", "GetShop"], KNOWN) == ["get-shop", "get-product"]


def test_a_wrong_name_is_told_with_those_like_it():
    with pytest.raises(Failed, match="no function get-prodct. Did you mean get-product or"):
        build.named(["get-prodct"], KNOWN)


def test_a_part_of_a_name_is_told_with_those_that_have_it():
    with pytest.raises(Failed, match="get-shop"):
        build.named(["shop"], KNOWN)


def test_a_name_like_no_other_is_told_without_suggestions():
    with pytest.raises(Failed, match="no function xyzzy. README.md"):
        build.named(["xyzzy"], KNOWN)


def test_the_same_binary_makes_the_same_zip(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "RELEASE", tmp_path)
    monkeypatch.setattr(build, "LAMBDA", tmp_path / "lambda")
    zips = []
    for _ in range(2):
        (tmp_path / "get-product").write_bytes(b"code " * 1000)
        build.pack("get-product")
        zips.append((tmp_path / "lambda" / "get-product" / "bootstrap.zip").read_bytes())
    assert zips[0] == zips[1]


def test_a_zip_holds_an_executable_bootstrap_and_follows_its_binary(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "RELEASE", tmp_path)
    monkeypatch.setattr(build, "LAMBDA", tmp_path / "lambda")
    for code in (b"old", b"new"):
        (tmp_path / "get-product").write_bytes(code)
        build.pack("get-product")
        with zipfile.ZipFile(tmp_path / "lambda" / "get-product" / "bootstrap.zip") as archive:
            assert archive.read("bootstrap") == code
            assert archive.getinfo("bootstrap").external_attr >> 16 & 0o111
