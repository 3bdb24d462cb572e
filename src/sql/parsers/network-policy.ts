/** CREATE NETWORK POLICY and ALTER NETWORK POLICY. */
import type { NetworkRule, OptionValue, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlterCommon } from './alter.ts';
import { takeIfExists } from './common.ts';
import { parseOptionList, plainOptions, type OptionTable } from './options.ts';

const RULE_OPTIONS: OptionTable = plainOptions('ACTION', 'ADDRESS', 'DIRECTION');
const POLICY_OPTIONS: OptionTable = [{ words: 'RULES', value: parseRules }];

/** "(" [name "(" option,... ")"],... ")" */
function parseRules(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const rules = stream.parenthesized((): NetworkRule => {
    const name = stream.identifier();
    return { name, options: parseOptionList(stream, RULE_OPTIONS, true) };
  }, true);
  return { kind: 'rules', rules, span: stream.spanFrom(start) };
}

/** create_np = "CREATE" "NETWORK" "POLICY" name "(" "RULES" ["="] "(" [rule,...] ")" ")" */
export function parseCreateNetworkPolicy(stream: TokenStream): Statement {
  const name = stream.identifier();
  return { kind: 'create network policy', name, options: parseOptionList(stream, POLICY_OPTIONS, true) };
}

/** alter_np = "ALTER" "NETWORK" "POLICY" name ("SET" "(" "RULES" ... ")" | "OWNER" "TO" role) */
export function parseAlterNetworkPolicy(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const target = stream.singleName();
  const word = stream.expectOneOf(['SET', 'OWNER', 'RENAME']);
  if (word !== 'SET')
    return parseAlterCommon(stream, word, { objectKind: 'network policy', ifExists, name: target });
  const options = parseOptionList(stream, POLICY_OPTIONS, true);
  return { kind: 'alter network policy', name: target.parts[0] ?? '', options };
}
