/** BatchGetSecretValue. Source: reference aws-secrets-manager 2.14. */
import type { Snapshot } from '../../catalog/snapshot.ts';
import { checkCaller } from '../access.ts';
import { findSecret } from '../find-secret.ts';
import { listPage } from '../listing.ts';
import { arnOf } from '../names.ts';
import { AwsError, invalidParameter } from '../protocol/errors.ts';
import { present, type Call, type Fields, type Operation } from '../protocol/operation.ts';
import { noteValueRead } from '../audit/value-read.ts';
import { versionToRead } from '../value.ts';
import type { Input } from '../shapes.ts';
import { showValue } from './get-secret-value.ts';

const PAGE = 20;

export const batchGetSecretValue: Operation<'BatchGetSecretValue'> = {
  readOnly: true,
  async run(call, input) {
    const { ids, nextToken, snapshot } = await selected(call, input);
    const values: Fields[] = [];
    const errors: Fields[] = [];
    for (const id of ids) {
      const outcome = await readOne(call, snapshot, id);
      if (outcome instanceof AwsError) {
        errors.push({ SecretId: id, ErrorCode: outcome.code, Message: outcome.message });
      } else values.push(outcome);
      noteValueRead(call, id, outcome instanceof AwsError ? outcome : undefined);
    }
    return present({ SecretValues: values, Errors: errors, NextToken: nextToken });
  },
};

interface Selected {
  readonly ids: readonly string[];
  readonly nextToken?: string | undefined;
  readonly snapshot: Snapshot;
}

async function selected(call: Call, input: Input<'BatchGetSecretValue'>): Promise<Selected> {
  const { SecretIdList: ids, Filters: filters, MaxResults: size, NextToken: nextToken } = input;
  if ((ids === undefined) === (filters === undefined)) {
    throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  }
  if (ids !== undefined) {
    if (size !== undefined) {
      throw invalidParameter(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
      );
    }
    const snapshot = call.room.committer.current();
    checkCaller(call, snapshot, '*');
    return { ids, snapshot };
  }
  const page = await listPage(call, {
    filters: filters ?? [],
    sortBy: 'created-date',
    descending: false,
    includeDeleted: false,
    pageSize: size ?? PAGE,
    nextToken,
  });
  return {
    ids: page.secrets.map((item) => arnOf(page.snapshot, call.room.home, item)),
    nextToken: page.nextToken,
    snapshot: page.snapshot,
  };
}

async function readOne(batch: Call, snapshot: Snapshot, secretId: string): Promise<Fields | AwsError> {
  const call: Call = { ...batch, action: 'GetSecretValue', input: { SecretId: secretId } };
  try {
    const item = findSecret(call, snapshot, secretId, { need: 'owner', evenReplica: true });
    return await showValue(call, snapshot, item, versionToRead(snapshot, item, {}));
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
