"""The size limits: what a function may weigh as the zip that Lambda unpacks before it can start."""

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
    rows = []
    for name in build.functions():
        packed = build.LAMBDA / name / "bootstrap.zip"
        with zipfile.ZipFile(packed) as archive:
            binary = archive.getinfo("bootstrap").file_size
        limit = LIMIT_WITH_MORE if name in WITH_MORE else LIMIT
        rows.append({"name": name, "binary": binary, "zip": packed.stat().st_size, "limit": limit})
    return sorted(rows, key=lambda row: -row["zip"])
