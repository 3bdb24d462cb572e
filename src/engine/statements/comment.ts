/** COMMENT ON. Source: documentation of COMMENT ON. */
import { del, keyOf, put } from '../../catalog/changes.ts';
import type { CommentRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import type { CommentOn } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { requireOwner, requireSystemPrivilege } from '../support/access.ts';
import { commentTarget, type CommentTarget } from '../support/comment-target.ts';
import { written } from '../support/resolve.ts';
import { done, type Handler } from './handler.ts';

const MAX_COMMENT_BYTES = 1024;

export const commentOn: Handler<CommentOn> = {
  transaction: 'single',
  tag: 'COMMENT',
  async run(node, scope) {
    checkLength(node.comment);
    const target = commentTarget(scope, node);
    if (target.owned === null) requireSystemPrivilege(scope, 'R');
    else requireOwner(scope, [target.owned]);
    if (target.owned?.id.startsWith('s') === true && target.objectKind !== 'cluster') {
      throw planError(`system item '${target.name}' cannot be modified`);
    }
    await scope.commit((tip, ids) => {
      if (!exists(tip, target)) throw planError(`unknown catalog item '${written(node.name)}'`);
      const { objectKind, objectId, columnPosition, name, auditId } = target;
      const record: CommentRecord = { objectKind, objectId, columnPosition, comment: node.comment ?? '' };
      const edit = node.comment === null ? del('comment', keyOf('comment', record)) : put('comment', record);
      const event = auditChange(ids, scope, 'comment', objectKind, { id: auditId, name });
      return { changes: [edit, event], result: undefined };
    });
    return done('COMMENT');
  },
};

function checkLength(comment: string | null): void {
  const length = comment === null ? 0 : Buffer.byteLength(comment);
  if (length <= MAX_COMMENT_BYTES) return;
  throw planError(`provided comment was ${length} bytes long, max size is ${MAX_COMMENT_BYTES} bytes`);
}

function exists(tip: Snapshot, { objectKind, objectId }: CommentTarget): boolean {
  switch (objectKind) {
    case 'cluster':
      return tip.clusters.has(objectId);
    case 'cluster-replica':
      return tip.replicas.has(objectId);
    case 'database':
      return tip.databases.has(objectId);
    case 'schema':
      return tip.schemas.has(objectId);
    case 'role':
      return tip.roles.has(objectId);
    case 'network-policy':
      return tip.small.networkPolicy.has(objectId);
    default:
      return tip.items.has(objectId);
  }
}
