import type { ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import type { Logger } from '../observe/logger.ts';

/** Pauses before a restart, in ms: at once after a rare death, slowly when a program cannot run here. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A program that ran this long, in ms, was all right: its next death is a rare one again. */
const STEADY_AFTER_MS = 10_000;
/** How long a program may take to end on SIGTERM, in ms, before SIGKILL. */
const TERM_GRACE_MS = 1_000;
/** How much of a program's last words is kept, in characters. */
const KEPT_OUTPUT = 400;

/** How a process is started, and when it counts as running. */
export interface SupervisedProcessOptions {
  /** For log lines. */
  readonly name: string;
  readonly logger: Logger;
  /**
   * Starts the program as the leader of its own process group (`detached`), with stderr as a pipe. May wait first for what
   * the program needs; rejects when the signal is aborted meanwhile.
   */
  readonly spawn: (signal: AbortSignal) => Promise<ChildProcess>;
  /** Resolves when the program is of use; at once unless given. */
  readonly ready?: (child: ChildProcess) => Promise<void>;
}

/** A program that is started again whenever it ends, until `stop`. */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  #child: ChildProcess | undefined;
  #ready = Promise.withResolvers<undefined>();
  #restarts = 0;
  readonly #stopping = new AbortController();
  #wake: (() => void) | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    // Nobody may be waiting when it is stopped before it was ready.
    this.#ready.promise.catch(() => undefined);
  }

  /** Process id of the running program; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often the program was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Starts. Resolves when the program is ready, rejects when its first start fails; it is then not tried again. */
  async start(): Promise<void> {
    const first = await this.#launch();
    this.#loop = this.#watch(first);
  }

  /** Starts, and keeps trying where the first start fails. */
  startInBackground(): void {
    this.#loop = this.#watch(undefined);
  }

  /** Resolves when the program is ready, now or after its next start. @throws Error when it was stopped, or on abort */
  async whenReady(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(new Error(`waiting for ${this.#options.name} ended`));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    await Promise.race([this.#ready.promise, aborted.promise]).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  }

  /** Ends the program and its process group. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#ready.reject(new Error(`${this.#options.name} was stopped`));
    this.#wake?.();
    const child = this.#child;
    if (child) await endGroup(child);
    await this.#loop;
  }

  async #watch(running: Run | undefined): Promise<void> {
    const { name, logger } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    let run = running;
    for (;;) {
      let reason: string;
      if (run) {
        reason = await run.ended;
        if (performance.now() - run.startedAtMs > STEADY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
        run = undefined;
      } else {
        try {
          run = await this.#launch();
          continue;
        } catch (error) {
          reason = error instanceof Error ? error.message : String(error);
        }
      }
      if (this.#isStopped()) return;
      logger.warn(`${name} ended and is started again`, { reason, pauseMs });
      await this.#sleep(pauseMs);
      if (this.#isStopped()) return;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      this.#restarts++;
    }
  }

  async #launch(): Promise<Run> {
    const { name, logger, spawn, ready } = this.#options;
    const child = await spawn(this.#stopping.signal);
    if (this.#isStopped()) {
      await endGroup(child);
      throw new Error(`${name} was stopped`);
    }
    this.#child = child;
    const startedAtMs = performance.now();
    const ended = whenEnded(child).then((reason) => {
      this.#child = undefined;
      if (this.#isStopped()) return reason;
      this.#ready = Promise.withResolvers<undefined>();
      this.#ready.promise.catch(() => undefined);
      return reason;
    });
    const failed = ended.then((reason) => Promise.reject(new Error(`${name}: ${reason}`)));
    try {
      await Promise.race([ready?.(child) ?? Promise.resolve(), failed]);
    } catch (error) {
      await endGroup(child);
      throw error;
    }
    logger.debug(`${name} runs`, { pid: child.pid });
    this.#ready.resolve(undefined);
    return { ended, startedAtMs };
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

interface Run {
  readonly ended: Promise<string>;
  readonly startedAtMs: number;
}

/** Resolves with how the program ended, and its last words. */
function whenEnded(child: ChildProcess): Promise<string> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit status ${code ?? 'unknown'}` : `signal ${signal}`;
      const last = words.trim().split('\n').at(-1) ?? '';
      resolve(last === '' ? how : `${how}: ${last}`);
    });
  });
}

/** Sends SIGTERM to a program's group, SIGKILL to what is left of it after a grace, and waits for the program's end. */
async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const isOver = child.exitCode !== null || child.signalCode !== null;
  if (!isOver) {
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), TERM_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }
  // Children of the program that ignored the signal.
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
