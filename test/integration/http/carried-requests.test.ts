import { expect, test } from 'vitest';
import type { CarriedRequest } from '../../../server/session/request-port.ts';
import { appPerTest, ask, cookieOf, post, type AppUnderTest } from './app-under-test.ts';

const start = appPerTest();

const get = (path: string): CarriedRequest => ({ method: 'GET', path, body: '' });
const posted = (path: string, body: object = {}): CarriedRequest => ({
  method: 'POST',
  path,
  body: JSON.stringify(body),
});

/** A connection of a login, and how requests that it carries are answered. */
async function connection(app: AppUnderTest, role: 'controller' | 'viewer' = 'controller') {
  const { origin, tokens, tickets } = app;
  const login = await post(origin, '/api/login', { body: { token: tokens.issue(role).token } });
  const headers = { cookie: cookieOf(login) };
  const { json } = await post(origin, '/api/ticket', { headers });
  const { tickets: issued } = json as { readonly tickets: { readonly webRtc: string } };
  const grant = tickets.redeem(issued.webRtc, 'webRtc');
  if (grant === undefined) throw new Error('ticket: expected one that holds');
  const carry = async (request: CarriedRequest) => {
    const { status, body } = await app.app.ask(grant, request);
    return [status, body === '' ? undefined : (JSON.parse(body) as unknown)] as const;
  };
  return { grant, headers, carry };
}

const refusal = (code: string) => ({ error: { code, message: expect.any(String) as string } });

test('a carried request is answered as by HTTP, in the name of its connection', async () => {
  const app = await start({ statistics: () => ({ uptimeSeconds: 7 }) });
  const { carry, headers } = await connection(app);
  const byHttp = await ask(app.origin, '/api/session', { headers });
  expect(await carry(get('/api/session'))).toEqual([200, byHttp.json]);
  expect(await carry(get('/api/statistics'))).toEqual([200, { uptimeSeconds: 7 }]);
  const [status, link] = await carry(posted('/api/links', { role: 'viewer' }));
  expect([status, link]).toEqual([200, expect.objectContaining({ role: 'viewer' })]);
});

test('its tickets are bound to the same login, origin and addresses', async () => {
  const app = await start();
  const { carry, grant } = await connection(app);
  expect(grant.reached).toContain('127.0.0.1');
  const [, answer] = await carry(posted('/api/ticket'));
  const { tickets } = answer as { readonly tickets: { readonly webSocket: string } };
  expect(app.tickets.redeem(tickets.webSocket, 'webSocket')).toMatchObject({
    session: grant.session,
    origin: app.origin,
    reached: grant.reached,
  });
});

test('it may do what its role may', async () => {
  const { carry } = await connection(await start(), 'viewer');
  expect(await carry(posted('/api/links'))).toEqual([403, refusal('roleRefused')]);
});

test('it is nobody’s once its login has ended', async () => {
  const app = await start();
  const { carry, headers } = await connection(app);
  await post(app.origin, '/api/logout', { headers });
  expect(await carry(get('/api/session'))).toEqual([401, refusal('loginRequired')]);
});

test('it may not log in or out, nor read anything but the API', async () => {
  const { carry } = await connection(await start());
  const others = [
    posted('/api/login', { token: 'A'.repeat(43) }),
    posted('/api/logout'),
    posted('/api/leave', { connection: 'a' }),
    get('/'),
    get('/api/session?'),
    get('/readyz'),
    get('//api/session'),
  ];
  for (const request of others) {
    expect(await carry(request)).toEqual([404, refusal('notFound')]);
  }
});

test('requests by HTTP at the same time stay what they are', async () => {
  const app = await start();
  const { carry } = await connection(app);
  const both = await Promise.all([carry(get('/api/session')), ask(app.origin, '/api/session')]);
  expect([both[0][0], both[1].status]).toEqual([200, 401]);
});

test('statistics need a login', async () => {
  const { origin } = await start({ statistics: () => ({ uptimeSeconds: 7 }) });
  expect((await ask(origin, '/api/statistics')).json).toEqual(refusal('loginRequired'));
});
