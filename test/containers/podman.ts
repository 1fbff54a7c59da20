import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitUntil } from '../support/wait.ts';

/** Longest time that a command other than a build may take, in ms, on a loaded machine. */
const COMMAND_TIMEOUT_MS = 60_000;

/** What the names of the tests' containers and pods begin with. */
export const TEST_NAME = 'oriel-test';

/** Read by podman and everything that it starts. */
const CONTAINERS_CONF = new URL('containers.conf', import.meta.url).pathname;

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, CONTAINERS_CONF });

export interface PodmanOptions {
  /** Whether what went to standard error is returned too, after the rest. */
  readonly withErrors?: boolean;
}

/** Runs podman and returns what it printed. @throws Error with its last words */
export function podman(args: readonly string[], options: PodmanOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'podman',
      ['--runtime', 'runc', ...args],
      { env: environment(), timeout: COMMAND_TIMEOUT_MS, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (error === null) resolve(options.withErrors === true ? stdout + stderr : stdout);
        else
          reject(new Error(`podman ${args.join(' ')}: ${stderr.slice(-2_000)}`, { cause: error }));
      },
    );
  });
}

/** Whether podman exits with 0. */
export async function succeeds(args: readonly string[]): Promise<boolean> {
  try {
    await podman(args);
    return true;
  } catch {
    return false;
  }
}

/** Runs a long command of a shell with its output shown. @throws Error unless it ends with 0 */
export function shell(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-ec', command], { env: environment(), stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`ended with ${String(code)}: ${command}`));
    });
  });
}

/** How long a killed process may take to end, in ms, on a loaded machine. */
const DEATH_TIMEOUT_MS = 10_000;

/** Kills a process, as the kernel does that has no memory left, and waits until it is dead. */
export async function killProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await waitUntil(() => isDead(pid), DEATH_TIMEOUT_MS);
}

/** Kills the first process of a container, with which all others of it end: what its restart policy is for. */
export async function killContainer(name: string): Promise<void> {
  await killProcess(Number(await podman(['inspect', '--format', '{{.State.Pid}}', name])));
}

function isDead(pid: number): boolean {
  try {
    // Behind the name in parentheses; a zombie waits for its parent only.
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
