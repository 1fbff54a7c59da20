import type { Goals } from '../lab/scenarios.ts';
import { runName, WANTED_BPS, type NetworkRun } from './network-run.ts';

/** What one run is held against, and what it did. */
export interface Verdict {
  readonly scenario: string;
  readonly run: string;
  /** What was measured, in words. */
  readonly what: string;
  readonly limit: number;
  /** `undefined`: nothing was measured. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly isAtLeast: boolean;
}

/** The oldest that anything a sender holds may ever be, ms. */
const MAX_HELD_MS = 100;

const STILL = { wireKbps: 20, percent: 3 };

export const isMet = ({ value, limit, isAtLeast }: Verdict): boolean =>
  value !== undefined && (isAtLeast ? value >= limit : value <= limit);

/** Every goal of every run of Oriel, in the order of the runs. */
export function verdictsOf(runs: readonly NetworkRun[]): readonly Verdict[] {
  return runs.filter(({ sender }) => sender === 'oriel').flatMap(verdictsOfRun);
}

function verdictsOfRun(run: NetworkRun): readonly Verdict[] {
  const { scenario, still, goals, label } = run;
  const verdicts =
    still === undefined ? [...ownVerdicts(run), heldVerdict(run)] : stillVerdicts(still);
  const isHeldAgainst = goals.of?.includes(label) ?? true;
  return verdicts.flatMap(({ isAlways = false, ...verdict }) =>
    verdict.limit === undefined || !(isAlways || isHeldAgainst)
      ? []
      : [
          {
            scenario,
            run: runName(run),
            ...verdict,
            limit: verdict.limit,
            value: known(verdict.value),
          },
        ],
  );
}

interface Given extends Omit<Verdict, 'scenario' | 'run' | 'limit' | 'value'> {
  /** No goal without one. */
  readonly limit: number | undefined;
  readonly value: number | null | undefined;
  /** Holds for every variant of the scenario. */
  readonly isAlways?: boolean;
}

function ownVerdicts({ goals, figures, input, settling, failure }: NetworkRun): readonly Given[] {
  const atMost = { isAtLeast: false, unit: 'ms' };
  const all: readonly Given[] = [
    { ...atMost, what: 'video p95', limit: goals.videoP95Ms, value: figures?.video.p95 },
    { ...atMost, what: 'audio p95', limit: goals.audioP95Ms, value: figures?.audio.p95 },
    { ...atMost, what: 'audio p99', limit: goals.audioP99Ms, value: figures?.audio.p99 },
    { ...atMost, what: 'input p95', limit: goals.inputP95Ms, value: input?.p95 },
    ...bitrateVerdicts(goals, figures?.bitrateBps),
    {
      what: 'new pictures',
      unit: '/s',
      isAtLeast: true,
      limit: goals.framesPerSecond,
      value: figures?.framesPerSecond,
    },
    {
      what: 'freezes above 100 ms',
      unit: '/min',
      isAtLeast: false,
      limit: goals.freezesPerMinute,
      value: figures?.freezesPerMinute,
    },
  ];
  const settled: readonly Given[] = [
    {
      ...atMost,
      what: 'settled after the step down',
      limit: goals.settledDownMs,
      value: orNever(settling?.downMs),
    },
    {
      ...atMost,
      what: '90 % back after the step up',
      limit: goals.settledUpMs,
      value: orNever(settling?.upMs),
    },
  ];
  // What was too short to be seen is no miss; what failed altogether is.
  const isUnseen = ({ value }: Given): boolean => value === undefined && failure === undefined;
  return [...all, ...settled.filter((given) => !isUnseen(given))];
}

function bitrateVerdicts(goals: Goals, bps: number | undefined): readonly Given[] {
  return [
    {
      what: 'bitrate, of the 8 Mbit/s that the encoder wants',
      unit: '%',
      isAtLeast: true,
      limit: goals.utilisation === undefined ? undefined : goals.utilisation * 100,
      value: bps === undefined ? undefined : (100 * bps) / WANTED_BPS,
    },
    {
      what: 'bitrate',
      unit: 'Mbit/s',
      isAtLeast: true,
      limit: goals.bitrateBps === undefined ? undefined : goals.bitrateBps / 1e6,
      value: bps === undefined ? undefined : bps / 1e6,
    },
  ];
}

function heldVerdict({ held }: NetworkRun): Given {
  return {
    what: 'oldest that the sender held, ever',
    unit: 'ms',
    isAtLeast: false,
    limit: MAX_HELD_MS,
    value: held?.max,
    isAlways: true,
  };
}

function stillVerdicts({
  gatewayPercent,
  encodersPercent,
  wireKbps,
}: NonNullable<NetworkRun['still']>): readonly Given[] {
  const atMost = { isAtLeast: false };
  return [
    { ...atMost, what: 'on the wire', unit: 'kbit/s', limit: STILL.wireKbps, value: wireKbps },
    {
      ...atMost,
      what: 'gateway and encoders, of a core',
      unit: '%',
      limit: STILL.percent,
      value: gatewayPercent + encodersPercent,
    },
  ];
}

/** JSON has null for what is not a number, too. */
const known = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined || Number.isNaN(value) ? undefined : value;

/** What did not settle while it was watched never did. */
const orNever = (ms: number | null | undefined): number | undefined =>
  ms === null ? Infinity : ms;

/** How much lower p95 of a run's video is than a rival's on the same path. */
export interface Factor {
  readonly scenario: string;
  readonly run: string;
  readonly rival: string;
  readonly times: number;
  /** That it has to reach; undefined where it is only told. */
  readonly goal: number | undefined;
}

/** The rivals that a factor is promised over. */
const PROMISED = ['plain over cubic', 'selkies over cubic'];

/** Every run of Oriel against every rival of its scenario. */
export function factorsOf(runs: readonly NetworkRun[]): readonly Factor[] {
  const p95Of = ({ figures }: NetworkRun) => known(figures?.video.p95);
  return runs.flatMap((run) => {
    const own = p95Of(run);
    if (run.sender !== 'oriel' || own === undefined) return [];
    const isHeldAgainst = run.goals.of?.includes(run.label) ?? true;
    const rivals = runs.filter(
      ({ scenario, sender }) => scenario === run.scenario && sender !== 'oriel',
    );
    return rivals.flatMap((rival) => {
      const theirs = p95Of(rival);
      if (theirs === undefined) return [];
      const isPromised = isHeldAgainst && PROMISED.includes(rival.label);
      return [
        {
          scenario: run.scenario,
          run: runName(run),
          rival: rival.label,
          times: theirs / own,
          goal: isPromised ? run.goals.timesBetter : undefined,
        },
      ];
    });
  });
}
