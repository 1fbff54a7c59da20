/** One line in plain words about a comparison. Pure. */
import type { Figures } from './figures.ts';

/** The runs of one candidate, round by round. */
export interface JudgedCandidate {
  readonly name: string;
  readonly rounds: readonly Figures[];
}

/** Fewer frames than this in a run say nothing about a 95th percentile. */
const MIN_FRAMES = 20;

/** Smallest differences that are worth a word: of latency in ms, of dropped frames in percent points, of frames per second, of
 * underruns per minute. Guesses at what can be felt or measured again; ask users to check them. */
const WORTH = { latencyMs: 2, droppedPercent: 0.2, framesPerSecond: 1, underruns: 1 } as const;

/** Every round must show at least this part of the mean difference, in the same direction. */
const AGREEMENT = 1 / 3;

/** A difference between two candidates: `clear` when all rounds agree on it. */
interface Difference {
  /** Mean over the rounds of the first minus the second. */
  readonly mean: number;
  readonly isClear: boolean;
}

/**
 * Compares candidates within rounds: the runs of one round are close in time, so that what changes slowly (load, link) is the same for
 * them.
 */
export function verdictOn(candidates: readonly JudgedCandidate[]): string {
  const silent = candidates.filter(({ rounds }) => rounds.some((round) => !isEnough(round)));
  if (silent.length === candidates.length) {
    return 'Too few frames to compare: let something move on the desktop and measure again.';
  }
  if (silent.length > 0) {
    const names = listed(silent.map(({ name }) => name));
    return `Too few frames with ${names} to compare it with the others.`;
  }
  const [fastest, ...others] = [...candidates].sort((a, b) => meanP95(a) - meanP95(b));
  if (fastest === undefined || others.length === 0) return 'Nothing to compare with.';
  const sentence = `${latencyWords(fastest, others)}; ${soundWords(candidates)}.`;
  if (fastest.rounds.length > 1) return sentence;
  return `${sentence} One round cannot tell a difference from chance: measure two or more.`;
}

const isEnough = ({ latency, shown }: Figures): boolean => latency !== null && shown >= MIN_FRAMES;

const p95Of = ({ latency }: Figures): number => latency?.p95Ms ?? Number.NaN;

function meanP95({ rounds }: JudgedCandidate): number {
  return rounds.reduce((sum, round) => sum + p95Of(round), 0) / rounds.length;
}

function latencyWords(fastest: JudgedCandidate, others: readonly JudgedCandidate[]): string {
  const differences = others.map((other) => ({
    other,
    latency: difference(fastest, other, { of: p95Of, worth: WORTH.latencyMs }),
  }));
  const slower = differences.filter(({ latency }) => latency.isClear);
  const alike = differences
    .filter(({ latency }) => !latency.isClear)
    .map(({ other }) => other.name);
  const losses = others.flatMap((other) => lossWords(fastest, other, others.length > 1));
  const join = alike.length === 0 ? ' and' : ', and';
  const also = losses.length === 0 ? '' : `${join} ${listed(losses)}`;
  if (slower.length === 0) {
    const names = listed([fastest.name, ...alike]);
    const but = losses.length === 0 ? '' : `, but ${fastest.name} ${listed(losses)}`;
    return `No clear difference at p95 between ${names}${typicalWords(fastest, others)}${but}`;
  }
  const ahead = slower.map(
    ({ other, latency }) => `${milliseconds(latency.mean)} faster at p95 than ${other.name}`,
  );
  const close = alike.length === 0 ? '' : `, with no clear difference to ${listed(alike)}`;
  return `${fastest.name} is ${listed(ahead)}${close}${also}`;
}

/** What a pair that is alike at p95 differs in at p50. */
function typicalWords(first: JudgedCandidate, others: readonly JudgedCandidate[]): string {
  const [second] = others;
  if (second === undefined || others.length > 1) return '';
  const of = ({ latency }: Figures): number => latency?.p50Ms ?? Number.NaN;
  const { mean, isClear } = difference(first, second, { of, worth: WORTH.latencyMs });
  if (!isClear) return '';
  const faster = mean < 0 ? first : second;
  return ` (at p50 ${faster.name} is ${milliseconds(mean)} faster)`;
}

/** What the first loses or wins in frames against the second, as far as all rounds agree. */
function lossWords(
  first: JudgedCandidate,
  second: JudgedCandidate,
  isNamed: boolean,
): readonly string[] {
  const than = isNamed ? ` than ${second.name}` : '';
  const dropped = difference(first, second, {
    of: ({ droppedPercent }) => droppedPercent,
    worth: WORTH.droppedPercent,
  });
  const rate = difference(first, second, {
    of: ({ framesPerSecond }) => framesPerSecond,
    worth: WORTH.framesPerSecond,
  });
  const words: string[] = [];
  if (dropped.isClear) {
    const percent = Math.abs(dropped.mean).toFixed(1);
    words.push(`drops ${percent} % ${dropped.mean > 0 ? 'more' : 'fewer'} frames${than}`);
  }
  if (rate.isClear) {
    const frames = Math.abs(rate.mean).toFixed(0);
    words.push(`shows ${frames} fps ${rate.mean > 0 ? 'more' : 'fewer'}${than}`);
  }
  return words;
}

function soundWords(candidates: readonly JudgedCandidate[]): string {
  const all = candidates.flatMap(({ rounds }) => rounds.map((round) => round.audioUnderruns));
  if (all.includes(null)) return 'no sound measured';
  const perMinute = ({ audioUnderruns, seconds }: Figures): number =>
    seconds > 0 ? ((audioUnderruns ?? 0) * 60) / seconds : 0;
  const [steadiest, ...others] = [...candidates].sort(
    (a, b) => meanOf(a, perMinute) - meanOf(b, perMinute),
  );
  const worse = others.filter(
    (other) =>
      steadiest !== undefined &&
      difference(other, steadiest, { of: perMinute, worth: WORTH.underruns }).isClear,
  );
  if (worse.length === 0 || steadiest === undefined) return 'sound equal';
  return `sound runs dry more often with ${listed(worse.map(({ name }) => name))}`;
}

function meanOf({ rounds }: JudgedCandidate, of: (figures: Figures) => number): number {
  return rounds.reduce((sum, round) => sum + of(round), 0) / rounds.length;
}

/** Compares two candidates round by round. */
function difference(
  first: JudgedCandidate,
  second: JudgedCandidate,
  { of, worth }: { readonly of: (figures: Figures) => number; readonly worth: number },
): Difference {
  const differences = first.rounds.flatMap((round, index) => {
    const other = second.rounds[index];
    return other === undefined ? [] : [of(round) - of(other)];
  });
  const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  const doRoundsAgree = differences.every((each) => each / mean >= AGREEMENT);
  const isClear = differences.length > 0 && Math.abs(mean) >= worth && doRoundsAgree;
  return { mean, isClear };
}

function milliseconds(value: number): string {
  const size = Math.abs(value);
  return `${size.toFixed(size < 10 ? 1 : 0)} ms`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
