import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { startApp, type AppUnderTest } from './app-under-test.ts';

/** What a real page of ours does, in small; its script fills `window.seen`. */
const page = {
  'index.html': `<!doctype html><title>Oriel</title><link rel="icon" href="data:,">
    <script>window.inline = true</script>
    <script type="module" src="/assets/main.js"></script>`,
  'assets/main.js': `
    const connections = [];
    const refusal = new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        if (event.effectiveDirective !== 'connect-src') return;
        connections.push(event.blockedURI);
        if (event.blockedURI.endsWith('/healthz')) resolve();
      });
    });
    const policy = trustedTypes.createPolicy('oriel', {
      createScriptURL: (address) => new URL(address, location.href).href,
    });
    const attempt = async (action) => {
      try { return await action(); } catch (error) { return error.name; }
    };
    const cursorLoads = async () => {
      const canvas = new OffscreenCanvas(8, 8);
      canvas.getContext('2d');
      const image = new Image();
      image.src = URL.createObjectURL(await canvas.convertToBlob());
      await image.decode();
      document.documentElement.style.cursor = 'url(' + image.src + ') 0 0, auto';
      return image.naturalWidth;
    };
    const talk = (ticket) => new Promise((resolve) => {
      const socket = new WebSocket('ws://' + location.host + '/dtf/1', ['dtf.1', 'ticket.' + ticket]);
      socket.onopen = () => resolve(socket.protocol);
      socket.onclose = (event) => resolve(event.code);
    });
    window.act = async (token, foreign, webTransportPort) => {
      const post = (path, body) => fetch(path, {
        method: 'POST',
        body: body && JSON.stringify(body),
        headers: body ? { 'content-type': 'application/json' } : {},
      });
      const login = await post('/api/login', { token });
      const session = await fetch('/api/session');
      const { tickets } = await (await post('/api/ticket')).json();
      const worker = new Worker(policy.createScriptURL('/assets/worker.js'), { type: 'module' });
      const context = new AudioContext();
      const transport = new WebTransport('https://' + location.hostname + ':' + webTransportPort + '/dtf/1');
      transport.closed.catch(() => undefined);
      return {
        login: login.status,
        session: session.status,
        cookie: document.cookie,
        isolated: crossOriginIsolated,
        inline: 'inline' in window,
        worker: await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); }),
        worklet: await attempt(() => context.audioWorklet.addModule('/assets/worklet.js').then(() => 'loaded')),
        cursor: await attempt(cursorLoads),
        webSocket: await talk(tickets.webSocket),
        // Nothing listens there: what counts is that the policy let it try.
        webTransport: await attempt(() => transport.ready),
        stringAsCode: await attempt(() => eval('1')),
        stringAsWorker: await attempt(() => new Worker('/assets/worker.js')),
        stringAsMarkup: await attempt(() => { document.body.innerHTML = '<b>'; }),
        foreign: await attempt(() => fetch(foreign + '/healthz')),
        refusedConnections: await refusal.then(() => connections),
      };
    };`,
  'assets/worker.js': `postMessage(crossOriginIsolated);`,
  'assets/worklet.js': `registerProcessor('p', class extends AudioWorkletProcessor { process() { return true; } });`,
};

let directory: string;
let browser: Browser;
let server: AppUnderTest | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-page-'));
  mkdirSync(join(directory, 'assets'));
  for (const [name, text] of Object.entries(page)) writeFileSync(join(directory, name), text);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});

interface Visit {
  readonly page: Page;
  readonly server: AppUnderTest;
  /** What the browser wrote to its console. */
  readonly messages: readonly string[];
}

async function visit(host: string): Promise<Visit> {
  server = await startApp({ host: host.replace(/^\[|\]$/g, ''), clientDirectory: directory });
  const context = await browser.newContext();
  const opened = await context.newPage();
  const messages: string[] = [];
  opened.on('console', (message) => messages.push(message.text()));
  await opened.goto(`http://${host}:${server.port}`);
  return { page: opened, server, messages };
}

test.each([
  { host: '127.0.0.1', ownWebTransportPort: true },
  { host: 'localhost', ownWebTransportPort: true },
  // A policy cannot name an IPv6 address, so that there WebTransport needs the port of the page.
  { host: '[::1]', ownWebTransportPort: false },
])(
  'Chromium at http://$host takes the __Host- cookie, can do all that the page needs, and nothing else',
  async ({ host, ownWebTransportPort }) => {
    const { page: opened, server: at, messages } = await visit(host);
    const foreign = `http://127.0.0.2:${at.port}`;
    const webTransportPort = ownWebTransportPort ? 44_330 : at.port;
    const parameters = [at.tokens.issue().token, foreign, webTransportPort];
    const seen: unknown = await opened.evaluate(
      `act(${parameters.map((parameter) => JSON.stringify(parameter)).join()})`,
    );
    expect(seen).toEqual({
      login: 204,
      session: 200,
      cookie: '',
      isolated: true,
      inline: false,
      worker: true,
      worklet: 'loaded',
      cursor: 8,
      webSocket: 'dtf.1',
      webTransport: 'WebTransportError',
      stringAsCode: 'EvalError',
      stringAsWorker: 'TypeError',
      stringAsMarkup: 'TypeError',
      foreign: 'TypeError',
      refusedConnections: [`${foreign}/healthz`],
    });
    expect(await opened.context().cookies()).toEqual([
      expect.objectContaining({
        name: `__Host-oriel-${at.port}`,
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
      }),
    ]);
    expect(
      messages.filter((text) => /Permissions-Policy|invalid source|ignored/.test(text)),
    ).toEqual([]);
    await opened.context().close();
  },
);
