import { protocolViolation, queryCanceled } from '../errors.ts';
import type { CopySink, Outcome } from '../engine/outcome.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { Conversation } from './conversation.ts';
import { writeCopyResponse } from './deliver.ts';
import type { StatementWatch } from './statement-watch.ts';
import { isPromise, nextMessage, settled, type Task } from './task.ts';

/**
 * COPY FROM STDIN: hands the client's data to the sink until CopyDone. Answers the command tag. Throws what the sink
 * throws, 57014 for CopyFail, 08P01 for a message that has no place here. Sync and Flush are ignored: libpq sends them
 * before it knows that its command was COPY.
 */
export function* copyIn(
  talk: Conversation,
  outcome: Extract<Outcome, { kind: 'copyIn' }>,
  watch: StatementWatch,
): Task<string> {
  writeCopyResponse(
    talk,
    BACKEND.copyInResponse,
    outcome.columns,
    outcome.format.format === 'binary' ? 1 : 0,
  );
  talk.outbox.wantFlush();
  let finished = false;
  talk.copyDataFollows = true;
  try {
    yield* receive(talk, outcome.sink, watch);
    const pending = outcome.sink.finish();
    const tag = isPromise(pending) ? yield* settled(pending) : pending;
    finished = true;
    return tag;
  } finally {
    if (!finished) outcome.sink.abort();
  }
}

function* receive(talk: Conversation, sink: CopySink, watch: StatementWatch): Task {
  for (;;) {
    watch.arm();
    const message = yield* nextMessage();
    watch.interrupt.check();
    switch (message.kind) {
      case 'copyData': {
        const pending = sink.write(message.data);
        if (isPromise(pending)) yield* settled(pending);
        break;
      }
      case 'copyDone':
        talk.copyDataFollows = false;
        return;
      case 'copyFail':
        talk.copyDataFollows = false;
        throw queryCanceled(`COPY from stdin failed: ${message.message}`);
      case 'flush':
      case 'sync':
        break;
      default:
        throw protocolViolation('unexpected message type during COPY from stdin');
    }
  }
}
