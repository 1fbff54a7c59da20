import { setTimeout as delay } from 'node:timers/promises';

/** What undoes one step. */
export type Closer = () => Promise<unknown>;

/** A run that has not ended by itself by then is broken: the longest takes half a minute beside what is measured. */
const RUN_TIMEOUT_MS = 150_000;

/** One step that is undone takes so long at most; the next one is tried in any case. */
const CLOSE_TIMEOUT_MS = 15_000;

/**
 * Runs `body`, which notes how each of its steps is undone, and undoes them all, the newest first, whatever happens: also when it does
 * not end (after 150 s, or `timeoutMs`) and when something cannot be undone.
 */
export async function withClosers<T>(
  body: (closers: Closer[]) => Promise<T>,
  timeoutMs = RUN_TIMEOUT_MS,
): Promise<T> {
  const closers: Closer[] = [];
  const stopped = new AbortController();
  const { signal } = stopped;
  try {
    return await Promise.race([
      body(closers),
      delay(timeoutMs, undefined, { signal }).then(() => {
        throw new Error(`not finished after ${Math.round(timeoutMs / 1_000)} s`);
      }),
    ]);
  } finally {
    stopped.abort();
    for (const closer of closers.reverse()) await closeOne(closer);
  }
}

async function closeOne(closer: Closer): Promise<void> {
  const stopped = new AbortController();
  const { signal } = stopped;
  try {
    await Promise.race([closer(), delay(CLOSE_TIMEOUT_MS, undefined, { signal })]);
  } catch {
    // What cannot be undone does not keep the rest from it; a namespace that stays is removed with the process.
  } finally {
    stopped.abort();
  }
}
