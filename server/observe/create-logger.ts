import { pino, type Logger as Pino } from 'pino';

import type { LogFields, Logger } from './logger.ts';
import { prettyLine } from './pretty-line.ts';
import { redactFields, redactText } from './redaction.ts';

/** Lines below this level are not written. `silent` writes none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Where the lines go; process.stderr fits. */
export interface LogDestination {
  write(line: string): unknown;
  /** Whether a person watches: `auto` then writes the pretty form, and colours are used. */
  readonly isTTY?: boolean;
}

/** What is logged, how, and where to. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** `json`: one object per line. `pretty`: one readable line. `auto`: pretty on a terminal, JSON elsewhere. */
  readonly format: 'json' | 'pretty' | 'auto';
  readonly destination: LogDestination;
  /** Colours of the pretty form; on a terminal unless the environment says NO_COLOR (https://no-color.org). */
  readonly color?: boolean;
}

/**
 * Creates the server's logger.
 *
 * Tokens, tickets, passwords, cookies and clipboard texts are replaced before anything is written, by the name of their
 * key and by their form inside a text (redaction.ts).
 */
export function createLogger(options: LoggerOptions): Logger {
  const { destination, level, format } = options;
  const isTerminal = destination.isTTY === true;
  const isPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const color = options.color ?? (isTerminal && process.env['NO_COLOR'] === undefined);
  const write = isPretty
    ? (line: string) => destination.write(prettyLine(line, { color }))
    : (line: string) => destination.write(line);
  const root = pino(
    {
      level,
      // No pid and host name: they say nothing on one machine, and the host name is nobody's business elsewhere.
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    { write },
  );
  return new PinoLogger(root);
}

class PinoLogger implements Logger {
  readonly #pino: Pino;

  constructor(instance: Pino) {
    this.#pino = instance;
  }

  debug(message: string, fields?: LogFields): void {
    this.#log('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#pino.child(redactFields(fields)));
  }

  #log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void {
    // Fields are copied only for lines that are written: a debug line in a hot path then costs one comparison.
    if (!this.#pino.isLevelEnabled(level)) return;
    this.#pino[level](redactFields(fields), redactText(message));
  }
}
