import type { TransportKind } from './transport.ts';

/** One way to get a live connection, in the race against the others. */
export interface Entrant<Connection> {
  readonly kind: TransportKind;
  /** Head start of the others, in milliseconds. */
  readonly delayMs: number;
  /** Resolves when the server has said HELLO_ACK; rejects when it cannot or `signal` aborts. */
  connect(signal: AbortSignal): Promise<Connection>;
  /** Closes a connection that came second. */
  discard(connection: Connection): void;
}

/** What ends a race early, and its clock. */
export interface RaceOptions {
  readonly signal: AbortSignal;
  /** Resolves after that time, at once when `signal` aborts. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Who won. */
export interface RaceResult<Connection> {
  readonly kind: TransportKind;
  readonly connection: Connection;
}

/** No entrant got through; `failures` says why, in the order of failing. */
export class RaceLostError extends Error {
  override readonly name = 'RaceLostError';
  readonly failures: readonly { readonly kind: TransportKind; readonly cause: unknown }[];

  constructor(failures: RaceLostError['failures']) {
    const reasons = failures.map(({ kind, cause }) => `${kind}: ${describe(cause)}`);
    super(reasons.length === 0 ? 'no transport to try' : reasons.join('; '));
    this.failures = failures;
  }
}

/**
 * Tries all entrants, each after its delay, or at once when every earlier one has failed. The first to connect wins, the others are
 * aborted, and one that connects all the same is discarded.
 */
export async function race<Connection>(
  entrants: readonly Entrant<Connection>[],
  { signal, wait }: RaceOptions,
): Promise<RaceResult<Connection>> {
  // Who listens to a signal that was aborted before hears of nothing, and would wait for ever.
  if (signal.aborted) throw asError(signal.reason);
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  const abort = (): void => over.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const failures: { kind: TransportKind; cause: unknown }[] = [];
  try {
    return await new Promise((resolve, reject) => {
      over.signal.addEventListener('abort', () => reject(asError(over.signal.reason)));
      const start = startGate(entrants, { signal: over.signal, wait });
      const run = async (entrant: Entrant<Connection>): Promise<void> => {
        await start.turn(entrant);
        if (isOver()) return;
        const connection = await entrant.connect(over.signal);
        if (isOver()) entrant.discard(connection);
        else {
          resolve({ kind: entrant.kind, connection });
          over.abort(new Error(`${entrant.kind} connected first`));
        }
      };
      for (const entrant of entrants) {
        run(entrant).catch((cause: unknown) => {
          failures.push({ kind: entrant.kind, cause });
          start.failed(entrant);
          if (failures.length === entrants.length) reject(new RaceLostError(failures));
        });
      }
      if (entrants.length === 0) reject(new RaceLostError([]));
    });
  } finally {
    signal.removeEventListener('abort', abort);
    over.abort();
  }
}

/** Holds each entrant back for its delay, or until all that were to start before it have failed. */
function startGate<Connection>(
  entrants: readonly Entrant<Connection>[],
  { signal, wait }: RaceOptions,
): {
  turn(entrant: Entrant<Connection>): Promise<void>;
  failed(entrant: Entrant<Connection>): void;
} {
  const alive = new Set(entrants);
  const opens = new Map<Entrant<Connection>, () => void>();
  return {
    turn: async (entrant) => {
      if (entrant.delayMs <= 0) return;
      const early = new Promise<void>((resolve) => opens.set(entrant, resolve));
      await Promise.race([wait(entrant.delayMs, signal), early]);
    },
    failed: (entrant) => {
      alive.delete(entrant);
      for (const other of alive) {
        const isNext = [...alive].every((one) => one.delayMs >= other.delayMs);
        if (isNext) opens.get(other)?.();
      }
    },
  };
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
