"""Secrets, their versions, labels, lists and tags."""

from support import PREFIX, client, recent, refused, same

TOKEN = "11111111-2222-3333-4444-555555555555"


def make(name, value="x"):
    return client().create_secret(Name=PREFIX + name, SecretString=value)


def value(secret):
    return client().get_secret_value(SecretId=secret)["SecretString"]


def full(text):
    return client().create_secret(
        Name=PREFIX + "full",
        ClientRequestToken=TOKEN,
        Description="Every parameter, häö",
        KmsKeyId="alias/aws/secretsmanager",
        SecretString=text,
        Type="PythonClient",
        Tags=[{"Key": "team", "Value": "tumbler"}],
        AddReplicaRegions=[{"Region": "eu-west-1", "KmsKeyId": "alias/aws/secretsmanager"}],
        ForceOverwriteReplicaSecret=True,
    )


def create():
    made = full("first ✓")
    same("version", made["VersionId"], TOKEN)
    same("replicas", [one["Status"] for one in made["ReplicationStatus"]], ["InSync"])
    empty = client().create_secret(Name=PREFIX + "empty")
    assert "VersionId" not in empty
    refused(
        lambda: client().get_secret_value(SecretId=empty["ARN"]),
        "ResourceNotFoundException",
        "staging label: AWSCURRENT",
    )


def idempotency():
    same("version", full("first ✓")["VersionId"], TOKEN)
    refused(lambda: full("another"), "ResourceExistsException", "You can't use ClientRequestToken " + TOKEN)
    refused(
        lambda: make("full"),
        "ResourceExistsException",
        f"The operation failed because the secret {PREFIX}full already exists.",
    )


def get():
    arn = client().describe_secret(SecretId=PREFIX + "full")["ARN"]
    for name in (PREFIX + "full", arn, arn[:-7]):
        got = client().get_secret_value(SecretId=name, VersionId=TOKEN, VersionStage="AWSCURRENT")
        same("value", got["SecretString"], "first ✓")
        same("stages", got["VersionStages"], ["AWSCURRENT"])
        recent("CreatedDate", got["CreatedDate"])
    refused(
        lambda: client().get_secret_value(SecretId=arn, VersionId=TOKEN, VersionStage="AWSPREVIOUS"),
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
    )


def binary():
    data = bytes(range(256))
    made = client().create_secret(Name=PREFIX + "binary", SecretBinary=data)
    got = client().get_secret_value(SecretId=made["ARN"])
    same("bytes", got["SecretBinary"], data)
    assert "SecretString" not in got
    large = "ü" * 32768
    client().put_secret_value(SecretId=made["ARN"], SecretString=large)
    same("65,536 bytes", value(made["ARN"]), large)
    refused(
        lambda: client().put_secret_value(SecretId=made["ARN"], SecretBinary=bytes(65537)),
        "ValidationException",
        "Member must have length less than or equal to 65536",
    )


def put():
    made = make("put", "one")
    staged = client().put_secret_value(
        SecretId=made["ARN"],
        ClientRequestToken="22222222-2222-3333-4444-555555555555",
        SecretString="two",
        VersionStages=["TESTING", "AWSPENDING"],
        RotationToken="33333333-2222-3333-4444-555555555555",
    )
    same("stages", sorted(staged["VersionStages"]), ["AWSPENDING", "TESTING"])
    same("current", value(made["ARN"]), "one")
    data = client().put_secret_value(SecretId=made["ARN"], SecretBinary=b"\0\xff")
    same("stages", data["VersionStages"], ["AWSCURRENT"])
    refused(
        lambda: client().put_secret_value(SecretId=made["ARN"]),
        "InvalidRequestException",
        "You must provide either SecretString or SecretBinary.",
    )
    refused(
        lambda: client().put_secret_value(SecretId=made["ARN"], SecretString="a", SecretBinary=b"b"),
        "InvalidParameterException",
        "You can't specify both",
    )


def update():
    made = make("update", "one")
    changed = client().update_secret(
        SecretId=made["Name"],
        ClientRequestToken="44444444-2222-3333-4444-555555555555",
        Description="changed",
        KmsKeyId="alias/aws/secretsmanager",
        SecretString="two",
        Type="PythonClient",
    )
    same("version", changed["VersionId"], "44444444-2222-3333-4444-555555555555")
    client().update_secret(SecretId=made["Name"], SecretBinary=b"\1")
    assert "VersionId" not in client().update_secret(SecretId=made["Name"], Description="")
    described = client().describe_secret(SecretId=made["Name"])
    assert "Description" not in described
    same("key", described["KmsKeyId"], "alias/aws/secretsmanager")
    refused(
        lambda: client().update_secret(SecretId=PREFIX + "none", SecretString="x"),
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    )


def stages():
    made = make("stages", "one")
    second = client().put_secret_value(SecretId=made["ARN"], SecretString="two")
    client().update_secret_version_stage(
        SecretId=made["ARN"],
        VersionStage="AWSCURRENT",
        MoveToVersionId=made["VersionId"],
        RemoveFromVersionId=second["VersionId"],
    )
    same(
        "labels",
        client().describe_secret(SecretId=made["ARN"])["VersionIdsToStages"],
        {made["VersionId"]: ["AWSCURRENT"], second["VersionId"]: ["AWSPREVIOUS"]},
    )
    refused(
        lambda: client().update_secret_version_stage(
            SecretId=made["ARN"], VersionStage="AWSCURRENT", MoveToVersionId=second["VersionId"]
        ),
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty.",
    )
    refused(
        lambda: client().update_secret_version_stage(
            SecretId=made["ARN"], VersionStage="AWSCURRENT", RemoveFromVersionId=made["VersionId"]
        ),
        "InvalidParameterException",
        "You can only move staging label AWSCURRENT",
    )


def describe():
    value(PREFIX + "full")
    got = client().describe_secret(SecretId=PREFIX + "full")
    same("description", got["Description"], "Every parameter, häö")
    same("type", got["Type"], "PythonClient")
    same("tags", got["Tags"], [{"Key": "team", "Value": "tumbler"}])
    same("versions", got["VersionIdsToStages"], {TOKEN: ["AWSCURRENT"]})
    same("primary", got["PrimaryRegion"], "us-east-1")
    same("replica", got["ReplicationStatus"][0]["Region"], "eu-west-1")
    recent("CreatedDate", got["CreatedDate"])
    recent("LastChangedDate", got["LastChangedDate"])
    same("LastAccessedDate", got["LastAccessedDate"].timestamp() % 86400, 0)
    same("absent", {"DeletedDate", "RotationEnabled", "OwningService"} & got.keys(), set())


def list_secrets():
    for name in ("list/b", "list/a", "list/c"):
        client().create_secret(
            Name=PREFIX + name,
            SecretString="x",
            Description="listed here",
            Tags=[{"Key": "python-list", "Value": name}],
        )

    def names(page_size=100, **request):
        pages = client().get_paginator("list_secrets").paginate(
            **request, PaginationConfig={"PageSize": page_size}
        )
        return [entry["Name"].rsplit("/")[-1] for page in pages for entry in page["SecretList"]]

    by_name = [{"Key": "name", "Values": [PREFIX + "list/"]}]
    same(
        "by name",
        names(2, Filters=by_name, SortBy="name", SortOrder="desc", IncludePlannedDeletion=True),
        ["c", "b", "a"],
    )
    same("oldest first", names(1, Filters=by_name, SortBy="created-date", SortOrder="asc"), ["b", "a", "c"])
    same("by tag", names(Filters=[{"Key": "tag-value", "Values": ["list/a"]}, *by_name]), ["a"])
    same("not", names(Filters=[{"Key": "tag-value", "Values": ["!list/a"]}, *by_name]), ["b", "c"])
    refused(lambda: client().list_secrets(NextToken="nonsense"), "InvalidNextTokenException", "")
    refused(
        lambda: client().list_secrets(MaxResults=101),
        "ValidationException",
        "Member must have value less than or equal to 100",
    )
    refused(
        lambda: client().list_secrets(Filters=[{"Key": "colour", "Values": ["red"]}]),
        "ValidationException",
        "Member must satisfy enum value set",
    )


def versions():
    made = make("versions", "1")
    for text in "234":
        client().put_secret_value(SecretId=made["ARN"], SecretString=text)

    def count(**request):
        found, token = 0, {}
        while True:
            page = client().list_secret_version_ids(SecretId=made["ARN"], **request, **token)
            for version in page["Versions"]:
                same("keys", version["KmsKeyIds"], ["DefaultEncryptionKey"])
                recent("CreatedDate", version["CreatedDate"])
            found += len(page["Versions"])
            if "NextToken" not in page:
                return found
            token = {"NextToken": page["NextToken"]}

    same("labelled", count(MaxResults=1), 2)
    same("all", count(MaxResults=3, IncludeDeprecated=True), 4)


def batch():
    got = client().batch_get_secret_value(SecretIdList=[PREFIX + "full", PREFIX + "none", PREFIX + "empty"])
    same("values", [one["SecretString"] for one in got["SecretValues"]], ["first ✓"])
    same("errors", [one["ErrorCode"] for one in got["Errors"]], ["ResourceNotFoundException"] * 2)
    found, token = 0, {}
    while True:
        page = client().batch_get_secret_value(
            Filters=[{"Key": "name", "Values": [PREFIX + "list/"]}], MaxResults=2, **token
        )
        found += len(page["SecretValues"])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    same("by filter", found, 3)
    refused(
        lambda: client().batch_get_secret_value(),
        "InvalidParameterException",
        "Either 'SecretIdList' or 'Filters' must be provided",
    )


def tags():
    made = make("tags")
    client().tag_resource(
        SecretId=made["ARN"], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    )
    client().untag_resource(SecretId=made["ARN"], TagKeys=["b", "never"])
    same("tags", client().describe_secret(SecretId=made["ARN"])["Tags"], [{"Key": "a", "Value": "1"}])


STEPS = {
    "create": create,
    "idempotency": idempotency,
    "get": get,
    "binary": binary,
    "put": put,
    "update": update,
    "stages": stages,
    "describe": describe,
    "list": list_secrets,
    "versions": versions,
    "batch": batch,
    "tags": tags,
}
