/** Rotation as DescribeSecret and ListSecrets show it, and when it is due. Source: reference aws-secrets-manager 2.6. */
import type { SecretItem } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { CURRENT } from '../../secrets/versions.ts';
import { present, type Fields } from '../protocol/operation.ts';
import { labelled, metadataSource, seconds } from '../secret-facts.ts';
import { daysBetween, openWindow, type Window } from './schedule.ts';

/** The window of the next scheduled rotation, open or to come. A value written by hand counts as a rotation. */
export function dueWindow(snapshot: Snapshot, item: SecretItem, now: number): Window | undefined {
  const rotation = item.aws?.rotation;
  if (rotation?.enabled !== true || rotation.rules === undefined) return undefined;
  const { configuredAt, lastRotatedDate } = rotation;
  const written = labelled(snapshot, item, CURRENT)?.createdAt ?? 0;
  const base = Math.max(configuredAt, lastRotatedDate ?? 0, written);
  return openWindow(rotation.rules, configuredAt, base, now);
}

/** Members about rotation; none on a secret that never was set up for it. */
export function shownRotation(snapshot: Snapshot, item: SecretItem, now: number): Fields {
  const source = metadataSource(snapshot, item);
  const rotation = source.aws?.rotation;
  if (rotation === undefined) return {};
  const { rules, lastRotatedDate } = rotation;
  const due = dueWindow(snapshot, source, now);
  return {
    RotationEnabled: rotation.enabled,
    RotationLambdaARN: rotation.lambdaArn,
    RotationRules:
      rules === undefined
        ? undefined
        : present({
            AutomaticallyAfterDays: daysBetween(rules, rotation.configuredAt),
            Duration: rules.duration,
            ScheduleExpression: rules.scheduleExpression,
          }),
    ExternalSecretRotationMetadata: rotation.externalMetadata?.map(({ key, value }) => ({
      Key: key,
      Value: value,
    })),
    ExternalSecretRotationRoleArn: rotation.externalRoleArn,
    LastRotatedDate: lastRotatedDate === undefined ? undefined : seconds(lastRotatedDate),
    // The last second of the window: a rotation is due by then.
    NextRotationDate: due === undefined ? undefined : seconds(due.end - 1000),
  };
}
