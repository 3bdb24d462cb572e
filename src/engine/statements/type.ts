/** CREATE TYPE ... AS LIST | MAP | (...). Source: documentation of CREATE TYPE. */
import type { TypeItem } from '../../catalog/records.ts';
import { planError } from '../../errors.ts';
import type { CreateType, TypeOption } from '../../sql/nodes.ts';
import { TEXT } from '../../types/registry.ts';
import { formatType } from '../../types/typmod.ts';
import { requireSchemaPrivilege } from '../support/access.ts';
import { checkRoom, createItem, itemBase } from '../support/new-item.ts';
import { creationTarget } from '../support/resolve.ts';
import { columnRecord, resolveType, type ResolvedType } from '../support/types.ts';
import { done, type Handler, type Scope } from './handler.ts';

function typeOption(options: readonly TypeOption[], name: TypeOption['name'], scope: Scope): ResolvedType {
  const given = options.filter((option) => option.name === name);
  if (given.length > 1) throw planError(`${name} specified more than once`);
  if (given.length === 0) throw planError(`${name} option is required`);
  return resolveType(scope, given[0]!.type);
}

function planDetail(
  node: CreateType,
  scope: Scope,
): { detail: TypeItem['detail']; dependsOn: readonly string[] } {
  const { definition } = node;
  const needs = (...types: readonly ResolvedType[]): string[] =>
    types.flatMap((t) => (t.itemId === null ? [] : [t.itemId]));
  switch (definition.kind) {
    case 'list': {
      const element = typeOption(definition.options, 'ELEMENT TYPE', scope);
      const elementText = formatType(element.type, element.typmod);
      return {
        detail: { type: 'list', elementOid: element.type.oid, elementText },
        dependsOn: needs(element),
      };
    }
    case 'map': {
      const key = typeOption(definition.options, 'KEY TYPE', scope);
      const value = typeOption(definition.options, 'VALUE TYPE', scope);
      if (key.type !== TEXT)
        throw planError(`map keys must be of type text, not ${formatType(key.type, key.typmod)}`);
      const valueText = formatType(value.type, value.typmod);
      const detail = { type: 'map', keyOid: key.type.oid, valueOid: value.type.oid, valueText } as const;
      return { detail, dependsOn: needs(key, value) };
    }
    case 'record': {
      const types = definition.columns.map((column) => resolveType(scope, column.type));
      const fields = definition.columns.map((column, i) => columnRecord(column.name, types[i]!, true));
      return { detail: { type: 'record', fields }, dependsOn: needs(...types) };
    }
  }
}

export const createType: Handler<CreateType> = {
  transaction: 'single',
  tag: 'CREATE TYPE',
  async run(node, scope) {
    const target = creationTarget(scope, node.name);
    const { detail, dependsOn } = planDetail(node, scope);
    requireSchemaPrivilege(scope, 'C', target.schema);
    const id = scope.services.committer.reserve('item');
    await scope.commit((tip, ids) => {
      checkRoom(scope, tip, target, 'type', dependsOn);
      const item: TypeItem = {
        kind: 'type',
        ...itemBase(scope, tip, ids, { id, kind: 'type', target, dependsOn }),
        detail,
        arrayOid: ids.nextNumber('oid'),
      };
      return { changes: createItem(scope, tip, ids, item), result: undefined };
    });
    return done('CREATE TYPE');
  },
};
