import type { RunRecording } from '../../../client/stats/measurements.ts';
import type { FrameRun, NetworkRun } from '../../../client/stats/measurement-messages.ts';
import {
  makeReport,
  type ComparisonReport,
  type MeasuredRun,
} from '../../../client/compare/report.ts';

/** What a recording is made of where a test says nothing else. */
export interface RecordingFacts {
  readonly latencyMs?: readonly number[];
  readonly glassMs?: readonly number[];
  readonly freezesMs?: readonly number[];
  readonly durationMs?: number;
  readonly network?: Partial<NetworkRun>;
  readonly skipped?: number;
  readonly underruns?: number | undefined;
}

const silent = { queue: [], network: [], reassembly: [], decode: [], present: [] } as const;

/** A recording whose frames came evenly. */
export function recording(facts: RecordingFacts = {}): RunRecording {
  const { latencyMs = [20, 21, 22], durationMs = 10_000, freezesMs = [], skipped = 0 } = facts;
  const step = durationMs / (latencyMs.length + 1);
  const frames: FrameRun = {
    startedAtMs: 1_000_000,
    endedAtMs: 1_000_000 + durationMs,
    shownAtMs: latencyMs.map((_, index) => 1_000_000 + (index + 1) * step),
    latencyMs,
    glassMs: facts.glassMs ?? latencyMs.map(() => Number.NaN),
    stagesMs: {
      ...silent,
      encode: latencyMs.map(() => 4),
      capture: latencyMs.map((_, index) => (index === 0 ? 8 : Number.NaN)),
    },
    pictures: [],
    freezesMs,
    unrecorded: 0,
    counters: { superseded: skipped, late: 0, decoderFaults: 0 },
  };
  const network: NetworkRun = {
    receivedBytes: 1_250_000,
    deadline: 0,
    superseded: 0,
    otherAbandoned: 0,
    undecodable: 0,
    audioPackets: 500,
    audioMissing: 0,
    isInterrupted: false,
    ...facts.network,
  };
  return { frames, network, audioUnderruns: 'underruns' in facts ? facts.underruns : 0 };
}

const STREAM = { codec: 'avc1.42C020', transport: 'webtransport', width: 1280, height: 720 };

/** A run of a candidate. */
export function run(candidate: number, round: number, facts: RecordingFacts = {}): MeasuredRun {
  return { candidate, round, stream: STREAM, recording: recording(facts) };
}

/** A report of two candidates, `Instant` and `Balanced`. */
export function report(runs: readonly MeasuredRun[], id = 'one', day = 1): ComparisonReport {
  return makeReport(
    {
      id,
      startedAt: new Date(Date.UTC(2026, 0, day)),
      secondsPerRun: 10,
      rounds: 2,
      settleMs: 1_500,
      browser: 'a test',
      candidates: [
        { name: 'Instant', settings: { mode: 'instant' } },
        { name: 'Balanced', settings: { mode: 'balanced' } },
      ],
    },
    runs,
  );
}
