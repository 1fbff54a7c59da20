import type { Figures, Sample, ViewerRecord } from '../lab/measurement.ts';
import type { LinkSample, ViewerRun } from '../lab/run.ts';
import type { Goals } from '../lab/scenarios.ts';

/** `[at, latency, bytes]`: milliseconds from the beginning, milliseconds, bytes. */
export type Point = readonly [number, number, number];

/** One viewer of one run, as the JSON file has it and the page of results is made from. */
export interface NetworkRun {
  readonly scenario: string;
  readonly title: string;
  /** How the picture travelled. */
  readonly label: string;
  readonly sender: 'oriel' | 'plain' | 'selkies';
  /** From 1, where there are several. */
  readonly viewer?: number | undefined;
  readonly oneWayMs: number;
  readonly goals: Goals;
  /** Load average of the machine at the run's end. */
  readonly load: number;
  /** Why there are no figures. */
  readonly failure?: string;
  readonly durationMs?: number;
  readonly figures?: Figures;
  /** Milliseconds after a step of the rate; null when it did not settle. */
  readonly settling?: { readonly downMs: number | null; readonly upMs: number | null };
  readonly page?: Pick<
    ViewerRun,
    'transport' | 'clockUncertaintyMs' | 'counters' | 'stages' | 'path'
  > &
    Partial<Pick<ViewerRun, 'moves'>>;
  readonly series?: Series;
}

export interface Series {
  readonly video: readonly Point[];
  readonly audio: readonly Point[];
  readonly shown: readonly Point[];
  readonly link: readonly LinkSample[];
}

/** The samples in as few characters as they need. */
export function compact({ video, audio, shown }: ViewerRecord): Omit<Series, 'link'> {
  const points = (samples: readonly Sample[]): Point[] =>
    samples.map(({ atMs, latencyMs, bytes }) => [Math.round(atMs), tenths(latencyMs), bytes]);
  return { video: points(video), audio: points(audio), shown: points(shown) };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
