import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';

/** Whether this machine lets the lab run, and if not, why, in one sentence. */
export type LabAvailability =
  { readonly type: 'available' } | { readonly type: 'unavailable'; readonly reason: string };

/** Where `ip netns` keeps its namespaces. */
const NAMESPACES = '/run/netns';

/** Names of the lab's namespaces: the process that made them, then a name of its own. */
const OWN_NAME = /^oriel-(\d+)-/;

let created = 0;

/**
 * A network namespace: interfaces, addresses and routes that nobody else sees. It has nothing but its own loopback interface
 * until a link joins it to another one.
 */
export class Namespace {
  readonly name: string;
  /** Put before a command, runs it inside: only the network is another one. */
  readonly launcher: readonly string[];

  private constructor(name: string) {
    this.name = name;
    this.launcher = ['nsenter', `--net=${NAMESPACES}/${name}`, '--'];
  }

  /** Makes a namespace; `remove()` takes it away, and so does the next lab when this process dies. */
  static create(purpose: string): Namespace {
    if (created === 0) process.once('exit', removeOwn);
    created += 1;
    const namespace = new Namespace(`oriel-${process.pid}-${created}-${purpose}`);
    ip('netns', 'add', namespace.name);
    namespace.ip('link', 'set', 'lo', 'up');
    return namespace;
  }

  /** Runs `ip` on this namespace; throws what it says when it fails. */
  ip(...args: readonly string[]): void {
    ip('-n', this.name, ...args);
  }

  /** Idempotent. Processes inside go on without a way out. */
  remove(): void {
    if (existsSync(`${NAMESPACES}/${this.name}`)) ip('netns', 'delete', this.name);
  }
}

/** Looks whether namespaces and TUN devices can be had; leaves nothing behind. */
export function labAvailability(): LabAvailability {
  const unavailable = (reason: string): LabAvailability => ({ type: 'unavailable', reason });
  if (process.getuid?.() !== 0) return unavailable('network namespaces need root.');
  const missing = [
    ['ip', 'iproute2'],
    ['nsenter', 'util-linux'],
    ['cc', 'gcc'],
  ].filter(([program]) => spawnSync('which', [program ?? '']).status !== 0);
  if (missing.length > 0) {
    return unavailable(
      `these packages are missing: ${missing.map(([, name]) => name).join(', ')}.`,
    );
  }
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return unavailable('/dev/net/tun cannot be opened here.');
  }
  try {
    removeStale();
    const probe = Namespace.create('probe');
    try {
      probe.ip('tuntap', 'add', 'dev', 'probe', 'mode', 'tun');
    } finally {
      probe.remove();
    }
  } catch (error) {
    return unavailable(`network namespaces cannot be made here: ${String(error)}.`);
  }
  return { type: 'available' };
}

/** Congestion control of TCP that the kernel offers. */
export function hasBbr(): boolean {
  const probe = Namespace.create('bbr');
  try {
    probe.ip('route', 'add', '10.77.0.0/24', 'dev', 'lo', 'congctl', 'bbr');
    return true;
  } catch {
    return false;
  } finally {
    probe.remove();
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

function ownNames(): readonly { readonly name: string; readonly pid: number }[] {
  if (!existsSync(NAMESPACES)) return [];
  return readdirSync(NAMESPACES).flatMap((name) => {
    const pid = OWN_NAME.exec(name)?.[1];
    return pid === undefined ? [] : [{ name, pid: Number(pid) }];
  });
}

/** Takes away what labs left that were killed. */
function removeStale(): void {
  for (const { name, pid } of ownNames()) {
    if (!existsSync(`/proc/${pid}`)) ip('netns', 'delete', name);
  }
}

function removeOwn(): void {
  for (const { name, pid } of ownNames()) {
    if (pid === process.pid) spawnSync('ip', ['netns', 'delete', name]);
  }
}
