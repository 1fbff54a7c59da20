/** Which transport won the race last time, kept in this browser. */
import { transportNamed, type ChosenTransport } from './transport/transport.ts';

const WINNER_KEY = 'oriel.transport';

/** Undefined: it is not known, and the race runs as for the first time; also where the page may not store anything. */
export function readLastWinner(): ChosenTransport | undefined {
  try {
    return transportNamed(localStorage.getItem(WINNER_KEY));
  } catch {
    return undefined;
  }
}

/** Without effect where the page may not store anything. */
export function rememberWinner(transport: ChosenTransport): void {
  try {
    localStorage.setItem(WINNER_KEY, transport);
  } catch {
    // See readLastWinner.
  }
}
