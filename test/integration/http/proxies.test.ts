import { afterEach, expect, test } from 'vitest';

import { networkList } from '../../../server/config/networks.ts';
import { TrustedProxies } from '../../../server/http/proxies.ts';
import {
  ask,
  cookieOf,
  post,
  startApp,
  type AppUnderTest,
  type TestedSettings,
} from './app-under-test.ts';

const SECRET = 'a-secret-of-a-proxy';
const identity = {
  header: 'X-Auth-Request-Email',
  secret: SECRET,
  controllers: ['ada@example.org'],
};
const fromProxy = (name: string, secret = SECRET) => ({
  'x-auth-request-email': name,
  'x-oriel-proxy-secret': secret,
});
const trusting = (trusted = ['127.0.0.0/8']): TestedSettings => ({
  proxies: new TrustedProxies({ trusted: networkList(trusted), identity }),
});

let app: AppUnderTest;
afterEach(() => app.close());

const sessionAs = (headers: Record<string, string>) => ask(app.direct, '/api/session', { headers });

test('page, API and tickets work under a sub-path, whether the proxy takes it away or not', async () => {
  app = await startApp({ basePath: '/desk' });
  const page = await ask(app.direct, '/desk/');
  expect(page.status).toBe(200);
  expect((await ask(app.direct, '/')).text).toBe(page.text);
  expect((await ask(app.direct, '/desk/assets/main-abc123.js')).status).toBe(200);
  const beside = await ask(app.direct, '/desk?probe=1');
  expect([beside.status, beside.headers.location]).toEqual([308, '/desk/?probe=1']);
  expect((await ask(app.direct, '/desktop/')).status).toBe(404);
  const body = { token: app.tokens.issue().token };
  const cookie = cookieOf(await post(app.direct, '/desk/api/login', { body }));
  const ticket = await post(app.direct, '/desk/api/ticket', { headers: { cookie } });
  expect(ticket.json).toMatchObject({ webSocketPath: '/desk/dtf/1' });
  const link = await post(app.direct, '/api/links', { headers: { cookie } });
  expect((link.json as { link: string }).link).toContain('/desk/#token=');
});

test('an identity of a trusted proxy with the secret logs in, as controller or viewer', async () => {
  app = await startApp(trusting());
  const ada = await sessionAs(fromProxy('ada@example.org'));
  expect(ada.json).toMatchObject({ role: 'controller' });
  const bob = await sessionAs(fromProxy('bob@example.org'));
  expect(bob.json).toMatchObject({ role: 'viewer' });
  const headers = { cookie: cookieOf(ada), ...fromProxy('ada@example.org') };
  expect((await post(app.direct, '/api/ticket', { headers })).status).toBe(200);
  expect(app.log.join('')).not.toContain('ada@example.org');
  expect(app.log.join('')).not.toContain(SECRET);
});

test('the cookie of an identity is worth nothing beside the proxy, or for somebody else', async () => {
  app = await startApp(trusting());
  const cookie = cookieOf(await sessionAs(fromProxy('ada@example.org')));
  expect((await sessionAs({ cookie })).status).toBe(401);
  expect((await post(app.direct, '/api/ticket', { headers: { cookie } })).status).toBe(401);
  const other = await sessionAs({ cookie, ...fromProxy('bob@example.org') });
  expect(other.json).toMatchObject({ role: 'viewer' });
  // Whose login it was has gone.
  expect((await sessionAs({ cookie, ...fromProxy('', SECRET) })).status).toBe(401);
  expect(app.loggedOut).toHaveLength(1);
});

test.each([
  ['a wrong secret', trusting(), fromProxy('ada@example.org', 'a-secret-of-a-proxz')],
  ['no secret', trusting(), { 'x-auth-request-email': 'ada@example.org' }],
  ['an address that is not trusted', trusting(['10.0.0.0/8']), fromProxy('ada@example.org')],
  ['no setting', {}, fromProxy('ada@example.org')],
])('an identity is not believed with %s', async (_, settings, headers) => {
  app = await startApp(settings);
  expect((await sessionAs(headers)).status).toBe(401);
});

test('the name and scheme that a trusted proxy forwards are those of the page; others are ignored', async () => {
  const publicOrigins = ['https://desk.example.org'];
  const headers = {
    host: 'oriel.internal',
    origin: 'https://desk.example.org',
    'x-forwarded-host': 'desk.example.org',
    'x-forwarded-proto': 'https',
  };
  app = await startApp({ ...trusting(), publicOrigins });
  const body = { token: app.tokens.issue().token };
  expect((await post(app.direct, '/api/login', { headers, body })).status).toBe(204);
  const stranger = { ...headers, 'x-forwarded-host': 'evil.example' };
  expect((await ask(app.direct, '/api/login', { headers: stranger })).status).toBe(403);
  await app.close();
  app = await startApp({ ...trusting(['10.0.0.1']), publicOrigins });
  expect((await ask(app.direct, '/api/login', { headers })).status).toBe(403);
});

test('attempts are counted by the address behind trusted proxies, which a browser cannot choose', async () => {
  app = await startApp(trusting());
  const attempt = async (forwardedFor: string): Promise<number> => {
    const headers = { 'x-forwarded-for': forwardedFor };
    return (await post(app.direct, '/api/login', { headers, body: { token: 'x' } })).status;
  };
  for (let count = 0; count < 10; count += 1) {
    expect(await attempt(`198.51.100.${count}, 203.0.113.5`)).toBe(401);
  }
  expect(await attempt('198.51.100.99, 203.0.113.5')).toBe(429);
  expect(await attempt('203.0.113.6, 127.0.0.9')).toBe(401);
});
