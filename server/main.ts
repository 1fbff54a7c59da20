/**
 * The gateway's process: reads the configuration, composes the gateway, prints the link, and drains on a signal.
 *
 * The link and the log go to different standard streams (`log.output`), so that a script can take the one without the other.
 */
import { createInterface } from 'node:readline';
import { compose, type Gateway } from './compose.ts';
import { processConfig } from './config/process-config.ts';
import type { Config } from './config/schema.ts';
import { createLogger } from './observe/create-logger.ts';
import { logStreams } from './observe/log-streams.ts';

/** A gateway that has not drained by then is ended: container runtimes kill after 10 s. */
const DRAIN_TIMEOUT_MS = 8_000;

function printLink(gateway: Gateway, config: Config): void {
  const { link, seconds } = gateway.newLink();
  const lifetime = seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
  const { words } = logStreams(config.log.output);
  words.write(
    `\n  Open ${link}\n\n` +
      `  The link works once, within ${lifetime}; press Enter for a new one, Ctrl-C to stop.\n\n`,
  );
  if (config.auth.password !== undefined) {
    words.write(`  Or open ${gateway.origin} and give the password.\n\n`);
  }
}

async function run(config: Config): Promise<void> {
  const logger = createLogger({ ...config.log, destination: logStreams(config.log.output).log });
  const started = performance.now();
  const gateway = await compose(config, logger);
  logger.info('ready', {
    origin: gateway.origin,
    afterMs: Math.round(performance.now() - started),
  });
  printLink(gateway, config);

  const input = createInterface({ input: process.stdin });
  input.on('line', () => printLink(gateway, config));

  let draining = false;
  const drain = (reason: string): void => {
    if (draining) process.exit(1);
    draining = true;
    logger.info('stopping', { reason });
    input.close();
    setTimeout(() => {
      logger.error('stopped before everything had ended', { afterMs: DRAIN_TIMEOUT_MS });
      process.exit(1);
    }, DRAIN_TIMEOUT_MS).unref();
    void gateway.close(reason).then(() => process.exit());
  };
  process.on('SIGINT', () => drain('interrupted'));
  process.on('SIGTERM', () => drain('terminated'));
  process.on('uncaughtException', (error) => {
    logger.error('unexpected failure', { error: error.stack ?? String(error) });
    process.exitCode = 1;
    drain('unexpected failure');
  });
}

const config = processConfig(process.argv.slice(2));
if (config !== undefined) {
  try {
    await run(config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`oriel could not start: ${reason}\n`);
    process.exit(1);
  }
}
