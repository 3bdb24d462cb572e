"""Errors, signatures and retries."""

from support import PREFIX, client, environment, refused, same


def errors():
    error = refused(
        lambda: client().get_secret_value(SecretId=PREFIX + "none"),
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    )
    facts = error.response["ResponseMetadata"]
    same("status", facts["HTTPStatusCode"], 400)
    same("request id", len(facts["RequestId"]), 36)
    same("Message", error.response["Message"], error.response["Error"]["Message"])
    refused(
        lambda: client().describe_secret(SecretId="no spaces"),
        "ValidationException",
        "Invalid name. Must be a valid name containing alphanumeric characters",
    )


def wrong_keys():
    def listing(key, secret, token=None):
        return client(
            aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token
        ).list_secrets

    known = environment("AWS_ACCESS_KEY_ID")
    refused(
        listing(known, "another"),
        "InvalidSignatureException",
        "The request signature we calculated does not match",
    )
    invalid = "The security token included in the request is invalid."
    refused(listing("AKIANOBODY", "another"), "UnrecognizedClientException", invalid)
    refused(
        listing(known, environment("AWS_SECRET_ACCESS_KEY"), "a-token"), "UnrecognizedClientException", invalid
    )


def clock_skew():
    """botocore does not set its clock right by itself: what it reports is what its users read."""
    ahead = client(endpoint_url=environment("SKEWED_ENDPOINT"))
    refused(ahead.list_secrets, "InvalidSignatureException", "Signature expired: ")


def retries():
    """The first answer is lost, the second request throttled: one version comes of it."""
    faulty = client(endpoint_url=environment("FAULTY_ENDPOINT"))
    made = faulty.create_secret(Name=PREFIX + "retries", SecretString="x")
    same("retries", made["ResponseMetadata"]["RetryAttempts"], 2)
    found = faulty.list_secret_version_ids(SecretId=made["ARN"], IncludeDeprecated=True)
    same("versions", len(found["Versions"]), 1)


STEPS = {
    "errors": errors,
    "wrong keys": wrong_keys,
    "clock skew": clock_skew,
    "retries": retries,
}
