import { expect, test } from 'vitest';

import { ask, cookieOf, logIn, post, appPerTest } from './app-under-test.ts';

const start = appPerTest();

const refusal = (code: string) => ({ error: { code, message: expect.any(String) as string } });

test('a link logs in once; the cookie opens the session', async () => {
  const { origin, port, tokens } = await start();
  const { token } = tokens.issue();
  const reply = await post(origin, '/api/login', { body: { token } });
  expect(reply.status).toBe(204);
  expect(reply.headers['set-cookie']).toEqual([
    expect.stringMatching(
      new RegExp(`^__Host-oriel-${port}=[\\w-]{70}; Path=/; HttpOnly; Secure; SameSite=Strict$`),
    ),
  ]);
  const session = await ask(origin, '/api/session', { headers: { cookie: cookieOf(reply) } });
  expect(session.json).toEqual({ role: 'controller', desktop: { width: 1280, height: 720 } });
  expect(session.headers['cache-control']).toBe('no-store');

  const again = await post(origin, '/api/login', { body: { token } });
  expect([again.status, again.json]).toEqual([401, refusal('tokenRefused')]);
  expect(again.headers['set-cookie']).toBeUndefined();
});

test('a wrong and an expired token are refused alike', async () => {
  const { origin, tokens, clock } = await start();
  const wrong = await post(origin, '/api/login', { body: { token: 'A'.repeat(43) } });
  const { token } = tokens.issue();
  clock.ms += 120_000;
  const expired = await post(origin, '/api/login', { body: { token } });
  expect([wrong.status, wrong.json]).toEqual([401, refusal('tokenRefused')]);
  expect(expired.json).toEqual(wrong.json);
});

test('the password logs in, a wrong one does not, and none is offered when none is set', async () => {
  const { origin } = await start({ password: 'correct horse' });
  expect((await ask(origin, '/api/login')).json).toEqual({ password: true });
  const wrong = await post(origin, '/api/login', { body: { password: 'wrong horse' } });
  expect([wrong.status, wrong.json]).toEqual([401, refusal('passwordRefused')]);
  const right = await post(origin, '/api/login', { body: { password: 'correct horse' } });
  expect(right.status).toBe(204);

  const without = await start();
  expect((await ask(without.origin, '/api/login')).json).toEqual({ password: false });
  const refused = await post(without.origin, '/api/login', { body: { password: 'anything' } });
  expect([refused.status, refused.json]).toEqual([401, refusal('passwordUnavailable')]);
});

test('guessing is slowed down, and goes on after the time that the answer names', async () => {
  const { origin, clock, tokens } = await start({ password: 'correct horse' });
  const guess = () => post(origin, '/api/login', { body: { password: 'wrong horse' } });
  for (let i = 0; i < 5; i += 1) expect((await guess()).status).toBe(401);
  const delayed = await guess();
  expect([delayed.status, delayed.json]).toEqual([429, refusal('tooManyAttempts')]);
  expect(delayed.headers['retry-after']).toBe('12');
  // The link works meanwhile.
  expect((await post(origin, '/api/login', { body: { token: tokens.issue().token } })).status).toBe(
    204,
  );
  clock.ms += 12_000;
  const right = await post(origin, '/api/login', { body: { password: 'correct horse' } });
  expect(right.status).toBe(204);
});

test.each([
  ['nothing', undefined, 'badRequest'],
  ['no object', '[]', 'badRequest'],
  ['no JSON', '{', 'badRequest'],
  ['both', { token: 'a', password: 'b' }, 'badRequest'],
  ['another type', { token: { $ne: '' } }, 'badRequest'],
  ['a prototype', '{"__proto__":{"token":"a"}}', 'badRequest'],
  ['another role', { token: 'a', role: 'admin' }, 'badRequest'],
])('a login with %s is a bad request', async (_, body, code) => {
  const { origin } = await start();
  const reply = await post(origin, '/api/login', body === undefined ? {} : { body });
  expect([reply.status, reply.json]).toEqual([400, refusal(code)]);
});

test('other bodies than small JSON are refused', async () => {
  const { origin } = await start();
  const form = await post(origin, '/api/login', {
    body: 'token=a',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect([form.status, form.json]).toEqual([415, refusal('bodyTypeRefused')]);
  const large = await post(origin, '/api/login', { body: { token: 'a'.repeat(9_000) } });
  expect([large.status, large.json]).toEqual([413, refusal('bodyTooLarge')]);
});

test.each(['/api/session', '/api/ticket', '/api/links', '/api/leave'])(
  '%s needs a login',
  async (path) => {
    const { origin, port } = await start();
    const method = path === '/api/session' ? 'GET' : 'POST';
    for (const cookie of [
      '',
      'oriel=a',
      `__Host-oriel-${port}=`,
      `__Host-oriel-${port}=${'A'.repeat(43)}`,
    ]) {
      const reply = await ask(origin, path, { method, headers: { origin, cookie } });
      expect([reply.status, reply.json]).toEqual([401, refusal('loginRequired')]);
    }
  },
);

test.each([
  ['no Origin', {}],
  ['a foreign Origin', { origin: 'https://evil.example' }],
  ['a page without origin', { origin: 'null' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['a page of another name of the same server', { origin: 'http://localhost' }],
])('POST with %s is refused, cookie or not', async (_, headers) => {
  const server = await start();
  const cookie = await logIn(server);
  const { token } = server.tokens.issue();
  for (const path of ['/api/login', '/api/ticket', '/api/links', '/api/logout', '/api/leave']) {
    const reply = await ask(server.origin, path, {
      method: 'POST',
      headers: { cookie, ...headers },
      body: { token },
    });
    expect([path, reply.status, reply.json]).toEqual([path, 403, refusal('originRefused')]);
  }
  // Nothing was used up by it.
  expect((await post(server.origin, '/api/login', { body: { token } })).status).toBe(204);
});

test('a goodbye names a connection and goes on in the name of its login alone', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const ticket = await post(server.origin, '/api/ticket', { headers: { cookie } });
  const { tickets } = ticket.json as { tickets: { webSocket: string } };
  const grant = server.tickets.redeem(tickets.webSocket, 'webSocket');
  const leave = (body: unknown) => post(server.origin, '/api/leave', { headers: { cookie }, body });
  expect((await leave({ connection: 'a connection' })).status).toBe(204);
  expect(server.left).toEqual([[grant?.session, 'a connection']]);
  for (const body of [{}, { connection: '' }, { connection: 'a'.repeat(129) }, { other: 'a' }]) {
    expect((await leave(body)).json).toEqual(refusal('badRequest'));
  }
  expect(server.left).toHaveLength(1);
});

test('what the browser says about a foreign page is believed', async () => {
  const server = await start();
  const cookie = await logIn(server);
  for (const [site, status] of [
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ] as const) {
    const reply = await ask(server.origin, '/api/session', {
      headers: { cookie, 'sec-fetch-site': site },
    });
    expect([site, reply.status]).toEqual([site, status]);
  }
});

test('a foreign name is refused everywhere but at the probe', async () => {
  const server = await start();
  const headers = {
    host: 'rebound.example',
    origin: 'http://rebound.example',
    cookie: await logIn(server),
  };
  for (const path of ['/', '/api/session', '/assets/main-abc123.js', '/nothing']) {
    const reply = await ask(server.origin, path, { headers });
    expect([path, reply.status, reply.json]).toEqual([path, 403, refusal('hostRefused')]);
  }
  for (const path of ['/startupz', '/readyz', '/healthz']) {
    expect((await ask(server.origin, path, { headers })).json).toEqual({ status: 'ok' });
  }
});

test('on a plain http name the login says what is missing', async () => {
  const { direct, tokens } = await start({ publicOrigins: ['http://lab.example'] });
  const headers = { host: 'lab.example', origin: 'http://lab.example' };
  const reply = await ask(direct, '/api/login', {
    method: 'POST',
    headers,
    body: { token: tokens.issue().token },
  });
  expect([reply.status, reply.json]).toEqual([403, refusal('originInsecure')]);
});

test('behind a proxy the public origin counts', async () => {
  const { origin, direct, tokens } = await start({ publicOrigins: ['https://desk.example'] });
  expect(origin).toBe('https://desk.example');
  const headers = { host: 'desk.example', origin: 'https://desk.example' };
  const login = await ask(direct, '/api/login', {
    method: 'POST',
    headers,
    body: { token: tokens.issue().token },
  });
  expect(login.status).toBe(204);
  const links = await ask(direct, '/api/links', {
    method: 'POST',
    headers: { ...headers, cookie: cookieOf(login) },
  });
  expect(links.json).toMatchObject({
    link: expect.stringMatching(/^https:\/\/desk\.example\/#token=/) as string,
  });
});

test('tickets name the transports, with certificate hashes', async () => {
  const hash = Uint8Array.from({ length: 32 }, (_, i) => i);
  const server = await start({
    webTransport: () => ({ port: 4433, hasOwnPort: true, certificateHashes: [hash] }),
  });
  const reply = await post(server.origin, '/api/ticket', {
    headers: { cookie: await logIn(server) },
  });
  expect(reply.json).toEqual({
    tickets: {
      webSocket: expect.stringMatching(/^[\w-]{43}$/) as string,
      webTransport: expect.stringMatching(/^[\w-]{43}$/) as string,
      webRtc: expect.stringMatching(/^[\w-]{43}$/) as string,
    },
    webSocketPath: '/dtf/1',
    webRtcPath: null,
    webTransport: {
      port: 4433,
      path: '/dtf/1',
      certificateHashes: [Buffer.from(hash).toString('base64')],
    },
  });
  const { tickets } = reply.json as { tickets: { webTransport: string } };
  expect(server.tickets.redeem(tickets.webTransport, 'webTransport')).toMatchObject({
    role: 'controller',
  });
});

test('a page that came through another port finds WebTransport at that port too', async () => {
  const offer = { port: 8080, hasOwnPort: false, certificateHashes: [] };
  const server = await start({
    publicOrigins: ['https://desk.example'],
    webTransport: () => offer,
  });
  const headers = { host: 'desk.example', origin: 'https://desk.example' };
  const body = { token: server.tokens.issue().token };
  const login = await ask(server.direct, '/api/login', { method: 'POST', headers, body });
  const ticket = await ask(server.direct, '/api/ticket', {
    method: 'POST',
    headers: { ...headers, cookie: cookieOf(login) },
  });
  expect(ticket.json).toMatchObject({ webTransport: { port: 443 } });
  const { tickets } = ticket.json as { tickets: { webTransport: string } };
  expect(server.tickets.redeem(tickets.webTransport, 'webTransport')).toMatchObject({
    origin: 'https://desk.example',
  });
});

test('when no more connections fit, the ticket is refused with a time', async () => {
  const server = await start({ admit: () => ({ type: 'full', retryAfterSeconds: 10 }) });
  const reply = await post(server.origin, '/api/ticket', {
    headers: { cookie: await logIn(server) },
  });
  expect([reply.status, reply.headers['retry-after'], reply.json]).toEqual([
    503,
    '10',
    refusal('full'),
  ]);
});

test('a controller makes links for others, a viewer does not', async () => {
  const server = await start();
  const { origin } = server;
  const cookie = await logIn(server);
  const reply = await post(origin, '/api/links', { headers: { cookie }, body: { role: 'viewer' } });
  expect(reply.json).toMatchObject({ role: 'viewer', expiresInSeconds: 120 });
  const token = new URL((reply.json as { link: string }).link).hash.slice('#token='.length);
  const viewer = cookieOf(await post(origin, '/api/login', { body: { token } }));
  expect((await ask(origin, '/api/session', { headers: { cookie: viewer } })).json).toMatchObject({
    role: 'viewer',
  });
  const refused = await post(origin, '/api/links', { headers: { cookie: viewer } });
  expect([refused.status, refused.json]).toEqual([403, refusal('roleRefused')]);
  expect((await post(origin, '/api/links', { headers: { cookie } })).json).toMatchObject({
    role: 'controller',
  });
});

test('logging out ends the session, its tickets and its connections', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const { json } = await post(server.origin, '/api/ticket', { headers: { cookie } });
  const { tickets } = json as { tickets: { webTransport: string } };
  const reply = await post(server.origin, '/api/logout', { headers: { cookie } });
  expect(reply.status).toBe(204);
  expect(reply.headers['set-cookie']?.[0]).toContain('Expires=Thu, 01 Jan 1970');
  expect(server.loggedOut).toHaveLength(1);
  expect((await ask(server.origin, '/api/session', { headers: { cookie } })).status).toBe(401);
  expect(server.tickets.redeem(tickets.webTransport, 'webTransport')).toBeUndefined();
});

test('logging in again in the same browser ends the login before', async () => {
  const server = await start();
  const first = await logIn(server);
  const body = { token: server.tokens.issue('viewer').token };
  const second = cookieOf(
    await post(server.origin, '/api/login', { headers: { cookie: first }, body }),
  );
  expect((await ask(server.origin, '/api/session', { headers: { cookie: first } })).status).toBe(
    401,
  );
  expect(
    (await ask(server.origin, '/api/session', { headers: { cookie: second } })).json,
  ).toMatchObject({ role: 'viewer' });
  expect(server.loggedOut).toHaveLength(1);
});

test('each probe tells of what it is asked for', async () => {
  const failing = (reason: string) => ({ isOk: false, reasons: [reason], notes: ['no sound'] });
  const { origin } = await start({
    probes: { ready: () => failing('no picture'), live: () => failing('no encoder') },
  });
  const [up, ready, live] = [
    await ask(origin, '/startupz'),
    await ask(origin, '/readyz'),
    await ask(origin, '/healthz'),
  ];
  expect([up.status, up.json]).toEqual([200, { status: 'ok' }]);
  const body = (reason: string) => ({ status: 'failing', reasons: [reason], notes: ['no sound'] });
  expect([ready.status, ready.json]).toEqual([503, body('no picture')]);
  expect([live.status, live.json]).toEqual([503, body('no encoder')]);
});

test('neither token, cookie, ticket nor password is logged, and refusals are counted', async () => {
  const server = await start({ password: 'correct horse' });
  const { token } = server.tokens.issue();
  const login = await post(server.origin, '/api/login', { body: { token } });
  const cookie = cookieOf(login);
  const ticket = await post(server.origin, '/api/ticket', { headers: { cookie } });
  await post(server.origin, '/api/login', { body: { password: 'wrong horse' } });
  const log = server.log.join('');
  const { tickets } = ticket.json as { tickets: Record<string, string> };
  for (const secret of [
    token,
    cookie.split('=')[1] ?? '',
    ...Object.values(tickets),
    'wrong horse',
    'correct horse',
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(log).toContain('logged in');
  expect(server.refused).toEqual(['passwordRefused']);
});

/** A page over plain http, on a name of the network. */
const plainPage = { host: 'desk.example', origin: 'http://desk.example' };
const publicOrigins = [plainPage.origin];

test('nobody logs in over plain http', async () => {
  const { direct, tokens } = await start({ publicOrigins });
  const { token } = tokens.issue();
  const refused = await post(direct, '/api/login', { body: { token }, headers: plainPage });
  expect([refused.status, refused.json]).toEqual([403, refusal('originInsecure')]);
});

test('where plain http is allowed, the cookie is one that browsers keep there', async () => {
  const plain = await start({ publicOrigins, plainHttp: true });
  expect((await ask(plain.direct, '/api/login')).json).toEqual({
    password: false,
    plainHttp: true,
  });
  const body = { token: plain.tokens.issue().token };
  const reply = await post(plain.direct, '/api/login', { body, headers: plainPage });
  expect(reply.headers['set-cookie']).toEqual([
    expect.stringMatching(
      new RegExp(`^oriel-${plain.port}=[\\w-]{70}; Path=/; HttpOnly; SameSite=Strict$`),
    ),
  ]);
  const cookie = cookieOf(reply);
  const headers = { host: 'desk.example', cookie };
  expect((await ask(plain.direct, '/api/session', { headers })).status).toBe(200);
  // The same cookie is nobody's where browsers keep a better one.
  expect((await ask(plain.direct, '/api/session', { headers: { cookie } })).status).toBe(401);
});
