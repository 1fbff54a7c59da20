/** Named facts beside a message. Values of keys that name a secret are replaced before anything is written. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * What every part of the server writes its log lines to.
 *
 * error: a user is affected. warn: an anomaly that was recovered from. info: one line per lifecycle transition. debug: the
 * rest. Per-frame facts are counters (metrics.ts), never lines. Messages are lowercase without a final period.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its lines, for example the number of a session. */
  child(fields: LogFields): Logger;
}
