"""Restores the table of a deployed Souk to an earlier second, as a new table that the deployment can use.

    restore_table.py <table> <time> <new table>      for example souk-dev-Table-1ABC 2026-11-21T09:30:00Z souk-dev-restored

DynamoDB restores into a new table without the stream, the expiry, the backups and the protection of the old one. This
command adds them and prints the two parameters with which `make deploy` makes the deployment use the new table. It changes
nothing about the old table. If it was interrupted, run it again: it continues.

Region and credentials come from the environment, as for all AWS tools.
"""

import datetime
import sys

import boto3
from botocore.exceptions import ClientError

# Restoring takes at least some ten minutes, and hours for a large table.
WAITING = {"Delay": 20, "MaxAttempts": 3 * 60 * 24}


def restore(client, table: str, at: datetime.datetime, new: str, waiting: dict = WAITING) -> str:
    """Restores `table` as of `at` into the table `new`. Returns the ARN of the new table's stream."""
    try:
        client.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=new, RestoreDateTime=at)
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in ("TableAlreadyExistsException", "ResourceInUseException"):
            raise
    client.get_waiter("table_exists").wait(TableName=new, WaiterConfig=waiting)
    described = client.describe_table(TableName=new)["Table"]
    if not described.get("StreamSpecification", {}).get("StreamEnabled"):
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        described = client.update_table(TableName=new, StreamSpecification=stream)["TableDescription"]
        client.get_waiter("table_exists").wait(TableName=new, WaiterConfig=waiting)
    if client.describe_time_to_live(TableName=new)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        client.update_time_to_live(TableName=new, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
    backups = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName=new, PointInTimeRecoverySpecification=backups)
    client.update_table(TableName=new, DeletionProtectionEnabled=True)
    return described["LatestStreamArn"]


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    table, time, new = sys.argv[1:]
    at = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    if at.tzinfo is None:
        sys.exit(f"{time} names no time zone: write 2026-11-21T09:30:00Z for UTC")
    stream = restore(boto3.client("dynamodb"), table, at, new)
    print(f"ExistingTable={new}\nExistingTableStream={stream}")


if __name__ == "__main__":
    main()
