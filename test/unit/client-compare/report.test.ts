import { describe, expect, it } from 'vitest';
import { distributionCurves, timeCurves } from '../../../client/compare/curves.ts';
import { reportCsv } from '../../../client/compare/report-csv.ts';
import { makeReport } from '../../../client/compare/report.ts';
import { MAX_REPORTS, readReport, sortStored } from '../../../client/compare/stored-report.ts';
import { report, run } from './fixtures.ts';

const RUNS = [
  run(0, 0, { latencyMs: [10, 20, 30], network: { deadline: 1 } }),
  run(1, 0, { latencyMs: [40, 50], freezesMs: [150] }),
  run(1, 1, { latencyMs: [60] }),
  run(0, 1, { latencyMs: [15, 25], underruns: undefined }),
];

describe('a report', () => {
  it('is of capture to shown where no painted clock was read', () => {
    const { latency, totals } = report(RUNS);
    expect(latency).toBe('captureToShown');
    expect(totals.map((figures) => figures.latency?.p50Ms)).toEqual([20, 50]);
  });

  it('is of painted to shown where every run read the clock', () => {
    const glass = RUNS.map(({ recording, ...rest }) => ({
      ...rest,
      recording: {
        ...recording,
        frames: { ...recording.frames, glassMs: recording.frames.latencyMs.map((ms) => ms + 8) },
      },
    }));
    expect(report(glass).latency).toBe('glassToGlass');
    expect(report(glass).totals[0]?.latency?.p50Ms).toBe(28);
    expect(report([...glass.slice(1), ...RUNS.slice(0, 1)]).latency).toBe('captureToShown');
  });

  it('does not believe a painter whose clock is not this one', () => {
    const far = RUNS.map((each) => ({ ...each, recording: { ...each.recording } })).map((each) => {
      const { frames } = each.recording;
      const glassMs = frames.latencyMs.map((ms) => ms + 7_000);
      return { ...each, recording: { ...each.recording, frames: { ...frames, glassMs } } };
    });
    expect(report(far).latency).toBe('captureToShown');
  });

  it('leaves frames without a latency out of the latencies, not out of the frames', () => {
    const { runs } = report([run(0, 0, { latencyMs: [Number.NaN, 20] }), run(1, 0)]);
    expect(runs[0]).toMatchObject({ shown: 2, latenciesMs: [20] });
    expect(runs[0]?.atMs).toHaveLength(1);
  });
});

describe('a stored report', () => {
  it('is read as it was written', () => {
    const written = report(RUNS);
    expect(readReport(JSON.parse(JSON.stringify(written)))).toEqual(written);
  });

  it('has figures of its own runs, whatever was stored', () => {
    const stored = JSON.parse(JSON.stringify(report(RUNS))) as { totals: unknown };
    expect(readReport({ ...stored, totals: [] })?.totals).toEqual(report(RUNS).totals);
  });

  it.each([
    ['no object', () => 'report'],
    ['another version', (own: object) => ({ ...own, schema: 'oriel.comparison/2' })],
    ['a missing member', (own: object) => ({ ...own, verdict: undefined })],
    ['a wrong date', (own: object) => ({ ...own, startedAt: 'soon' })],
    ['a run of nobody', (own: object) => ({ ...own, candidates: [] })],
    ['a run without frames', (own: object) => ({ ...own, runs: [{ candidate: 0 }] })],
    [
      'too many runs',
      (own: { runs?: unknown[] }) => ({ ...own, runs: Array(25).fill(own.runs?.[0]) }),
    ],
    ['text for a number', (own: object) => ({ ...own, settleMs: '1500' })],
  ])('that has %s is dropped', (_, damage) => {
    const own = JSON.parse(JSON.stringify(report(RUNS))) as object;
    expect(readReport(damage(own))).toBeUndefined();
  });

  it('is one of the last ten; older and damaged ones are dropped', () => {
    const stored = Array.from({ length: 12 }, (_, day) => ({
      key: `day ${day}`,
      value: report(RUNS, `day ${day}`, day + 1),
    }));
    const damaged = { key: 'damaged', value: { schema: 'oriel.comparison/1' } };
    const { kept, dropped } = sortStored([damaged, ...stored]);
    expect(kept).toHaveLength(MAX_REPORTS);
    expect(kept[0]?.id).toBe('day 11');
    expect([...dropped].sort()).toEqual(['damaged', 'day 0', 'day 1']);
  });
});

describe('the CSV of a report', () => {
  const [head = '', ...lines] = reportCsv(report(RUNS)).split('\r\n');
  const cells = lines.map((line) => line.split(','));
  const column = (name: string) =>
    cells.slice(0, -1).map((line) => line[head.split(',').indexOf(name)]);

  it('has a line for each candidate and each run', () => {
    expect(column('scope')).toEqual(['all', 'all', 'run', 'run', 'run', 'run']);
    expect(column('candidate').slice(2)).toEqual(['Instant', 'Balanced', 'Balanced', 'Instant']);
    expect(column('round')).toEqual(['', '', '1', '1', '2', '2']);
    expect(cells.at(-1)).toEqual(['']);
  });

  it('has the figures of the report, and nothing where there is none', () => {
    expect(column('latency_p50_ms')).toEqual(['20', '50', '20', '40', '60', '15']);
    expect(column('dropped_deadline')).toEqual(['1', '0', '1', '0', '0', '0']);
    expect(column('freezes')).toEqual(['0', '1', '0', '1', '0', '0']);
    expect(column('audio_underruns')).toEqual(['', '0', '0', '0', '0', '']);
    expect(column('bitrate_kbps')[2]).toBe('1000');
  });

  it('quotes what would be misread, and lets no name be a formula', () => {
    const named = makeReport(
      {
        ...{ id: 'x', startedAt: new Date(0), secondsPerRun: 10, rounds: 1, settleMs: 0 },
        browser: '',
        candidates: [
          { name: 'a, "b"', settings: {} },
          { name: '=1+1', settings: {} },
        ],
      },
      [],
    );
    expect(reportCsv(named)).toContain('all,"a, ""b""",');
    expect(reportCsv(named)).toContain("all,'=1+1,");
  });
});

describe('the curves of a report', () => {
  it('rise to all frames, in the order of the candidates', () => {
    const { x, curves } = distributionCurves(report(RUNS));
    expect(curves.map(({ candidate }) => candidate)).toEqual([0, 1]);
    for (const { values } of curves) {
      expect(values).toHaveLength(x.length);
      expect(values.at(-1)).toBe(100);
      const numbers = values.map((value) => value ?? 0);
      expect([...numbers].sort((a, b) => a - b)).toEqual(numbers);
    }
    expect(curves[0]?.values[0]).toBe(20);
  });

  it('have a line for each run, with gaps where nothing was shown', () => {
    const { x, curves } = timeCurves(report(RUNS));
    expect(curves.map(({ candidate }) => candidate)).toEqual([0, 1, 1, 0]);
    expect(x).toHaveLength(40);
    expect(curves[2]?.values.filter((value) => value !== null)).toEqual([60]);
  });

  it('of nothing are nothing', () => {
    expect(distributionCurves(report([])).curves).toEqual([]);
  });
});
