/** What the compare sheet needs of a player. */
import type { InputEvent } from '../../../protocol/input.ts';
import type { ComparedPlayer } from '../../compare/comparison.ts';
import type { MarkSighting } from '../../stats/measurement-messages.ts';

/** A player with the measurement of click to photon. */
export interface ComparePlayer extends ComparedPlayer {
  sendInput(events: readonly InputEvent[]): void;
  readonly measurements: ComparedPlayer['measurements'] & {
    watchMark(listener: (sighting: MarkSighting | undefined) => void): void;
    unwatchMark(): void;
  };
}

/** Resolves after so many ms; rejects with the signal's reason when that comes first. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
