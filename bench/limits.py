"""The size limits: what a function may weigh as the zip that Lambda unpacks before it can start."""

import concurrent.futures
import os
import zipfile

import build

# 5 MB, and 3.5 MB for what needs neither Stripe nor images, nor the index of the search, nor a parser of HTML. A function
# that is not named here has the tighter limit.
LIMIT = 3_500_000
LIMIT_WITH_MORE = 5_000_000
WITH_MORE = {
    "index-products",
    "list-all-products",
    "list-offers",
    "list-products",
    "list-related-products",
    "list-shop-offers",
    "list-shop-products",
    "rebuild-index",
    "suggest",
    "create-product",
    "edit-product",
    "run-import",
    "apply-stripe-event",
    "create-payment-session",
    "process-image",
    "receive-stripe-event",
    "release-holds",
    "transform-image",
}


def sizes() -> list[dict]:
    """Name, bytes of the binary, bytes of its zip and the limit in bytes of every function, the largest zip first."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        return sorted(several.map(size, build.functions()), key=lambda row: -row["zip"])


def size(name: str) -> dict:
    with zipfile.ZipFile(build.LAMBDA / name / "bootstrap.zip") as archive:
        binary = archive.read("bootstrap")
    limit = LIMIT_WITH_MORE if name in WITH_MORE else LIMIT
    return {"name": name, "binary": len(binary), "zip": build.shipped_size(binary), "limit": limit}
