import { latencyModeNames, type LatencyModeName } from '../protocol/latency-mode.ts';
import { rungChoiceNamed, type RungChoice } from './ladder/rungs.ts';
import type { UserChange } from './settings/user-settings.ts';
import { transportNamed, type ChosenTransport } from './transport/transport.ts';

/** `?mode=`, `?transport=`, `?rung=`, `?ice=`, `?upgrade=` and `?probe=1` of the page's address. */
export interface PageParameters {
  /** Undefined: not asked for. */
  readonly mode: LatencyModeName | undefined;
  readonly pinned: ChosenTransport | undefined;
  /** Absent: not asked for. */
  readonly rung?: RungChoice;
  readonly hasProbe: boolean;
  /** `?ice=relay`: WebRTC goes through a TURN server or not at all. */
  readonly isRelayed: boolean;
  /** `?upgrade=`: seconds until a session on its second-best transport tries the best one again; absent = 30. */
  readonly upgradePauseMs?: number;
}

/** Reads the query of the page's address; a value that is not known counts as absent. */
export function readPageParameters(search: string): PageParameters {
  const parameters = new URLSearchParams(search);
  const mode = latencyModeNames.find((name) => name === parameters.get('mode'));
  const rung = rungChoiceNamed(parameters.get('rung'));
  return {
    mode,
    pinned: transportNamed(parameters.get('transport')),
    ...(rung === undefined ? {} : { rung }),
    hasProbe: parameters.get('probe') === '1',
    isRelayed: parameters.get('ice') === 'relay',
    ...upgradePause(Number(parameters.get('upgrade') ?? Number.NaN)),
  };
}

/** Pauses of a tenth of a second up to an hour. */
function upgradePause(seconds: number): { readonly upgradePauseMs?: number } {
  return seconds >= 0.1 && seconds <= 3600 ? { upgradePauseMs: seconds * 1000 } : {};
}

/** What the address asks for, above what this browser has stored. */
export function addressedSettings({ mode, pinned, rung }: PageParameters): UserChange {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(pinned === undefined ? {} : { transport: pinned }),
    ...(rung === undefined ? {} : { rung }),
  };
}

/**
 * The address without what it asked for of some settings: who chooses otherwise later wants that at the next visit too.
 *
 * @param changed names of settings; those that an address cannot ask for change nothing
 */
export function addressWithout(address: string, changed: readonly string[]): string {
  const page = new URL(address);
  for (const name of ['mode', 'transport', 'rung']) {
    if (changed.includes(name)) page.searchParams.delete(name);
  }
  return page.href;
}
