/** Finding programs, starting them so that they do not outlive the server, and ending what they have started. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of the environment that say who and where somebody is; nothing else of the server's environment is passed on. */
const HARMLESS_NAMES = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH', 'TZ', 'LANGUAGE'] as const;

/** Marks every process of a desktop, also those that left their process group. */
const MARK = 'ORIEL_DESKTOP';

/** How often it is looked whether marked processes are gone, in ms, and after which look SIGKILL is sent. */
const LOOK_EVERY_MS = 20;
const LOOKS_BEFORE_KILL = 25;
const MOST_LOOKS = 150;
/** A process that is just starting a program has no environment to be seen: one empty look proves nothing. */
const QUIET_LOOKS = 2;

/**
 * The environment of a desktop's programs: who the user is, a UTF-8 locale and what is given. Secrets of the server
 * (ORIEL_PASSWORD) stay with the server: everything in the desktop can be read by whoever sits at it.
 */
export function desktopEnvironment(
  id: string,
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = { HOME: '/', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' };
  for (const name of HARMLESS_NAMES) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const locale = process.env['LC_ALL'] ?? process.env['LANG'] ?? '';
  env['LANG'] = /utf-?8/i.test(locale) ? locale : 'C.UTF-8';
  return { ...env, ...extra, [MARK]: id };
}

/** The full path of a program. @throws Error naming the Debian package where it is not installed */
export function findProgram(name: string, debianPackage: string): string {
  for (const directory of (process.env['PATH'] ?? '/usr/bin:/bin').split(':')) {
    const path = join(directory, name);
    if (isExecutable(path)) return path;
  }
  throw new Error(`${name} is not installed; it is in the Debian package ${debianPackage}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a program in a process group of its own. The kernel ends it when the server dies without a word (setpriv of
 * util-linux, which every Debian has).
 */
export function spawnBound(
  program: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly stdio: StdioOptions },
): ChildProcess {
  const setpriv = '/usr/bin/setpriv';
  const [file, rest] = isExecutable(setpriv)
    ? [setpriv, ['--pdeathsig', 'TERM', '--', program, ...args]]
    : [program, [...args]];
  const cwd = options.env['HOME'];
  return spawn(file, rest, {
    env: { ...options.env },
    stdio: options.stdio,
    detached: true,
    ...(cwd !== undefined && { cwd }),
  });
}

/** Ends every process that carries the mark of a desktop: SIGTERM and SIGHUP first, then SIGKILL. */
export async function endMarkedProcesses(id: string): Promise<void> {
  let quietLooks = 0;
  for (let look = 0; look < MOST_LOOKS && quietLooks < QUIET_LOOKS; look++) {
    const pids = await markedProcesses(id);
    quietLooks = pids.length === 0 ? quietLooks + 1 : 0;
    for (const pid of pids) {
      if (look === 0) signal(pid, 'SIGHUP');
      signal(pid, look < LOOKS_BEFORE_KILL ? 'SIGTERM' : 'SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Process ids that carry the mark of a desktop; only the user's own can be seen. */
export async function markedProcesses(id: string): Promise<readonly number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      try {
        const environment = await readFile(`/proc/${name}/environ`, 'latin1');
        return environment.split('\0').includes(`${MARK}=${id}`) ? Number(name) : undefined;
      } catch {
        // Gone, or somebody else's.
        return undefined;
      }
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile.
  }
}
