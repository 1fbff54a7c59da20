import { describe, expect, it } from 'vitest';
import { figuresOf, type Figures } from '../../../client/compare/figures.ts';
import { verdictOn, type JudgedCandidate } from '../../../client/compare/verdict.ts';

interface RoundFacts {
  readonly p95: number;
  readonly fps?: number;
  readonly dropped?: number;
  readonly underruns?: number | null;
}

function round({ p95, fps = 60, dropped = 0, underruns = 0 }: RoundFacts): Figures {
  const none = { deadline: 0, superseded: 0, givenUp: 0, undecodable: 0, skipped: 0, late: 0 };
  return figuresOf([
    {
      durationMs: 10_000,
      shown: fps * 10,
      latenciesMs: Array.from({ length: fps * 10 }, () => p95),
      freezesMs: [],
      dropped: { ...none, deadline: dropped },
      audioUnderruns: underruns,
      receivedBytes: 1,
    },
  ]);
}

const candidate = (name: string, ...rounds: readonly RoundFacts[]): JudgedCandidate => ({
  name,
  rounds: rounds.map(round),
});

describe('the verdict', () => {
  it('says who is faster, by how much, and what it costs', () => {
    const verdict = verdictOn([
      candidate('Balanced', { p95: 40 }, { p95: 41 }),
      candidate('Instant', { p95: 28, dropped: 2 }, { p95: 29, dropped: 2 }),
    ]);
    expect(verdict).toBe(
      'Instant is 12 ms faster at p95 than Balanced and drops 0.3 % more frames; sound equal.',
    );
  });

  it('says that there is no clear difference when the rounds disagree', () => {
    const verdict = verdictOn([
      candidate('Instant', { p95: 20 }, { p95: 45 }),
      candidate('Balanced', { p95: 40 }, { p95: 41 }),
    ]);
    expect(verdict).toBe('No clear difference at p95 between Instant and Balanced; sound equal.');
  });

  it('compares within rounds, so that a drift between them hides nothing', () => {
    const verdict = verdictOn([
      candidate('Instant', { p95: 20 }, { p95: 60 }),
      candidate('Balanced', { p95: 30 }, { p95: 70 }),
    ]);
    expect(verdict).toMatch(/^Instant is 10 ms faster at p95 than Balanced/);
  });

  it('does not speak of what nobody feels', () => {
    const verdict = verdictOn([
      candidate('Instant', { p95: 20 }, { p95: 20 }),
      candidate('Balanced', { p95: 21 }, { p95: 21 }),
    ]);
    expect(verdict).toMatch(/^No clear difference/);
  });

  it('says what is typical when only the slowest frames do not agree', () => {
    const mixed = (p50: number, p95: number): Figures => {
      const figures = round({ p95 });
      return { ...figures, latency: { p50Ms: p50, p95Ms: p95, p99Ms: p95 } };
    };
    const verdict = verdictOn([
      { name: 'Instant', rounds: [mixed(20, 90), mixed(22, 120)] },
      { name: 'Balanced', rounds: [mixed(50, 110), mixed(52, 110)] },
    ]);
    expect(verdict).toBe(
      'No clear difference at p95 between Instant and Balanced (at p50 Instant is 30 ms faster); sound equal.',
    );
  });

  it('names the losses of the faster one among equals too', () => {
    const verdict = verdictOn([
      candidate('Instant', { p95: 20, fps: 50 }, { p95: 20, fps: 50 }),
      candidate('Balanced', { p95: 21 }, { p95: 21 }),
    ]);
    expect(verdict).toContain('but Instant shows 10 fps fewer');
  });

  it('puts the fastest of many before each of the others', () => {
    const verdict = verdictOn([
      candidate('Movie', { p95: 240 }, { p95: 242 }),
      candidate('Instant', { p95: 20 }, { p95: 20 }),
      candidate('Balanced', { p95: 20.5 }, { p95: 20.4 }),
    ]);
    expect(verdict).toBe(
      'Instant is 221 ms faster at p95 than Movie, with no clear difference to Balanced; sound equal.',
    );
  });

  it('says whose sound runs dry', () => {
    const verdict = verdictOn([
      candidate('Instant', { p95: 20, underruns: 3 }, { p95: 20, underruns: 4 }),
      candidate('Balanced', { p95: 40 }, { p95: 40 }),
    ]);
    expect(verdict).toMatch(/; sound runs dry more often with Instant\.$/);
  });

  it('says nothing about sound that was not there', () => {
    const silent = { p95: 20, underruns: null };
    const verdict = verdictOn([candidate('A', silent, silent), candidate('B', silent, silent)]);
    expect(verdict).toMatch(/; no sound measured\.$/);
  });

  it('warns of a single round', () => {
    const verdict = verdictOn([candidate('A', { p95: 20 }), candidate('B', { p95: 40 })]);
    expect(verdict).toMatch(/One round cannot tell a difference from chance/);
  });

  it('says that a desktop stood still', () => {
    const still = { p95: 20, fps: 1 };
    expect(verdictOn([candidate('A', still), candidate('B', still)])).toMatch(/^Too few frames to/);
    expect(verdictOn([candidate('A', still), candidate('B', { p95: 20 })])).toMatch(/with A /);
  });
});
