/** mz_tumbler.aws_events: what the AWS door was asked and answered. */
import type { Row } from '../../types/datum.ts';
import type { RelationTable } from '../define.ts';
import type { LiveFacts } from '../relation.ts';
import { jsonb, timestamptz } from '../values.ts';

function textField(record: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = record[name];
  return typeof value === 'string' ? value : null;
}

function eventRow({ id, time, record }: ReturnType<LiveFacts['awsEvents']>[number]): Row {
  return [
    id,
    timestamptz(time),
    textField(record, 'eventName'),
    textField(record, 'errorCode'),
    jsonb(record),
  ];
}

export const TUMBLER_AWS_RELATIONS: RelationTable = {
  'mz_tumbler.aws_events': { rows: ({ facts }) => facts.awsEvents().map(eventRow) },
};
