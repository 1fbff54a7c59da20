import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { OpenedPage } from '../support/chromium.ts';
import { podman, TEST_DISPLAY, TEST_NAME } from './podman.ts';

/** The user of the images. */
export const UID = 1000;
export const PASSWORD = 'a password of the tests';

/** What every container is started with: not root, a root that cannot be written, no capabilities. */
const HARDENED = [
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  // There may be no systemd whose timers would run it; the tests ask themselves.
  '--no-healthcheck',
  ...['--tmpfs', '/tmp:rw,size=64m,mode=1777', '--tmpfs', '/home/oriel:rw,size=64m,mode=1777'],
];

/** A desktop container; its display and its sound are open to programs that the test runs outside. */
export interface DesktopContainer {
  readonly name: string;
  /** Where its page is. */
  readonly origin: string;
  /** DISPLAY, XAUTHORITY and PULSE_SERVER for programs of the test. */
  readonly env: Readonly<Record<string, string>>;
  /** Its log so far. */
  log(): Promise<string>;
  close(): Promise<void>;
}

/** A TCP port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startDesktopContainer(
  image: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<DesktopContainer> {
  const shared = await mkdtemp(join(tmpdir(), 'oriel-shared-'));
  await chmod(shared, 0o700);
  await chown(shared, UID, UID);
  const port = await freePort();
  const name = `${TEST_NAME}-${port}`;
  const variables = Object.entries({
    ORIEL_PORT: String(port),
    ORIEL_PASSWORD: PASSWORD,
    ORIEL_PUBLIC_ORIGINS: `https://127.0.0.1:${port}`,
    DESKTOP_DISPLAY: String(TEST_DISPLAY),
    ...settings,
  }).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  await podman([
    ...['run', '--detach', '--name', name, ...HARDENED, ...variables],
    ...['--publish', `127.0.0.1:${port}:${port}/tcp`, '--publish', `127.0.0.1:${port}:${port}/udp`],
    ...['--volume', '/tmp/.X11-unix:/tmp/.X11-unix', '--volume', `${shared}:/run/oriel`],
    image,
  ]);
  return {
    name,
    origin: `https://127.0.0.1:${port}`,
    env: {
      DISPLAY: `:${TEST_DISPLAY}`,
      XAUTHORITY: join(shared, 'desktop/Xauthority'),
      PULSE_SERVER: `unix:${join(shared, 'desktop/pulse.socket')}`,
    },
    log: () => podman(['logs', name], { withErrors: true }),
    close: async () => {
      await podman(['rm', '--force', '--time', '10', name]);
      await rm(shared, { recursive: true, force: true });
    },
  };
}

export interface DesktopPageOptions {
  readonly transport: 'webtransport' | 'websocket';
  readonly password?: string;
}

/** Logs in with the password and opens the page, in a fresh profile, whatever certificate the gateway has. */
export async function openDesktop(
  browser: Browser,
  origin: string,
  { transport, password = PASSWORD }: DesktopPageOptions,
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ignoreHTTPSErrors: true,
  });
  const login = await context.request.post(`${origin}/api/login`, {
    data: { password },
    headers: { origin },
  });
  if (!login.ok()) throw new Error(`the login was refused: ${await login.text()}`);
  const page = await context.newPage();
  const console: string[] = [];
  page.on('console', (message) => console.push(`${message.type()}: ${message.text()}`));
  await page.goto(`${origin}/?probe=1&transport=${transport}`);
  return { context, page, console };
}

/** Answers with the status of a probe's path, as a kubelet asks; undefined while nothing listens. */
export async function probeStatus(origin: string, path: string): Promise<number | undefined> {
  const { request } = await import('node:https');
  return new Promise((resolve) => {
    request(`${origin}${path}`, { rejectUnauthorized: false, timeout: 3_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('timeout', () => resolve(undefined))
      .on('error', () => resolve(undefined))
      .end();
  });
}
