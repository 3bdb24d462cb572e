"""The caches that applications read secrets through: AWS's caching client, and the parameters of Lambda Powertools."""

import boto3
from aws_lambda_powertools.utilities import parameters
from aws_secretsmanager_caching import InjectKeywordedSecretString, SecretCache, SecretCacheConfig
from support import PREFIX, client, same

SECRET = PREFIX + "cached"
print("version", boto3.__version__)
client().create_secret(Name=SECRET, SecretString='{"user": "app", "password": "first"}')
client().create_secret(Name=PREFIX + "bytes", SecretBinary=b"\0\xff")

cache = SecretCache(config=SecretCacheConfig(secret_refresh_interval=3600), client=client())
same("value", cache.get_secret_string(SECRET), '{"user": "app", "password": "first"}')
same("bytes", cache.get_secret_binary(PREFIX + "bytes"), b"\0\xff")
client().update_secret(SecretId=SECRET, SecretString='{"user": "app", "password": "second"}')
assert "first" in cache.get_secret_string(SECRET)
print("ok keeps what it read")
cache.refresh_secret_now(SECRET)
assert "second" in cache.get_secret_string(SECRET)
assert "first" in cache.get_secret_string(SECRET, version_stage="AWSPREVIOUS")
print("ok refreshes")


@InjectKeywordedSecretString(secret_id=SECRET, cache=cache, name="user", password="password")
def decorated(name, password):
    return name, password


same("decorated", decorated(), ("app", "second"))
print("ok decorates")

provider = parameters.SecretsProvider(boto3_client=client())
same("powertools", provider.get(SECRET, transform="json")["password"], "second")
provider.set(name=SECRET, value='{"password": "third"}')
same("powertools", provider.get(SECRET, transform="json", force_fetch=True)["password"], "third")
previous = provider.get(SECRET, VersionStage="AWSPREVIOUS", transform="json", force_fetch=True)
same("label", previous["password"], "second")
print("ok powertools")
