import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Namespace } from './namespace.ts';

/** How packets are lost; probabilities from 0 to 1. */
export type Loss =
  | { readonly type: 'none' }
  /** Each packet by itself. */
  | { readonly type: 'bernoulli'; readonly probability: number }
  /** Gilbert–Elliott: a good and a bad state, entered and left with a probability at each packet, each with its own loss. */
  | {
      readonly type: 'gilbert';
      readonly toBad: number;
      readonly toGood: number;
      readonly lossGood: number;
      readonly lossBad: number;
    };

/** One direction of a path. What is left out keeps its value; in the beginning nothing is limited, delayed or lost. */
export interface PathSettings {
  /** Bits a second of IP packets; 0 is no limit. */
  readonly rateBps?: number;
  /** Bytes that may wait for the rate; more is dropped from the tail. 1 MiB in the beginning. */
  readonly queueBytes?: number;
  /** One way. */
  readonly delayMs?: number;
  /** Further delay from 0 to this, drawn anew every 20 ms; packets keep their order. */
  readonly jitterMs?: number;
  readonly loss?: Loss;
  readonly udp?: 'pass' | 'drop';
}

/** `ab`: from the server's namespace to the client's. */
export type PathDirection = 'ab' | 'ba' | 'both';

/** What one direction did since the link began. */
export interface PathCounters {
  readonly packets: number;
  readonly bytes: number;
  readonly deliveredPackets: number;
  readonly deliveredBytes: number;
  /** Lost by chance. */
  readonly lost: number;
  readonly tailDropped: number;
  readonly udpDropped: number;
  /** Not taken by the device, which should not happen. */
  readonly refused: number;
  readonly queuedBytes: number;
  readonly longestWaitUs: number;
  /** Delivered more than 1 ms after their time because this machine was busy, and the worst of them: the emulator's own error. */
  readonly latePackets: number;
  readonly latestUs: number;
  readonly rateBps: number;
}

export interface LinkCounters {
  /** CLOCK_MONOTONIC, µs. */
  readonly timeUs: number;
  readonly ab: PathCounters;
  readonly ba: PathCounters;
}

/** Name of the link's device in either namespace. */
export interface LinkOptions {
  readonly a: Namespace;
  readonly b: Namespace;
  readonly device: string;
  /** Decides every loss and every jitter: a natural number. */
  readonly seed: number;
}

const source = fileURLToPath(new URL('link.c', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/lab/', import.meta.url));

/** An emulated path between two namespaces (link.c). It ends with this process, whatever happens to it. */
export class Link {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown[]>;
  readonly #waiting = new Map<number, (counters: LinkCounters) => void>();
  #asked = 0;
  #failure: Error | undefined;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>) {
    this.#process = process;
    this.#ended = once(process, 'exit');
  }

  /** Compiles the emulator when it is older than its source, and makes both devices; they are down and have no address. */
  static async open({ a, b, device, seed }: LinkOptions): Promise<Link> {
    const child = spawn(compile(), [a.name, b.name, device, String(seed)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Writing to a link that died is reported by counters().
    child.stdin.on('error', () => undefined);
    const link = new Link(child);
    const lines = createInterface({ input: child.stdout });
    const first = (await Promise.race([once(lines, 'line'), link.#ended])) as unknown[];
    if (first[0] !== '{"ready":true}') throw new Error(`link: ${String(first[0])}`);
    lines.on('line', (line) => link.#onLine(line));
    return link;
  }

  /** Changes a direction, at once or `atMs` milliseconds from now (by the emulator's own clock). */
  set(direction: PathDirection, settings: PathSettings, atMs = 0): void {
    const prefix = atMs > 0 ? `at ${Math.round(atMs)} ` : '';
    const lines = settingLines(settings).map((line) => `${prefix}${direction} ${line}\n`);
    this.#process.stdin.write(lines.join(''));
  }

  /** What went through so far. Rejects when the link has ended, or did not understand a setting. */
  async counters(): Promise<LinkCounters> {
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<LinkCounters>((resolve) => this.#waiting.set(id, resolve));
    this.#process.stdin.write(`counters ${id}\n`);
    const ended = this.#ended.then(() => {
      throw new Error('link: ended');
    });
    const counters = await Promise.race([answer, ended]);
    if (this.#failure !== undefined) throw this.#failure;
    return counters;
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  #onLine(line: string): void {
    const answer = JSON.parse(line) as
      { readonly error: string } | ({ readonly id: number } & LinkCounters);
    if ('error' in answer) {
      this.#failure = new Error(`link: ${answer.error}`);
      return;
    }
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}

function settingLines(settings: PathSettings): readonly string[] {
  const { rateBps, queueBytes, delayMs, jitterMs, loss, udp } = settings;
  const lines: string[] = [];
  if (rateBps !== undefined) lines.push(`rate ${Math.round(rateBps)}`);
  if (queueBytes !== undefined) lines.push(`queue ${Math.round(queueBytes)}`);
  if (delayMs !== undefined) lines.push(`delay ${Math.round(delayMs * 1_000)}`);
  if (jitterMs !== undefined) lines.push(`jitter ${Math.round(jitterMs * 1_000)}`);
  if (loss !== undefined) lines.push(lossLine(loss));
  if (udp !== undefined) lines.push(`udp ${udp}`);
  return lines;
}

function lossLine(loss: Loss): string {
  switch (loss.type) {
    case 'none':
      return 'loss 0';
    case 'bernoulli':
      return `loss ${loss.probability}`;
    case 'gilbert':
      return `gilbert ${loss.toBad} ${loss.toGood} ${loss.lossGood} ${loss.lossBad}`;
  }
}

/** Path of the compiled emulator. */
function compile(): string {
  const program = `${cache}link`;
  const compiledAt = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (compiledAt > statSync(source).mtimeMs) return program;
  mkdirSync(cache, { recursive: true });
  const part = `${program}.${process.pid}`;
  const { status, stderr } = spawnSync('cc', ['-O2', '-o', part, source], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`link.c does not compile:\n${stderr}`);
  renameSync(part, program);
  return program;
}
