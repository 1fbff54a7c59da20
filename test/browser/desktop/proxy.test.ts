import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { waitUntil } from '../../support/wait.ts';

let directory: string;
let gateway: Gateway;
let nginx: ChildProcess;
let browser: Browser;
let port: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-nginx-'));
  port = await freePort();
  gateway = await Gateway.start([
    '--source',
    'test',
    '--base-path',
    '/desk',
    '--proxies-trusted',
    '127.0.0.1',
  ]);
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, nginxConfiguration(new URL(await gateway.link()).port));
  nginx = spawn(
    '/usr/sbin/nginx',
    ['-p', directory, '-c', file, '-e', 'stderr', '-g', 'daemon off;'],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  await waitUntil(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/desk/healthz`).catch(() => undefined);
    return answer?.ok === true;
  }, 10_000);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  nginx.kill('SIGQUIT');
  await gateway.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('the page, the API and the WebSocket work behind nginx under a sub-path', async () => {
  const link = new URL(await gateway.link());
  expect(link.pathname).toBe('/desk/');
  link.port = String(port);
  const { page, console } = await openLink(browser, link.href, { transport: 'websocket' });
  expect(new URL(page.url()).pathname).toBe('/desk/');
  const probe = probeOf(page);
  await expect
    .poll(async () => (await probe.stats())?.video, { timeout: 30_000 })
    .toMatchObject({ width: 1280, height: 720, decodeErrors: 0 });
  expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
});

/** The location of docs/proxies.md as it is printed there, with the ports of this test. */
function nginxConfiguration(upstream: string): string {
  const text = readFileSync(new URL('../../../docs/proxies.md', import.meta.url), 'utf8');
  const location = /```nginx\n(location \/desk\/ [^`]*)```/.exec(text)?.[1];
  if (location === undefined) throw new Error('expected an nginx location in docs/proxies.md');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    pid ${join(directory, 'nginx.pid')};
    events {}
    http {
      ${temporary.map((name) => `${name}_temp_path ${join(directory, name)};`).join('\n')}
      access_log off;
      server {
        listen 127.0.0.1:${port};
        ${location.replace('127.0.0.1:8080', `127.0.0.1:${upstream}`)}
      }
    }`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  return free;
}
