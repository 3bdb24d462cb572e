"""boto3: every operation with every parameter, pages, typed errors, retries, signatures. `ok <step>`: it went well."""

import boto3
import life_steps
import protocol_steps
import secrets_steps

print("version", boto3.__version__)
for name, step in {**secrets_steps.STEPS, **life_steps.STEPS, **protocol_steps.STEPS}.items():
    step()
    print("ok", name, flush=True)
