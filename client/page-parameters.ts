import { latencyModeNames, type LatencyModeName } from '../protocol/latency-mode.ts';
import { transportNamed, type TransportKind } from './transport/transport.ts';

/** `?mode=`, `?transport=`, `?upgrade=` and `?probe=1` of the page's address. */
export interface PageParameters {
  /** Undefined: not asked for. */
  readonly mode: LatencyModeName | undefined;
  readonly pinned: TransportKind | undefined;
  readonly hasProbe: boolean;
  /** `?upgrade=`: seconds until a session on its second-best transport tries the best one again; absent = 30. */
  readonly upgradePauseMs?: number;
}

/** The parameter that pins a transport. */
export const TRANSPORT_PARAMETER = 'transport';

/** Reads the query of the page's address; a value that is not known counts as absent. */
export function readPageParameters(search: string): PageParameters {
  const parameters = new URLSearchParams(search);
  const mode = latencyModeNames.find((name) => name === parameters.get('mode'));
  return {
    mode,
    pinned: transportNamed(parameters.get(TRANSPORT_PARAMETER)),
    hasProbe: parameters.get('probe') === '1',
    ...upgradePause(Number(parameters.get('upgrade') ?? Number.NaN)),
  };
}

/** Pauses of a tenth of a second up to an hour. */
function upgradePause(seconds: number): { readonly upgradePauseMs?: number } {
  return seconds >= 0.1 && seconds <= 3600 ? { upgradePauseMs: seconds * 1000 } : {};
}
