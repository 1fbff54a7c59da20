import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longest time that a command other than a build may take, in ms, on a loaded machine. */
const COMMAND_TIMEOUT_MS = 60_000;

/** The machine may forbid raising limits, and crun does not run on every arrangement of control groups. */
const CONTAINERS_CONF = `[containers]
default_ulimits = ["nofile=1024:1024","nproc=1024:1024"]
[engine]
runtime = "runc"
`;

const directory = join(tmpdir(), 'oriel-podman');

function environment(): NodeJS.ProcessEnv {
  const conf = join(directory, 'containers.conf');
  mkdirSync(directory, { recursive: true });
  writeFileSync(conf, CONTAINERS_CONF);
  return { ...process.env, CONTAINERS_CONF: conf };
}

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
