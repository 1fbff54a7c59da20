import { expect, test } from 'vitest';

import { createLogger, type LoggerOptions } from '../../../server/observe/create-logger.ts';
import type { Logger } from '../../../server/observe/logger.ts';

function recording(options: Partial<LoggerOptions> = {}): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  return {
    lines,
    logger: createLogger({ level: 'debug', format: 'json', destination, ...options }),
  };
}

test('a line is one JSON object with level, time, message and fields', () => {
  const { logger, lines } = recording();
  logger.child({ part: 'http' }).info('listening', { port: 8080 });
  expect(lines).toHaveLength(1);
  const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(rest).toEqual({ level: 'info', message: 'listening', part: 'http', port: 8080 });
  expect(Date.parse(String(time))).toBeGreaterThan(0);
});

test.each([
  ['a field by its key', (logger: Logger) => logger.info('login', { loginToken: 'tellNobody' })],
  [
    'a nested field',
    (logger: Logger) => logger.info('x', { headers: { 'set-cookie': ['a=tellNobody'] } }),
  ],
  [
    'bytes under a secret key',
    (logger: Logger) => logger.info('x', { password: Buffer.from('tellNobody') }),
  ],
  ['an address in the message', (logger: Logger) => logger.info('open http://h/#token=tellNobody')],
  [
    'a query inside a field',
    (logger: Logger) => logger.info('x', { path: '/dtf/1?ticket=tellNobody&a=1' }),
  ],
  [
    'a subprotocol',
    (logger: Logger) => logger.info('x', { protocols: 'dtf.1, ticket.tellNobodyABCDEFGHIJ' }),
  ],
  [
    'an error text',
    (logger: Logger) => logger.error('x', { error: new Error('password=tellNobody') }),
  ],
  [
    'the cause of an error',
    (logger: Logger) =>
      logger.error('x', { error: new Error('a', { cause: { token: 'tellNobody' } }) }),
  ],
  ['fields of a child', (logger: Logger) => logger.child({ ticket: 'tellNobody' }).warn('x')],
  [
    'a private key',
    (logger: Logger) =>
      logger.warn('-----BEGIN PRIVATE KEY-----\ntellNobody\n-----END PRIVATE KEY-----'),
  ],
])('secrets are replaced: %s', (_, log) => {
  const { logger, lines } = recording();
  log(logger);
  expect(lines.join('')).not.toContain('tellNobody');
  expect(lines.join('')).toContain('[redacted]');
});

test('numbers under such keys stay, and so does everything around a secret', () => {
  const { logger, lines } = recording();
  logger.info('x', { tokenSeconds: 120, path: '/dtf/1?ticket=abc&a=1' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    tokenSeconds: 120,
    path: '/dtf/1?ticket=[redacted]&a=1',
  });
});

test('errors, bigints, cycles and long texts become plain and bounded', () => {
  const { logger, lines } = recording();
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  logger.warn('x', {
    error: new RangeError('too wide'),
    nanos: 12n,
    cycle,
    text: 'a'.repeat(10_000),
  });
  const line = JSON.parse(lines[0] ?? '') as {
    error: { name: string; message: string };
    nanos: string;
  };
  expect(line.error).toMatchObject({ name: 'RangeError', message: 'too wide' });
  expect(line.nanos).toBe('12');
  expect(lines[0]?.length).toBeLessThan(8_000);
});

test('lines below the level are not written', () => {
  const { logger, lines } = recording({ level: 'warn' });
  logger.info('quiet');
  logger.warn('loud');
  expect(lines).toHaveLength(1);
});

test('the pretty form is one readable line, with the stack of an error below', () => {
  const { logger, lines } = recording({ format: 'pretty' });
  logger.info('listening', { url: 'http://127.0.0.1:8080/', note: 'two words' });
  logger.error('child ended', { error: new Error('boom') });
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} info {2}listening {2}url=http:\/\/127\.0\.0\.1:8080\/ {2}note="two words"\n$/,
  );
  expect(lines[1]).toMatch(/^\S+ error child ended {2}error="boom"\n {4}Error: boom\n {4} {4}at /);
});

test.each([
  { isTTY: true, isPretty: true },
  { isTTY: false, isPretty: false },
])('auto is pretty on a terminal only: $isTTY', ({ isTTY, isPretty }) => {
  const lines: string[] = [];
  const destination = { isTTY, write: (line: string) => lines.push(line) };
  createLogger({ level: 'info', format: 'auto', destination, color: false }).info('hello');
  expect(lines[0]?.startsWith('{')).toBe(!isPretty);
});
