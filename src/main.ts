/** The command line: settings to a running server, signals to a graceful end. */
import { ConfigError, helpText, readConfig } from './config.ts';
import { InitError } from './engine/init.ts';
import { createLogger, describeDefect, type Logger } from './log.ts';
import { MasterKeyError } from './secrets/key-ring.ts';
import { startServer } from './server.ts';
import { StoreError } from './store/store-error.ts';

/** Errors whose text is written for the operator. */
const EXPECTED = [ConfigError, InitError, MasterKeyError, StoreError];

/** Runs the command: what `dist/main.js` calls. Ends the process with 1 when the server cannot start. */
export async function main(): Promise<void> {
  try {
    await run();
  } catch (error) {
    explainFailure(error);
  }
}

async function run(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${helpText()}\n`);
    return;
  }
  const config = readConfig(argv, process.env);
  // What was read from the environment need not stay where every library of the process can read it.
  delete process.env['TUMBLER_MASTER_KEY'];
  const logger = createLogger(config.logLevel);
  reportDefects(logger);
  const server = await startServer(config, { logger });
  logger.info(
    {
      sqlPort: server.sqlPort,
      internalSqlPort: server.internalSqlPort,
      httpPort: server.httpPort,
      upstreams: config.upstreams,
    },
    'ready',
  );
  process.stdout.write(`Connect with: psql ${server.connectionString}\n`);
  endOn(['SIGTERM', 'SIGINT'], logger, () => server.stop());
}

/** A defect must not print what clients sent: its type, its stack without the message, and out. */
function reportDefects(logger: Logger): void {
  process.on('unhandledRejection', (reason) =>
    logger.error({ defect: describeDefect(reason) }, 'a promise was rejected unnoticed'),
  );
  process.on('uncaughtException', (error) => {
    logger.fatal({ defect: describeDefect(error) }, 'a defect ended the server');
    process.exit(70);
  });
}

function endOn(signals: readonly NodeJS.Signals[], logger: Logger, stop: () => Promise<void>): void {
  let ending = false;
  for (const signal of signals) {
    process.on(signal, () => {
      // A second signal does not wait.
      if (ending) process.exit(130);
      ending = true;
      logger.info({ signal }, 'stopping');
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'the server did not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
}

function explainFailure(error: unknown): void {
  const known = EXPECTED.some((type) => error instanceof type) || hasSystemCode(error);
  const text = known
    ? (error as Error).message
    : `the server could not start: ${error instanceof Error ? error.stack : 'unknown'}`;
  process.stderr.write(`tumbler: ${text}\n`);
  process.exit(1);
}

/** EADDRINUSE, EACCES and the like: the system's own words are the clearest. */
function hasSystemCode(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
