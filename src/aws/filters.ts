/** Filters of ListSecrets and BatchGetSecretValue. Source: reference aws-secrets-manager 2.7. */
import type { SecretItem } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { invalidParameter } from './protocol/errors.ts';
import { awsOf, descriptionOf, metadataSource } from './secret-facts.ts';
import type { Filter } from './shapes.ts';

/** What filters look at. */
export interface Filtered {
  readonly name: string;
  readonly description: string;
  readonly tagKeys: readonly string[];
  readonly tagValues: readonly string[];
  readonly primaryRegion: string | undefined;
  readonly owningService: string | undefined;
}

export function filteredFacts(snapshot: Snapshot, item: SecretItem, name: string): Filtered {
  const { tags, owningService } = awsOf(metadataSource(snapshot, item));
  return {
    name,
    description: descriptionOf(snapshot, item) ?? '',
    tagKeys: tags.map((tag) => tag.key),
    tagValues: tags.map((tag) => tag.value),
    primaryRegion: item.aws?.primaryRegion,
    owningService,
  };
}

type Matcher = (facts: Filtered, wanted: string) => boolean;

const startsWith = (wanted: string) => (text: string | undefined) => text?.startsWith(wanted) === true;

const MATCHERS: Readonly<Record<string, Matcher>> = {
  name: (facts, wanted) => facts.name.startsWith(wanted),
  description: (facts, wanted) =>
    everyWordStartsOne(spaced(wanted.toLowerCase()), spaced(facts.description.toLowerCase())),
  'tag-key': (facts, wanted) => facts.tagKeys.some(startsWith(wanted)),
  'tag-value': (facts, wanted) => facts.tagValues.some(startsWith(wanted)),
  'primary-region': (facts, wanted) => startsWith(wanted)(facts.primaryRegion),
  'owning-service': (facts, wanted) => startsWith(wanted)(facts.owningService),
  // The filter's own words part where a field's do: `SecretOne` finds what has a `Secret` and a `One`.
  all: (facts, wanted) =>
    everyWordStartsOne(
      words(wanted),
      [facts.name, facts.description, ...facts.tagKeys, ...facts.tagValues].flatMap(words),
    ),
};

function spaced(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function everyWordStartsOne(wanted: readonly string[], found: readonly string[]): boolean {
  return wanted.length > 0 && wanted.every((word) => found.some((candidate) => candidate.startsWith(word)));
}

/** Words of a field for `all`, in lower case: parted at spaces, punctuation and changes of case. */
export function words(text: string): readonly string[] {
  return text
    .split(/[ /\-_+=.@]+/)
    .flatMap((part) => part.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/))
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** A test for all filters at once: every filter must hold, by any of its values. Throws for a filter without parts. */
export function matcherOf(filters: readonly Filter[]): (facts: Filtered) => boolean {
  const tests = filters.map(({ Key, Values }) => {
    const matcher = Key === undefined ? undefined : MATCHERS[Key];
    if (Key === undefined || matcher === undefined) throw invalidParameter('Invalid filter key');
    if (Values === undefined) throw invalidParameter(`Invalid filter values for key: ${Key}`);
    return (facts: Filtered) => Values.some((value) => matchesValue(matcher, facts, value));
  });
  return (facts) => tests.every((test) => test(facts));
}

function matchesValue(matcher: Matcher, facts: Filtered, value: string): boolean {
  return value.startsWith('!') ? !matcher(facts, value.slice(1)) : matcher(facts, value);
}
