/** Measurements that only `?probe=1` turns on. */
import type { StreamFacts } from '../protocol/control/stream.ts';
import { Answers } from './answers.ts';
import type { RungsView } from './ladder/rung-control.ts';
import type { ToNetworkWorker } from './network/network-messages.ts';
import type { LiveSettings } from './settings/live-settings.ts';
import type { AppliedSettings, UserChange } from './settings/user-settings.ts';
import type { ShownSession } from './shown-session.ts';
import type { ArrivalReport } from './stats/arrival-probe.ts';
import type { Measurements, RunRecording } from './stats/measurements.ts';
import type { PatternProbeReport } from './stats/pattern-probe.ts';
import type { PlayerStats } from './stats/player-stats.ts';
import type { TransportChoice, TransportMove } from './transport/moves.ts';
import type { ToVideoWorker } from './video/video-messages.ts';

/** A change of the transport, at milliseconds since 1970. */
export type DatedMove = TransportMove & { readonly atMs: number };

/** What the page's `?probe=1` mode can ask of a player. */
export interface PlayerProbe {
  /** What the painted pattern said so far. */
  pattern(): Promise<PatternProbeReport>;
  /** Begins to record every frame that is shown. */
  startRun(): void;
  /** Ends that, and says what was recorded. */
  stopRun(): Promise<RunRecording>;
  /** What arrived since the last call. */
  arrivals(): Promise<ArrivalReport>;
  /** The last seconds of sound as they left the worklet, of the left channel; `undefined` without sound. */
  recording(): Promise<{ samples: Float32Array; sampleRate: number } | undefined>;
  /** The newest statistics. */
  stats(): PlayerStats | undefined;
  /** Changes of the transport so far; the oldest fifty. */
  moves(): readonly DatedMove[];
  /** Player.chooseTransport, without the settings taking the focus. */
  chooseTransport(choice: TransportChoice): Promise<boolean>;
  /** Player.apply, without a panel. */
  apply(change: UserChange): Promise<AppliedSettings>;
  /** What the gateway said of the stream last. */
  stream(): StreamFacts | undefined;
  /** Names the connection. */
  connection(): string | undefined;
  /** Where every rung stands. */
  rungs(): RungsView;
}

/** What a player does for its page as well. */
type ProbedPlayer = Pick<PlayerProbe, 'apply' | 'chooseTransport'> & {
  readonly measurements: Measurements;
};

/** The parts of a player that its probe looks into. */
export interface ProbedParts {
  readonly notes: ProbeNotes;
  readonly shown: ShownSession;
  readonly settings: LiveSettings;
  rungs(): RungsView;
  recording(): ReturnType<PlayerProbe['recording']>;
  toVideo(message: ToVideoWorker): void;
  toNetwork(message: ToNetworkWorker): void;
}

/** The probe of one player. */
export function playerProbe(player: ProbedPlayer, parts: ProbedParts): PlayerProbe {
  const { notes, shown, settings } = parts;
  return {
    pattern: () => notes.askPattern((message) => parts.toVideo(message)),
    startRun: () => player.measurements.startRun(),
    stopRun: () => player.measurements.stopRun(),
    arrivals: () => notes.askArrivals((message) => parts.toNetwork(message)),
    recording: () => parts.recording(),
    stats: () => shown.stats,
    moves: () => notes.moves,
    apply: (change) => player.apply(change),
    stream: () => settings.stream,
    connection: () => shown.liveConnection,
    rungs: () => parts.rungs(),
    chooseTransport: (choice) => player.chooseTransport(choice),
  };
}

/** Seconds of sound that the probe keeps. */
export const RECORD_SECONDS = 20;

/** Moves that the probe keeps: a session moves at most twice a minute by itself. */
const MAX_MOVES = 50;

/** What the probe of one player asked and noted. */
export class ProbeNotes {
  readonly #moves: DatedMove[] = [];
  readonly #patterns = new Answers<PatternProbeReport>();
  readonly #arrivals = new Answers<ArrivalReport>();

  get moves(): readonly DatedMove[] {
    return this.#moves;
  }

  moved(move: TransportMove): void {
    const atMs = performance.timeOrigin + performance.now();
    if (this.#moves.length < MAX_MOVES) this.#moves.push({ ...move, atMs });
  }

  askPattern(toVideo: (message: ToVideoWorker) => void): Promise<PatternProbeReport> {
    return this.#patterns.ask((request) => toVideo({ type: 'probe', request }));
  }

  askArrivals(toNetwork: (message: ToNetworkWorker) => void): Promise<ArrivalReport> {
    return this.#arrivals.ask((request) => toNetwork({ type: 'arrivals', request }));
  }

  patternRead(request: number, report: PatternProbeReport): void {
    this.#patterns.give(request, report);
  }

  arrivalsTaken(request: number, report: ArrivalReport): void {
    this.#arrivals.give(request, report);
  }

  /** Idempotent. */
  close(): void {
    this.#patterns.close();
    this.#arrivals.close();
  }
}
