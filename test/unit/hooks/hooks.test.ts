import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HookCommands } from '../../../server/hooks/hook-commands.ts';
import { SessionEvents, type SessionEvent } from '../../../server/hooks/session-events.ts';
import { Webhook } from '../../../server/hooks/webhook.ts';
import { createLogger } from '../../../server/observe/create-logger.ts';
import { silentLogger } from '../../support/silent-logger.ts';

const SEEN = { timeout: 10_000, interval: 20 };

const event: SessionEvent = {
  event: 'connected',
  session: 3,
  role: 'controller',
  transport: 'websocket',
  sessions: 2,
};

test('a session begins and ends once, however often its page moves between transports', () => {
  const events = new SessionEvents();
  const viewer = (session: object, transport: string) =>
    ({ session, transport, role: 'viewer', hasMoved: false }) as const;
  const [a, b] = [{}, {}];
  expect(events.joined(viewer(a, 'webtransport'))).toEqual({
    event: 'connected',
    session: 1,
    role: 'viewer',
    transport: 'webtransport',
    sessions: 1,
  });
  expect(events.joined(viewer(b, 'websocket'))).toMatchObject({ session: 2, sessions: 2 });
  expect(events.joined(viewer(a, 'websocket'))).toBeUndefined();
  expect(events.left(viewer(a, 'webtransport'))).toBeUndefined();
  expect(events.left(viewer(a, 'websocket'))).toMatchObject({ event: 'disconnected', session: 1 });
  expect(events.left(viewer(b, 'websocket'))).toMatchObject({ session: 2, sessions: 0 });
});

test('a hook sees the event and nothing of the gateway, and is killed when it hangs', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'oriel-hooks-'));
  const [seen, program, stuck] = ['seen', 'after', 'stuck'].map((name) => join(directory, name));
  writeFileSync(program ?? '', `#!/bin/sh\nenv > ${seen}.part\nmv ${seen}.part ${seen}\n`);
  writeFileSync(stuck ?? '', '#!/bin/sh\nsleep 1000\n');
  for (const path of [program, stuck]) chmodSync(path ?? '', 0o755);
  process.env['ORIEL_PASSWORD'] = 'correct horse';
  const log: string[] = [];
  const logger = createLogger({
    level: 'warn',
    format: 'json',
    destination: { write: (line) => log.push(line) },
  });
  // The first one gets the time that programs have: on a busy machine 200 ms were not enough for two of them.
  const hooks = new HookCommands({ afterConnect: program, afterDisconnect: undefined, logger });
  const impatient = { afterConnect: undefined, afterDisconnect: stuck, logger, timeoutMs: 200 };
  const hanging = new HookCommands(impatient);
  try {
    hooks.tell(event);
    await expect.poll(() => existsSync(seen ?? ''), SEEN).toBe(true);
    const env = readFileSync(seen ?? '', 'utf8');
    expect(env).toContain('ORIEL_EVENT=connected\n');
    expect(env).toContain('ORIEL_ROLE=controller\n');
    expect(env).toContain('ORIEL_SESSIONS=2\n');
    expect(env).not.toContain('correct horse');
    hanging.tell({ ...event, event: 'disconnected' });
    await expect.poll(() => log.join(''), SEEN).toContain('"how":"SIGKILL"');
  } finally {
    hooks.close();
    hanging.close();
    delete process.env['ORIEL_PASSWORD'];
    rmSync(directory, { recursive: true });
  }
});

test('a webhook is signed, tried again, and in order', async () => {
  const got: { readonly body: string; readonly headers: IncomingHttpHeaders }[] = [];
  let refusals = 2;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      refusals -= 1;
      if (refusals >= 0) {
        response.writeHead(503).end();
        return;
      }
      got.push({ body, headers: request.headers });
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const webhook = new Webhook({
    url: `http://127.0.0.1:${port}/events`,
    secret: 'correct horse battery',
    logger: silentLogger,
    retryMs: [10, 10, 10],
  });
  webhook.tell(event);
  webhook.tell({ ...event, event: 'disconnected' });
  await expect.poll(() => got.length, SEEN).toBe(2);
  const [first, second] = got.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(Object.keys(first ?? {}).sort()).toEqual(
    ['at', 'event', 'role', 'session', 'sessions', 'transport'].sort(),
  );
  expect([first?.['event'], second?.['event']]).toEqual(['connected', 'disconnected']);
  const { body = '', headers = {} } = got[0] ?? {};
  const hmac = createHmac('sha256', 'correct horse battery').update(body).digest('hex');
  expect(headers['x-oriel-signature']).toBe(`sha256=${hmac}`);
  webhook.close();
  server.close();
});
