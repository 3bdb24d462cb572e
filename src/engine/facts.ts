import { replicaSizes } from '../clusters/sizes.ts';
import type { LiveFacts } from '../relations/relation.ts';
import type { ActivityLog } from './activity.ts';
import type { Sessions } from './engine.ts';
import { MZ_VERSION, visibleVariables } from './variables/definitions.ts';

/** Where the AWS door's audit log is read; it is set when that door opens. */
export interface AwsEventSource {
  events: LiveFacts['awsEvents'];
}

/** pg_settings knows fewer kinds of values; what has a unit or a list shows as text, as SHOW prints it. */
const SETTING_TYPES: Readonly<Record<string, string>> = { boolean: 'bool', numeric: 'real' };

const SETTING_CONTEXTS = {
  session: 'user',
  readOnly: 'internal',
  system: 'sighup',
  superuser: 'sighup',
} as const;

const settings = visibleVariables().map(({ name, initial, description, scope, type }) => ({
  name,
  initial,
  description,
  context: SETTING_CONTEXTS[scope],
  type: SETTING_TYPES[type.name] ?? (/integer/.test(type.name) ? 'integer' : 'string'),
}));

/** The facts of a running server that system relations show. */
export function liveFacts(options: {
  readonly sessions: Sessions;
  readonly activity: ActivityLog;
  readonly clock: () => number;
  readonly aws: AwsEventSource;
}): LiveFacts {
  const { sessions, activity, clock, aws } = options;
  return {
    sessions: () => sessions.live(),
    now: clock,
    startedAt: clock(),
    version: MZ_VERSION,
    activity: () => activity.list(),
    settings: () => settings,
    replicaSizes: () =>
      replicaSizes().map((size) => ({ ...size, creditsPerHour: String(size.creditsPerHour) })),
    awsEvents: () => aws.events(),
  };
}
