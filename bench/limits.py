"""The size limits of the zips that Lambda unpacks before a function can start."""

import concurrent.futures
import os
import zipfile

import build

# The budget of decision 34: 5 MB, and 6 MB for the functions that hold S3, the search index, PDF or pictures.
# A function that is not named here has the tighter limit.
LIMIT = 5_000_000
LIMIT_WITH_FILES = 6_000_000
WITH_FILES = {
    # The search index, in S3
    "index-products",
    "list-all-products",
    "list-offers",
    "list-products",
    "list-related-products",
    "list-shop-offers",
    "list-shop-products",
    "rebuild-index",
    "suggest",
    # Pictures, in S3
    "create-upload",
    "process-image",
    "purge-media",
    "transform-image",
    # Files of imports and exports, in S3
    "get-job",
    "list-jobs",
    "run-export",
    "run-import",
    "start-export",
    "start-import",
}


def sizes() -> list[dict]:
    """Name, bytes of the binary, bytes of its zip and the limit in bytes of every function, the largest zip first."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        return sorted(several.map(size, build.functions()), key=lambda row: -row["zip"])


def size(name: str) -> dict:
    with zipfile.ZipFile(build.LAMBDA / name / "bootstrap.zip") as archive:
        binary = archive.read("bootstrap")
    limit = LIMIT_WITH_FILES if name in WITH_FILES else LIMIT
    return {"name": name, "binary": len(binary), "zip": build.shipped_size(binary), "limit": limit}
