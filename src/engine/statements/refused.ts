/** Statements that parse and are refused by name: what they ask for is no part of this server. */
import { SqlError } from '../../errors.ts';
import type { CreateSubsource, CreateTableFromWebhook, Statement, Subscribe } from '../../sql/nodes.ts';
import type { Handler } from './handler.ts';

/** A handler that refuses with 0A000 already when the statement is planned. */
function refused<N extends Statement>(tag: string, message: string): Handler<N> {
  const refuse = (): never => {
    throw new SqlError('0A000', message);
  };
  return { transaction: 'free', tag, describe: refuse, run: refuse };
}

export const subscribe: Handler<Subscribe> = refused('SUBSCRIBE', 'SUBSCRIBE is not supported');

/** Subsources come with CREATE SOURCE; upstream refuses the statement in the same words. */
export const createSubsource: Handler<CreateSubsource> = refused(
  'CREATE SUBSOURCE',
  'CREATE SUBSOURCE statements are not supported',
);

export const createTableFromWebhook: Handler<CreateTableFromWebhook> = refused(
  'CREATE TABLE',
  'CREATE TABLE ... FROM WEBHOOK is not supported',
);
