import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { markedProcesses } from '../../../server/desktop/desktop-processes.ts';
import {
  startVirtualDesktop,
  type DesktopPart,
  type VirtualDesktop,
} from '../../../server/desktop/virtual-desktop.ts';
import { XConnection } from '../../../server/desktop/x-connection.ts';
import { openXDesktop, type XDesktopState } from '../../../server/desktop/x-desktop.ts';
import { silentLogger } from '../../support/silent-logger.ts';

const run = promisify(execFile);
/** How long parts may take to come back, in ms, on a loaded machine. */
const RESTART_TIMEOUT_MS = 15_000;

let desktop: VirtualDesktop;

beforeEach(async () => {
  desktop = await startVirtualDesktop({ width: 800, height: 600, logger: silentLogger });
});

afterEach(async () => {
  await desktop.close();
});

function part(name: DesktopPart['name']): DesktopPart {
  const found = desktop.parts.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`the desktop has no ${name}`);
  return found;
}

function pidOf(name: DesktopPart['name']): number {
  const { pid } = part(name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  return pid;
}

async function allRunning(): Promise<void> {
  await vi.waitFor(() => desktop.parts.forEach(({ name }) => pidOf(name)), {
    timeout: RESTART_TIMEOUT_MS,
  });
}

describe('a private desktop', () => {
  test('has a screen of the asked size that only its cookie opens', async () => {
    const { display, authority } = desktop;
    const connection = await XConnection.open({ display, authority });
    expect(connection.initialSize).toEqual({ width: 800, height: 600 });
    connection.close();
    await expect(XConnection.open({ display, authority: '/dev/null' })).rejects.toThrow(display);
    expect((await stat(desktop.authority)).mode & 0o777).toBe(0o600);
  });

  test('has a sound server whose monitor can be captured', async () => {
    const env = { ...process.env, ...desktop.env };
    const { stdout } = await run('pactl', ['list', 'short', 'sources'], { env });
    expect(stdout).toContain(desktop.pulseSource);
  });

  test("keeps the server's secrets to itself", () => {
    process.env['ORIEL_PASSWORD'] = 'secret';
    expect(Object.values(desktop.env)).not.toContain('secret');
    delete process.env['ORIEL_PASSWORD'];
  });

  test('restarts each part that dies', async () => {
    await allRunning();
    for (const name of ['windowManager', 'program', 'soundServer'] as const) {
      const old = pidOf(name);
      process.kill(old, 'SIGKILL');
      await vi.waitFor(() => expect(pidOf(name)).not.toBe(old), { timeout: RESTART_TIMEOUT_MS });
    }
    await vi.waitFor(() => run('pactl', ['info'], { env: { ...process.env, ...desktop.env } }), {
      timeout: RESTART_TIMEOUT_MS,
    });
    expect(part('xServer').restarts).toBe(0);
  });

  test('brings the X server back on the same display, with everything on it', async () => {
    await allRunning();
    const { display } = desktop;
    const states: XDesktopState['type'][] = [];
    const x = await openXDesktop({
      display,
      authority: desktop.authority,
      logger: silentLogger,
      onState: ({ type }) => states.push(type),
      onCursor: () => undefined,
      onChange: () => undefined,
      onBlind: () => undefined,
    });
    const window = pidOf('windowManager');
    process.kill(pidOf('xServer'), 'SIGKILL');
    await vi.waitFor(() => expect(states).toContain('lost'), { timeout: RESTART_TIMEOUT_MS });
    x.input.apply({ type: 'pointerAbsolute', x: 1, y: 1 });
    expect(x.droppedEvents).toBe(1);
    await vi.waitFor(() => expect(states.at(-1)).toBe('connected'), {
      timeout: RESTART_TIMEOUT_MS,
    });
    await vi.waitFor(() => expect(pidOf('windowManager')).not.toBe(window), {
      timeout: RESTART_TIMEOUT_MS,
    });
    expect(desktop.display).toBe(display);
    await x.close();
  });

  test('leaves no process behind, not even one that left its session', async () => {
    await allRunning();
    const id = desktop.env['ORIEL_DESKTOP'] ?? '';
    const stubborn = `setsid --fork sh -c 'trap "" HUP TERM; sleep 1000' > /dev/null 2>&1`;
    await run('sh', ['-c', stubborn], { env: { ...process.env, ...desktop.env } });
    const known = desktop.parts.map(({ pid }) => pid);
    await vi.waitFor(
      async () => {
        const commands = (await markedProcesses(id)).filter((pid) => !known.includes(pid));
        const names = commands.map((pid) => readFileSync(`/proc/${pid}/comm`, 'latin1').trim());
        expect(names).toContain('sleep');
      },
      { timeout: RESTART_TIMEOUT_MS },
    );
    await desktop.close();
    expect(await markedProcesses(id)).toEqual([]);
    await expect(desktop.closed).resolves.toBe('closed');
    await expect(stat(desktop.authority)).rejects.toThrow('ENOENT');
  });
});

test('a command of the user replaces the terminal', async () => {
  const other = await startVirtualDesktop({
    width: 640,
    height: 480,
    command: 'exec sleep 1000',
    sound: false,
    logger: silentLogger,
  });
  expect(other.display).not.toBe(desktop.display);
  expect(other.pulseServer).toBeUndefined();
  expect(other.parts.map(({ name }) => name)).toEqual(['xServer', 'windowManager', 'program']);
  await other.close();
});

test('ends with the server, even when that is killed', async () => {
  const module = new URL('../../../server/desktop/virtual-desktop.ts', import.meta.url).href;
  const logger = new URL('../../support/silent-logger.ts', import.meta.url).href;
  const server = spawn(
    process.execPath,
    [
      ...['--input-type=module', '--eval'],
      `const { startVirtualDesktop } = await import('${module}');
       const { silentLogger } = await import('${logger}');
       const options = { width: 640, height: 480, logger: silentLogger };
       console.log((await startVirtualDesktop(options)).env.ORIEL_DESKTOP);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const id = line.toString().trim();
  expect((await markedProcesses(id)).length).toBeGreaterThanOrEqual(3);
  server.kill('SIGKILL');
  await vi.waitFor(async () => expect(await markedProcesses(id)).toEqual([]), {
    timeout: RESTART_TIMEOUT_MS,
  });
});
