"""The drill of docs/operations.md, "Restoring the table", against the local cloud and the templates."""

import datetime
import json
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest
import restore_table
from stack import REGION, ROOT, TOOLS, Stack

sys.path.insert(0, str(ROOT / "bench"))

from cost import Deployment  # noqa: E402

INDEXES = ("gsi1", "gsi2", "gsi3")
SOON = {"Delay": 1, "MaxAttempts": 10}


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture
def dynamodb(tmp_path):
    """A client of a local cloud without a deployment."""
    stack = Stack("restore", free_port(), 0, 0, 0)
    environment = stack.cloud_environment | {"TMPDIR": str(tmp_path)}
    cloud = subprocess.Popen(
        [TOOLS / "cloud" / "bin" / "python", ROOT / "infra" / "local" / "cloud.py"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"{stack.cloud}/_ministack/ready")
        yield boto3.client(
            "dynamodb", endpoint_url=stack.cloud, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
        )
    finally:
        cloud.terminate()
        cloud.wait()


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")


def make_table(client) -> None:
    """Makes a table with the keys, the indexes and the backups of template.yaml."""
    table = Deployment(ROOT / "template.yaml", {}).of_type("AWS::DynamoDB::Table")[0]
    client.create_table(
        TableName="old",
        BillingMode=table["BillingMode"],
        KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"],
        GlobalSecondaryIndexes=table["GlobalSecondaryIndexes"],
    )
    backups = table["PointInTimeRecoverySpecification"]
    client.update_continuous_backups(TableName="old", PointInTimeRecoverySpecification=backups)
    client.put_item(TableName="old", Item={"pk": {"S": "SITE"}, "sk": {"S": "SITE"}})


def test_a_restored_table_has_what_the_template_gives_its_own(dynamodb):
    make_table(dynamodb)
    now = datetime.datetime.now(datetime.timezone.utc)
    stream = restore_table.restore(dynamodb, "old", now, "restored", SOON)
    assert restore_table.restore(dynamodb, "old", now, "restored", SOON) == stream, "a second run continues"

    made = dynamodb.describe_table(TableName="restored")["Table"]
    assert (made["LatestStreamArn"], made["DeletionProtectionEnabled"]) == (stream, True)
    assert made["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert sorted(each["IndexName"] for each in made["GlobalSecondaryIndexes"]) == list(INDEXES)
    ttl = dynamodb.describe_time_to_live(TableName="restored")["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")
    backups = dynamodb.describe_continuous_backups(TableName="restored")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.scan(TableName="restored")["Count"] == 1


def test_a_deployment_uses_the_restored_table_and_keeps_no_own():
    stream = "arn:aws:dynamodb:eu-central-1:1:table/restored/stream/1"
    root = Deployment(ROOT / "template.yaml", {"ExistingTable": "restored", "ExistingTableStream": stream})
    assert not root.of_type("AWS::DynamoDB::Table")
    nested = [each["Parameters"] for each in root.of_type("AWS::CloudFormation::Stack")]
    assert {each["TableName"] for each in nested if "TableName" in each} == {"restored"}
    assert {each["StreamArn"] for each in nested if "StreamArn" in each} == {stream}
    arns = {json.dumps(each["TableArn"]) for each in nested if "TableArn" in each}
    assert len(arns) == 1 and "table/${ExistingTable}" in arns.pop()


def test_the_old_table_stays_when_a_deployment_leaves_it():
    table = Deployment(ROOT / "template.yaml", {}).resources["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
