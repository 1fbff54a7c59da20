/** The built page, entered with and without a link, over a small stand-in for the gateway's HTTP interface. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import { launchBrowser, listen, sendFile } from './harness-page.ts';

let directory: string;
let server: Server;
let address: string;
let browser: Browser;
let acceptsPassword: boolean;
const requests: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oriel-entry-'));
  await build({
    configFile: fileURLToPath(new URL('../../../client/vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: directory },
  });
  server = createServer((request, response) => void answer(request, response));
  address = await listen(server);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

/** Knows one token, one cookie, and no desktop. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (!pathname.startsWith('/api/')) {
    await sendFile(directory, pathname, response);
    return;
  }
  let body = '';
  for await (const chunk of request) body += String(chunk);
  requests.push(`${request.method ?? ''} ${pathname} ${body}`.trim());
  const isKnown = request.headers.cookie?.includes('session=1') === true;
  if (pathname === '/api/login' && request.method === 'GET') {
    response.end(JSON.stringify({ password: acceptsPassword }));
  } else if (pathname === '/api/login' && body === '{"token":"fresh"}') {
    response.writeHead(204, { 'set-cookie': 'session=1; HttpOnly' }).end();
  } else if (pathname === '/api/session' && isKnown) response.end('{"role":"controller"}');
  else response.writeHead(pathname === '/api/ticket' ? 503 : 401).end('{}');
}

async function visit(path: string, page?: Page): Promise<{ page: Page; violations: string[] }> {
  const visited = page ?? (await (await browser.newContext()).newPage());
  const violations: string[] = [];
  visited.on('pageerror', (error) => violations.push(error.message));
  visited.on('console', (message) => {
    if (/content security policy|trusted/i.test(message.text())) violations.push(message.text());
  });
  await visited.goto(`${address}${path}`);
  return { page: visited, violations };
}

test('a link leads to the desktop, its token leaves the address, and the cookie opens the next visit', async () => {
  const { page, violations } = await visit('?transport=websocket#token=fresh');
  await page.locator('oriel-desktop-screen').waitFor();
  expect(page.url()).toBe(`${address}?transport=websocket`);
  expect(requests).toContain('POST /api/login {"token":"fresh"}');
  // The workers run under the policy as soon as one of them asks for a ticket.
  await expect.poll(() => requests).toContain('POST /api/ticket');
  expect(violations).toEqual([]);
  await page.reload();
  await page.locator('oriel-desktop-screen').waitFor();
  await page.context().close();
});

test('a used link is explained; a new one pasted into the same page works', async () => {
  acceptsPassword = false;
  const { page } = await visit('#token=used');
  await page.getByText('This link has expired or was used already.').waitFor();
  await page.getByRole('heading', { name: 'Open your desktop with a link' }).waitFor();
  await page.evaluate(() => (location.hash = 'token=fresh'));
  await page.locator('oriel-desktop-screen').waitFor();
  expect(page.url()).toBe(address);
  await page.context().close();
});

test('the password field shows where the server accepts one', async () => {
  acceptsPassword = true;
  const { page } = await visit('');
  await page.getByLabel('Password').waitFor();
  await page.context().close();
});

test('plain http on a named host is explained', async () => {
  const plain = await browser.newContext({ proxy: { server: address } });
  const page = await plain.newPage();
  await page.goto('http://desktop.example/');
  await page.getByRole('heading', { name: 'This page needs a secure connection' }).waitFor();
  await page.getByRole('link', { name: 'https://desktop.example/' }).waitFor();
  await page.context().close();
});
