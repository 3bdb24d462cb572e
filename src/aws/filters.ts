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
  /** Words of all of it. */
  readonly words: () => readonly string[];
}

interface Kept {
  readonly source: SecretItem;
  readonly facts: Filtered;
}

/** Parting texts into words costs far more than looking at them. */
const kept = new WeakMap<SecretItem, Kept>();

/** Facts of a secret; kept as long as it, its description and its name stay. */
export function filteredFacts(snapshot: Snapshot, item: SecretItem, name: string): Filtered {
  const source = metadataSource(snapshot, item);
  const description = descriptionOf(snapshot, item) ?? '';
  const before = kept.get(item);
  if (before?.source === source && before.facts.description === description && before.facts.name === name) {
    return before.facts;
  }
  const facts = factsOf(source, item.aws?.primaryRegion, name, description);
  kept.set(item, { source, facts });
  return facts;
}

function factsOf(
  source: SecretItem,
  primaryRegion: string | undefined,
  name: string,
  description: string,
): Filtered {
  const { tags, owningService } = awsOf(source);
  const tagKeys = tags.map((tag) => tag.key);
  const tagValues = tags.map((tag) => tag.value);
  let all: readonly string[] | undefined;
  return {
    name,
    description,
    tagKeys,
    tagValues,
    primaryRegion,
    owningService,
    words: () => (all ??= [name, description, ...tagKeys, ...tagValues].flatMap(words)),
  };
}

type Test = (facts: Filtered) => boolean;

/** What a filter looks for, by the text it is given. */
type Matcher = (wanted: string) => Test;

const startsWith = (wanted: string) => (text: string | undefined) => text?.startsWith(wanted) === true;

const MATCHERS: Readonly<Record<string, Matcher>> = {
  name: (wanted) => (facts) => facts.name.startsWith(wanted),
  description: (wanted) => {
    const all = spaced(wanted.toLowerCase());
    return (facts) => everyWordStartsOne(all, spaced(facts.description.toLowerCase()));
  },
  'tag-key': (wanted) => (facts) => facts.tagKeys.some(startsWith(wanted)),
  'tag-value': (wanted) => (facts) => facts.tagValues.some(startsWith(wanted)),
  'primary-region': (wanted) => (facts) => startsWith(wanted)(facts.primaryRegion),
  'owning-service': (wanted) => (facts) => startsWith(wanted)(facts.owningService),
  // The filter's own words part where a field's do: `SecretOne` finds what has a `Secret` and a `One`.
  all: (wanted) => {
    const all = words(wanted);
    return (facts) => everyWordStartsOne(all, facts.words());
  },
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
export function matcherOf(filters: readonly Filter[]): Test {
  const tests = filters.map(({ Key, Values }) => {
    const matcher = Key === undefined ? undefined : MATCHERS[Key];
    if (Key === undefined || matcher === undefined) throw invalidParameter('Invalid filter key');
    if (Values === undefined) throw invalidParameter(`Invalid filter values for key: ${Key}`);
    const byValue = Values.map((value) => valueTest(matcher, value));
    return (facts: Filtered) => byValue.some((test) => test(facts));
  });
  return (facts) => tests.every((test) => test(facts));
}

function valueTest(matcher: Matcher, value: string): Test {
  if (!value.startsWith('!')) return matcher(value);
  const test = matcher(value.slice(1));
  return (facts) => !test(facts);
}
