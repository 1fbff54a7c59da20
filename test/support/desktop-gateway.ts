import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gateway } from './gateway.ts';
import { waitUntil } from './wait.ts';

/** How long the private desktop may take from its first process to its command, on a loaded machine. */
const DESKTOP_TIMEOUT_MS = 20_000;

/** A gateway with its private desktop, and what a program of that desktop has in its environment. */
export interface DesktopGateway {
  readonly gateway: Gateway;
  /** DISPLAY, XAUTHORITY, PULSE_SERVER and so on of the desktop. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts `npm start`'s server with an empty desktop, on which a test then runs its own programs. */
export async function startDesktopGateway(
  flags: readonly string[] = [],
  launcher: readonly string[] = [],
): Promise<DesktopGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-desktop-'));
  const file = join(directory, 'env');
  const command = `env > ${file}.part && mv ${file}.part ${file}; exec sleep 100000`;
  const gateway = await Gateway.start(['--desktop-command', command, ...flags], {}, launcher);
  try {
    await waitUntil(() => existsSync(file), DESKTOP_TIMEOUT_MS);
    const text = await readFile(file, 'utf8');
    const names = ['DISPLAY', 'XAUTHORITY', 'PULSE_SERVER', 'XDG_RUNTIME_DIR', 'HOME'];
    const all = new Map(text.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line]));
    const env = Object.fromEntries(
      names.flatMap((name) => {
        const line = all.get(name);
        return line === undefined ? [] : [[name, line.slice(name.length + 1)]];
      }),
    );
    return {
      gateway,
      env,
      close: async () => {
        await gateway.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}
