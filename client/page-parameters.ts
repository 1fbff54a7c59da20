import { latencyModeNames, type LatencyModeName } from '../protocol/latency-mode.ts';
import type { TransportKind } from './transport/transport.ts';

/** `?mode=`, `?transport=` and `?probe=1` of the page's address. */
export interface PageParameters {
  readonly mode: LatencyModeName;
  readonly pinned: TransportKind | undefined;
  readonly hasProbe: boolean;
}

/** The parameter that pins a transport. */
export const TRANSPORT_PARAMETER = 'transport';

/** Reads the query of the page's address; a value that is not known counts as absent. */
export function readPageParameters(search: string): PageParameters {
  const parameters = new URLSearchParams(search);
  const mode = latencyModeNames.find((name) => name === parameters.get('mode'));
  return {
    mode: mode ?? 'balanced',
    pinned: asTransport(parameters.get(TRANSPORT_PARAMETER)),
    hasProbe: parameters.get('probe') === '1',
  };
}

/** A transport by its name, or undefined for anything else. */
export function asTransport(value: string | null): TransportKind | undefined {
  return value === 'webtransport' || value === 'websocket' ? value : undefined;
}
