"""What the steps of the boto3 program share: clients, and what is held of answers and errors."""

import datetime
import os

import boto3
from botocore.exceptions import ClientError

PREFIX = "python/"


def client(service="secretsmanager", **changes):
    return boto3.client(service, **changes)


def same(what, got, want):
    assert got == want, f"{what}: {got!r} is not {want!r}"


def recent(what, at):
    assert isinstance(at, datetime.datetime) and at.tzinfo is not None, f"{what}: {at!r}"
    age = (datetime.datetime.now(datetime.timezone.utc) - at).total_seconds()
    assert -60 < age < 600, f"{what} is {at}"


def refused(call, name, text, service="secretsmanager"):
    """Holds the class of the error, as users catch it, and its text. A code without a class is a plain ClientError."""
    try:
        call()
    except ClientError as error:
        same("code", error.response["Error"]["Code"], name)
        assert text in error.response["Error"]["Message"], error
        classes = client(service).exceptions
        assert type(error) is (getattr(classes, name) if hasattr(classes, name) else ClientError), type(error)
        return error
    raise AssertionError(f"{name} is wanted")


def environment(name):
    return os.environ[name]

