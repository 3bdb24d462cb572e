"""Policies, passwords, replicas, rotation, deletion and keys."""

import datetime
import json
import time

from secrets_steps import make, value
from support import PREFIX, client, environment, recent, refused, same


def statement(principal):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": "*",
                }
            ],
        }
    )


def policy():
    arn = make("policy")["ARN"]
    document, broad = statement({"AWS": "arn:aws:iam::123456789012:root"}), statement("*")
    client().put_resource_policy(SecretId=arn, ResourcePolicy=document, BlockPublicPolicy=True)
    same("policy", client().get_resource_policy(SecretId=arn)["ResourcePolicy"], document)
    assert client().validate_resource_policy(SecretId=arn, ResourcePolicy=document)["PolicyValidationPassed"]
    checked = client().validate_resource_policy(ResourcePolicy=broad)
    assert not checked["PolicyValidationPassed"] and checked["ValidationErrors"][0]["CheckName"]
    refused(
        lambda: client().put_resource_policy(SecretId=arn, ResourcePolicy=broad, BlockPublicPolicy=True),
        "PublicPolicyException",
        "You can't attach a resource-based policy that allows broad access to the secret.",
    )
    refused(
        lambda: client().put_resource_policy(SecretId=arn, ResourcePolicy="{"),
        "MalformedPolicyDocumentException",
        "This resource policy contains a syntax error.",
    )
    client().delete_resource_policy(SecretId=arn)
    assert "ResourcePolicy" not in client().get_resource_policy(SecretId=arn)


def password():
    got = client().get_random_password(
        PasswordLength=64,
        ExcludeCharacters="abc",
        ExcludeNumbers=True,
        ExcludePunctuation=True,
        ExcludeUppercase=True,
        ExcludeLowercase=False,
        IncludeSpace=True,
        RequireEachIncludedType=True,
    )["RandomPassword"]
    same("length", len(got), 64)
    same("characters", set(got) - set("defghijklmnopqrstuvwxyz "), set())
    refused(
        lambda: client().get_random_password(PasswordLength=3),
        "InvalidParameterException",
        "Password length is too short based on the required types.",
    )


def replication():
    made = make("replication")
    added = client().replicate_secret_to_regions(
        SecretId=made["ARN"],
        AddReplicaRegions=[{"Region": "eu-west-1"}, {"Region": "eu-west-2"}],
        ForceOverwriteReplicaSecret=True,
    )
    same("replicas", [one["Region"] for one in added["ReplicationStatus"]], ["eu-west-1", "eu-west-2"])
    refused(
        lambda: client().delete_secret(SecretId=made["ARN"]),
        "InvalidParameterException",
        "that still has replica regions",
    )
    away = client(region_name="eu-west-1")
    copied = away.get_secret_value(SecretId=made["Name"])
    same("ARN", copied["ARN"], made["ARN"].replace("us-east-1", "eu-west-1"))
    refused(
        lambda: away.put_secret_value(SecretId=made["Name"], SecretString="y"),
        "InvalidParameterException",
        "Operation not permitted on a replica secret.",
    )
    same("ARN", away.stop_replication_to_replica(SecretId=made["Name"])["ARN"], copied["ARN"])
    left = client().remove_regions_from_replication(SecretId=made["ARN"], RemoveReplicaRegions=["eu-west-2"])
    same("replicas", left["ReplicationStatus"], [])
    away.put_secret_value(SecretId=made["Name"], SecretString="y")


def rotation():
    arn = make("rotation", "old")["ARN"]
    refused(
        lambda: client().rotate_secret(SecretId=arn),
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
    )
    token = "55555555-2222-3333-4444-555555555555"
    started = client().rotate_secret(
        SecretId=arn,
        ClientRequestToken=token,
        RotationLambdaARN=environment("LAMBDA_ARN"),
        RotationRules={"ScheduleExpression": "rate(10 days)", "Duration": "3h"},
        RotateImmediately=True,
    )
    same("version", started["VersionId"], token)
    for _ in range(200):
        described = client().describe_secret(SecretId=arn)
        if "LastRotatedDate" in described:
            break
        time.sleep(0.05)
    recent("LastRotatedDate", described["LastRotatedDate"])
    assert described["RotationEnabled"] is True
    same("function", described["RotationLambdaARN"], environment("LAMBDA_ARN"))
    same("schedule", described["RotationRules"]["ScheduleExpression"], "rate(10 days)")
    assert described["NextRotationDate"] > described["LastRotatedDate"]
    assert value(arn) != "old"
    refused(
        lambda: client().rotate_secret(
            SecretId=arn,
            RotateImmediately=False,
            RotationRules={"ScheduleExpression": "rate(1 day)", "AutomaticallyAfterDays": 3},
        ),
        "InvalidParameterException",
        "You cannot specify both rotation frequency and schedule expression together.",
    )
    client().cancel_rotate_secret(SecretId=arn)
    assert client().describe_secret(SecretId=arn)["RotationEnabled"] is False


def deletion():
    made = make("deletion")
    refused(
        lambda: client().delete_secret(SecretId=made["ARN"], RecoveryWindowInDays=6),
        "InvalidParameterException",
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    )
    gone = client().delete_secret(SecretId=made["ARN"], RecoveryWindowInDays=7)
    left = gone["DeletionDate"] - datetime.datetime.now(datetime.timezone.utc)
    assert 6.9 < left.total_seconds() / 86400 < 7.1, left
    refused(
        lambda: client().get_secret_value(SecretId=made["ARN"]),
        "InvalidRequestException",
        "because it was marked for deletion.",
    )
    refused(
        lambda: make("deletion"),
        "InvalidRequestException",
        "a secret with this name is already scheduled for deletion.",
    )
    client().restore_secret(SecretId=made["ARN"])
    same("value", value(made["ARN"]), "x")
    client().delete_secret(SecretId=made["ARN"], ForceDeleteWithoutRecovery=True)
    refused(
        lambda: client().describe_secret(SecretId=made["ARN"]),
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    )


def keys():
    kms = client("kms")
    made = kms.create_key(Description="python")["KeyMetadata"]
    recent("CreationDate", made["CreationDate"])
    kms.create_alias(AliasName="alias/python", TargetKeyId=made["KeyId"])
    secret = client().create_secret(Name=PREFIX + "keys", KmsKeyId="alias/python", SecretString="x")
    context = {"a": "1", "b": "2"}
    sealed = kms.encrypt(KeyId=made["Arn"], Plaintext=b"text", EncryptionContext=context)["CiphertextBlob"]
    same("text", kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"], b"text")
    refused(lambda: kms.decrypt(CiphertextBlob=sealed), "InvalidCiphertextException", "", "kms")
    same("length", len(kms.generate_data_key(KeyId=made["KeyId"], KeySpec="AES_256")["Plaintext"]), 32)
    kms.disable_key(KeyId=made["KeyId"])
    refused(
        lambda: client().get_secret_value(SecretId=secret["ARN"]),
        "DecryptionFailure",
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
    )
    refused(
        lambda: client().put_secret_value(SecretId=secret["ARN"], SecretString="y"),
        "EncryptionFailure",
        "Secrets Manager can't encrypt the protected secret text",
    )
    kms.enable_key(KeyId=made["KeyId"])
    same("value", value(secret["ARN"]), "x")
    kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
    same("state", kms.describe_key(KeyId="alias/python")["KeyMetadata"]["KeyState"], "PendingDeletion")
    kms.cancel_key_deletion(KeyId=made["KeyId"])
    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
    assert made["KeyId"] in [key["KeyId"] for page in pages for key in page["Keys"]]
    aliases = kms.get_paginator("list_aliases").paginate(KeyId=made["KeyId"]).build_full_result()["Aliases"]
    same("aliases", [alias["AliasName"] for alias in aliases], ["alias/python"])
    kms.delete_alias(AliasName="alias/python")
    refused(lambda: kms.describe_key(KeyId="alias/python"), "NotFoundException", "", "kms")


STEPS = {
    "policy": policy,
    "password": password,
    "replication": replication,
    "rotation": rotation,
    "deletion": deletion,
    "keys": keys,
}
