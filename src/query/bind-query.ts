/** From a parsed query to a bound one: the way in to binding. */
import { unsupported } from '../errors.ts';
import type { Query } from '../sql/nodes.ts';
import { Binding, ParameterTypes } from './bind/binding.ts';
import { Level, QueryArguments } from './bind/level.ts';
import { nameReferences } from './bind/references.ts';
import { bindSelect } from './bind/select.ts';
import type { BoundQuery } from './plan.ts';
import type { SessionContext } from './session-context.ts';

export interface BindOptions {
  /** Types of parameters as the client gave them; 0 means to infer. */
  readonly parameterTypes: readonly number[];
  /** Refuse parameters: `there is no parameter $1` (42P02). */
  readonly noParameters?: boolean;
  /** Refuse `FROM (SHOW ...)`: what it lists depends on the session, so no view may hold it. */
  readonly noShow?: boolean;
}

/** Binds a query for a session. Throws SqlError for names, types and forms that do not fit. */
export function bindQuery(query: Query, session: SessionContext, options: BindOptions): BoundQuery {
  if (query.asOf !== null) throw unsupported('AS OF');
  const parameters =
    options.noParameters === true
      ? ParameterTypes.none()
      : ParameterTypes.of(options.parameterTypes, session);
  const binding = new Binding(session, parameters, query.source);
  binding.showAllowed = options.noShow !== true;
  const level = new Level(binding, new QueryArguments(null), null);
  const { plan, columns } = bindSelect(level, query.ast, { settle: true });
  return {
    kind: 'query',
    columns: columns.map(({ name, type, typmod, nullable }) => ({ name, type, typmod, nullable })),
    parameters: parameters.settled(),
    plan,
    relations: binding.uses,
    references: nameReferences(query.source, binding),
    isConstant: binding.uses.length === 0,
  };
}
