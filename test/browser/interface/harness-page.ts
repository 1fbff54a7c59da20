/** Builds the test page with Vite, serves it under the policy of the real page, and opens it in Chromium. */
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { build } from 'vite';

/** Stricter than needed anywhere: what the page must live with. */
const policy = [
  "default-src 'none'",
  // Media Source plays from addresses of this kind.
  "media-src 'self' blob:",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html oriel',
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface HarnessServer {
  readonly address: string;
  readonly browser: Browser;
  /** Opens the page; fails the test on any error or policy violation that the page reports, through `problems`. */
  open(options?: BrowserContextOptions): Promise<{ page: Page; problems: string[] }>;
  close(): Promise<void>;
}

export async function startHarness(): Promise<HarnessServer> {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-interface-'));
  await build({
    root: fileURLToPath(new URL('./page/', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    build: { outDir: directory, target: 'esnext', assetsInlineLimit: 0, emptyOutDir: true },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    void sendFile(directory, pathname, response);
  });
  const address = await listen(server);
  const browser = await launchBrowser();
  return {
    address,
    browser,
    open: (options) => open(browser, address, options ?? {}),
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Answers with a file of a build, under the page's policy; 404 when there is none. */
export async function sendFile(
  directory: string,
  pathname: string,
  response: ServerResponse,
): Promise<void> {
  const path = normalize(pathname === '/' ? '/index.html' : pathname);
  try {
    const content = await readFile(join(directory, path));
    response.writeHead(200, {
      'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

/** Listens on a free port of the loopback interface. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: browserFlags });
}

async function open(
  browser: Browser,
  address: string,
  options: BrowserContextOptions,
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // The favicon is no part of this page.
    if (message.type() === 'error' && !message.text().includes('404'))
      problems.push(message.text());
  });
  await page.goto(address);
  await page.waitForFunction(() => 'harness' in window);
  return { page, problems };
}
