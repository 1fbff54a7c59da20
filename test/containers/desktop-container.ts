import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { podman, TEST_NAME } from './podman.ts';

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

/** Where X servers have their sockets; that of the container lies here too, for the tests' programs. */
export const X_SOCKETS = '/tmp/.X11-unix';

/** The first display number that is tried: displays of people are below. */
const FIRST_DISPLAY = 77;

/**
 * A display number that no X server of this machine has. Programs look for the abstract socket of that name first, which is not the
 * container's: with a number that is taken they would reach the other display.
 */
export async function freeDisplay(): Promise<number> {
  const taken = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  let number = FIRST_DISPLAY;
  const isTaken = (path: string): boolean =>
    existsSync(path) || taken.some((line) => line.endsWith(path));
  while (isTaken(`${X_SOCKETS}/X${number}`)) number += 1;
  return number;
}

export async function startDesktopContainer(
  image: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<DesktopContainer> {
  const shared = await mkdtemp(join(tmpdir(), 'oriel-shared-'));
  await chmod(shared, 0o700);
  await chown(shared, UID, UID);
  const [port, display] = [await freePort(), await freeDisplay()];
  const name = `${TEST_NAME}-${port}`;
  const variables = Object.entries({
    ORIEL_PORT: String(port),
    ORIEL_PASSWORD: PASSWORD,
    // A page whose gateway has died comes back without logging in again.
    ORIEL_LOGIN_KEY: randomBytes(32).toString('base64'),
    ORIEL_PUBLIC_ORIGINS: `https://127.0.0.1:${port}`,
    DESKTOP_DISPLAY: String(display),
    DESKTOP_SHARED: '/run/oriel',
    ...settings,
  }).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  await podman([
    ...['run', '--detach', '--name', name, ...HARDENED, ...variables],
    ...['--publish', `127.0.0.1:${port}:${port}/tcp`, '--publish', `127.0.0.1:${port}:${port}/udp`],
    ...['--volume', `${X_SOCKETS}:${X_SOCKETS}`, '--volume', `${shared}:/run/oriel`],
    image,
  ]);
  return {
    name,
    origin: `https://127.0.0.1:${port}`,
    env: {
      DISPLAY: `:${display}`,
      XAUTHORITY: join(shared, 'desktop/Xauthority'),
      PULSE_SERVER: `unix:${join(shared, 'desktop/pulse.socket')}`,
    },
    log: () => podman(['logs', name], { withErrors: true }),
    close: async () => {
      await podman(['rm', '--force', '--time', '10', name]);
      await rm(`${X_SOCKETS}/X${display}`, { force: true });
      await rm(shared, { recursive: true, force: true });
    },
  };
}
