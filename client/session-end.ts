/** Which failures and ends are final, and what the page then says. */
import { SessionCode } from '../protocol/errors.ts';
import type { PlayerState } from './network/network-messages.ts';
import { SessionApiError } from './session-api.ts';
import { ConnectionRefusedError } from './transport/connection.ts';
import { RaceLostError } from './transport/race.ts';
import type { TransportEnd } from './transport/transport.ts';

/** What the page shows when an attempt failed for good; undefined when the next one may succeed. */
export function finalState(error: unknown): PlayerState | undefined {
  if (error instanceof SessionApiError && error.code === 'unauthorized') {
    return { phase: 'refused', message: 'The login is no longer valid.' };
  }
  if (!(error instanceof RaceLostError)) return undefined;
  for (const { cause } of error.failures) {
    const final = cause instanceof ConnectionRefusedError ? stateAfter(cause.end) : undefined;
    if (final !== undefined) return final;
  }
  return undefined;
}

/** What the page shows after an end that no reconnect can mend; undefined for the others. */
export function stateAfter({ code, reason }: TransportEnd): PlayerState | undefined {
  switch (code) {
    case SessionCode.ok:
      return { phase: 'ended', message: reason === '' ? 'The session has ended.' : reason };
    case SessionCode.superseded:
      return { phase: 'ended', message: 'This desktop was opened in another tab.' };
    case SessionCode.version:
      return { phase: 'refused', message: 'This page is out of date. Reload it.' };
    default:
      return undefined;
  }
}
