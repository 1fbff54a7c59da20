import type { Figures, Percentiles, Sample, ViewerRecord } from '../lab/measurement.ts';
import type { RivalName } from '../lab/rivals.ts';
import type { LinkSample, ViewerRun } from '../lab/run.ts';
import type { Goals } from '../lab/scenarios.ts';

/** `[at, latency, bytes]`: milliseconds from the beginning, milliseconds, bytes. */
export type Point = readonly [number, number, number];

/** What the encoder of every run wants, bits per second: the gateway's default. */
export const WANTED_BPS = 8e6;

/** One viewer of one run, as the JSON file has it and the page of results is made from. */
export interface NetworkRun {
  readonly scenario: string;
  readonly title: string;
  /** How the picture travelled. */
  readonly label: string;
  readonly sender: 'oriel' | RivalName;
  /** TCP's, where the row is about one. */
  readonly congestionControl?: 'cubic' | 'bbr';
  /** From 1, where there are several. */
  readonly viewer?: number | undefined;
  readonly oneWayMs: number;
  readonly goals: Goals;
  /** Height of the desktop; absent where there is none. */
  readonly lines?: number;
  /** Load average of the machine at the run's end. */
  readonly load: number;
  /** Why there are no figures. */
  readonly failure?: string;
  readonly durationMs?: number;
  readonly figures?: Figures;
  /** Milliseconds after a step of the rate; null when it did not settle, absent when the measurement was too short to tell. */
  readonly settling?: { readonly downMs?: number | null; readonly upMs?: number | null };
  readonly page?: Pick<
    ViewerRun,
    'transport' | 'clockUncertaintyMs' | 'counters' | 'stages' | 'path'
  > &
    Partial<Pick<ViewerRun, 'moves'>>;
  readonly held?: Held;
  /** From the browser's event to the desktop, ms; `missing` never came. */
  readonly input?: Percentiles & { readonly missing: number };
  readonly still?: StillCosts;
  readonly series?: Series;
}

/** What the gateway held for a viewer. */
export interface Held {
  /** Age of the oldest message that the sender held, ms, looked at every 50 ms; null without a look. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
  /** Messages dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** What was asked of the encoder, bits per second, in the middle; null when nothing was told. */
  readonly targetBps: number | null;
}

/** What a desktop costs on which nothing moves. */
export interface StillCosts {
  /** Of a core. */
  readonly gatewayPercent: number;
  readonly encodersPercent: number;
  readonly wireKbps: number;
}

export interface Series {
  readonly video: readonly Point[];
  readonly audio: readonly Point[];
  readonly shown: readonly Point[];
  readonly link: readonly LinkSample[];
  /** `[at, age]` of what the sender held, ms. */
  readonly backlog?: readonly (readonly [number, number])[];
}

/** How a run is called in tables and plots. */
export function runName({ sender, label, viewer }: NetworkRun): string {
  const name = sender === 'oriel' ? `Oriel, ${label}` : label;
  return viewer === undefined ? name : `${name}, viewer ${viewer}`;
}

/** The samples in as few characters as they need. */
export function compact({ video, audio, shown }: ViewerRecord): Omit<Series, 'link'> {
  const points = (samples: readonly Sample[]): Point[] =>
    samples.map(({ atMs, latencyMs, bytes }) => [Math.round(atMs), tenths(latencyMs), bytes]);
  return { video: points(video), audio: points(audio), shown: points(shown) };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
