import { spawn } from 'node:child_process';
import type { Logger } from '../observe/logger.ts';
import type { SessionEvent } from './session-events.ts';

/** Programs that run at once, and that wait; one more is left out. A hundred pages that reconnect must not start a hundred programs. */
const MAX_RUNNING = 4;
const MAX_WAITING = 64;

/** A program that takes longer is killed with everything it started, milliseconds. */
const TIMEOUT_MS = 10_000;

/** Which programs are run after which event. */
export interface HookCommandsOptions {
  /** Paths of programs; run without a shell and without arguments. */
  readonly afterConnect: string | undefined;
  readonly afterDisconnect: string | undefined;
  readonly logger: Logger;
  readonly timeoutMs?: number;
}

/** Runs the operator's programs after a session has begun or ended. They see the event in their environment and nothing of the gateway's own. */
export class HookCommands {
  readonly #options: HookCommandsOptions;
  readonly #waiting: SessionEvent[] = [];
  readonly #running = new Set<() => void>();

  constructor(options: HookCommandsOptions) {
    this.#options = options;
  }

  tell(event: SessionEvent): void {
    if (this.#programOf(event) === undefined) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#options.logger.warn('a hook is left out: too many wait', { event: event.event });
      return;
    }
    this.#waiting.push(event);
    this.#runNext();
  }

  /** Kills what runs; what waits is forgotten. */
  close(): void {
    this.#waiting.length = 0;
    for (const kill of this.#running) kill();
  }

  #programOf({ event }: SessionEvent): string | undefined {
    const { afterConnect, afterDisconnect } = this.#options;
    return event === 'connected' ? afterConnect : afterDisconnect;
  }

  #runNext(): void {
    if (this.#running.size >= MAX_RUNNING) return;
    const event = this.#waiting.shift();
    const program = event && this.#programOf(event);
    if (event === undefined || program === undefined) return;
    const { logger, timeoutMs = TIMEOUT_MS } = this.#options;
    const child = spawn(program, [], {
      env: environmentOf(event),
      stdio: 'ignore',
      detached: true,
    });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(kill, timeoutMs);
    this.#running.add(kill);
    const ended = (how: string | undefined): void => {
      clearTimeout(timer);
      if (!this.#running.delete(kill)) return;
      if (how !== undefined) logger.warn('a hook failed', { event: event.event, how });
      this.#runNext();
    };
    child.once('error', (error) => ended(error.message));
    child.once('exit', (code, signal) => {
      ended(code === 0 ? undefined : (signal ?? `code ${code ?? ''}`));
    });
  }
}

/** Nothing of the gateway's environment but what programs need to be found and to write. */
function environmentOf(event: SessionEvent): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'TZ'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...kept,
    ORIEL_EVENT: event.event,
    ORIEL_SESSION: String(event.session),
    ORIEL_ROLE: event.role,
    ORIEL_TRANSPORT: event.transport,
    ORIEL_SESSIONS: String(event.sessions),
  };
}
