import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { Gateway } from '../../support/gateway.ts';
import { documentedBlock, ReverseProxy } from '../../support/reverse-proxy.ts';

const SECRET = 'a secret of the proxy and the gateway';
const document = readFileSync(new URL('../../../docs/proxies.md', import.meta.url), 'utf8');

let directory: string;
let gateway: Gateway;
let provider: Server;
let nginx: ReverseProxy;
let origin: string;
let upstream: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-identity-'));
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  writeFileSync(join(directory, 'oriel-proxy'), `${SECRET}\n`);
  upstream = await freePort();
  const flags = ['--source', 'test', '--port', String(upstream), ...documentedFlags()];
  gateway = await Gateway.start(flags);
  provider = createServer((request, response) => answer(request.headers.cookie ?? '', response));
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  nginx = await ReverseProxy.start('nginx', { port, documented: locations() });
});

afterAll(async () => {
  await nginx.stop();
  provider.close();
  await gateway.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What oauth2-proxy says of a request with this cookie at /oauth2/auth. */
function answer(cookie: string, response: ServerResponse): void {
  const email = /(?:^|; )stand-in=([^;]+)/.exec(cookie)?.[1];
  if (email === undefined) response.writeHead(401).end();
  else response.writeHead(202, { 'x-auth-request-email': email }).end();
}

/** The flags of the gateway in the document, with the file of this test and its names. */
function documentedFlags(): readonly string[] {
  const line = /^npm start -- (.*--proxies-identity-header.*)$/m.exec(document)?.[1];
  if (line === undefined) throw new Error('expected a line with --proxies-identity-header');
  return line
    .replace('--proxies-secret-file oriel-proxy', `--proxies-secret-file ${directory}/oriel-proxy`)
    .replace('https://desk.example.org', origin)
    .split(' ');
}

/** The locations of the document with the ports of this test. */
function locations(): string {
  const { port: ofProvider } = provider.address() as AddressInfo;
  return documentedBlock('proxies.md', 'nginx', 'location / {')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${upstream}`)
    .replaceAll('127.0.0.1:4180', `127.0.0.1:${ofProvider}`)
    .replace('the-content-of-that-file', `'${SECRET}'`);
}

/** Asks through nginx as somebody, or nobody, with other headers that a browser may send. */
const ask = (
  path: string,
  somebody?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(origin + path, {
    redirect: 'manual',
    headers: { ...headers, ...(somebody === undefined ? {} : { cookie: `stand-in=${somebody}` }) },
  });

describe('behind nginx and what answers as oauth2-proxy does', () => {
  it('leads those whom the provider does not know to its login', async () => {
    const page = await ask('/');
    expect(page.status).toBe(302);
    expect(page.headers.get('location')).toContain('/oauth2/start?rd=/');
    expect((await ask('/api/session')).status).toBe(302);
  });

  it('lets in whom it names, in the role of the settings', async () => {
    expect((await ask('/', 'ada@example.org')).status).toBe(200);
    const ada = await ask('/api/session', 'ada@example.org');
    expect(await ada.json()).toMatchObject({ role: 'controller' });
    expect(ada.headers.get('set-cookie')).toContain('HttpOnly');
    const bob = await ask('/api/session', 'bob@example.org');
    expect(await bob.json()).toMatchObject({ role: 'viewer' });
  });

  it('gives a ticket to a page that comes back without a login of this gateway', async () => {
    const post = (somebody: string): Promise<Response> =>
      fetch(`${origin}/api/ticket`, {
        method: 'POST',
        headers: { origin, cookie: `stand-in=${somebody}` },
      });
    const reply = await post('ada@example.org');
    expect(reply.status).toBe(200);
    expect(await reply.json()).toHaveProperty('tickets.webSocket');
    expect(reply.headers.get('set-cookie')).toContain('HttpOnly');
  });

  it('believes no header of the browser', async () => {
    const forged = { 'x-auth-request-email': 'ada@example.org', 'x-oriel-proxy-secret': SECRET };
    expect((await ask('/api/session', undefined, forged)).status).toBe(302);
    const bob = await ask('/api/session', 'bob@example.org', forged);
    expect(await bob.json()).toMatchObject({ role: 'viewer' });
    // Past the proxy, without its secret.
    const direct = `http://127.0.0.1:${upstream}/api/session`;
    const { 'x-auth-request-email': email } = forged;
    expect((await fetch(direct, { headers: { 'x-auth-request-email': email } })).status).toBe(401);
  });
});
