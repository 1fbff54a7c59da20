/** The page's end of measurements: asks both workers, and puts their answers together. */
import { Answers } from '../answers.ts';
import type {
  FrameRun,
  FromFrameMeter,
  FromNetworkMeter,
  MarkSighting,
  NetworkRun,
  ToFrameMeter,
  ToNetworkMeter,
} from './measurement-messages.ts';
import type { AudioStats } from './player-stats.ts';

/** The ways to both workers, and the sound's own counters. */
export interface MeasurementsOptions {
  toVideo(message: ToFrameMeter): void;
  toNetwork(message: ToNetworkMeter): void;
  audio(): AudioStats;
}

/** Everything that one run measured. */
export interface RunRecording {
  readonly frames: FrameRun;
  readonly network: NetworkRun;
  /** Times that the sound ran dry; undefined where this browser plays none. */
  readonly audioUnderruns: number | undefined;
}

/** What the compare page may measure of a player. One run at a time. */
export class Measurements {
  readonly #options: MeasurementsOptions;
  readonly #frameRuns = new Answers<FrameRun>();
  readonly #networkRuns = new Answers<NetworkRun>();
  readonly #frames = new Answers<undefined>();
  #underrunsBefore = 0;
  #onMark: ((sighting: MarkSighting | undefined) => void) | undefined;

  constructor(options: MeasurementsOptions) {
    this.#options = options;
  }

  /** Begins a run; one that was running is forgotten. */
  startRun(): void {
    this.#options.toVideo({ type: 'startRun' });
    this.#options.toNetwork({ type: 'startRun' });
    this.#underrunsBefore = this.#options.audio().underruns;
  }

  /** Ends the run and resolves with what it measured. */
  async stopRun(): Promise<RunRecording> {
    const { state, underruns } = this.#options.audio();
    const [frames, network] = await Promise.all([
      this.#frameRuns.ask((request) => this.#options.toVideo({ type: 'stopRun', request })),
      this.#networkRuns.ask((request) => this.#options.toNetwork({ type: 'stopRun', request })),
    ]);
    const isSilent = state === 'unavailable' || state === 'suspended';
    return {
      frames,
      network,
      // A sound output that was made anew counts from 0 again.
      audioUnderruns: isSilent ? undefined : Math.max(0, underruns - this.#underrunsBefore),
    };
  }

  /** Resolves when the next frame is shown; never on a desktop that stands still. */
  nextFrame(): Promise<void> {
    return this.#frames.ask((request) => this.#options.toVideo({ type: 'nextFrame', request }));
  }

  /**
   * Tells every change of the click-to-photon mark on the picture, until `unwatchMark`; undefined when the mark that was there is gone.
   */
  watchMark(listener: (sighting: MarkSighting | undefined) => void): void {
    this.#onMark = listener;
    this.#options.toVideo({ type: 'watchMark', isOn: true });
  }

  unwatchMark(): void {
    this.#onMark = undefined;
    this.#options.toVideo({ type: 'watchMark', isOn: false });
  }

  onVideo(message: FromFrameMeter): void {
    switch (message.type) {
      case 'mark':
        this.#onMark?.(message.sighting);
        break;
      case 'frame':
        this.#frames.give(message.request, undefined);
        break;
      case 'run':
        this.#frameRuns.give(message.request, message.run);
        break;
    }
  }

  onNetwork(message: FromNetworkMeter): void {
    this.#networkRuns.give(message.request, message.run);
  }

  /** What still waits ends with PlayerClosedError. Idempotent. */
  close(): void {
    this.#frameRuns.close();
    this.#networkRuns.close();
    this.#frames.close();
  }
}
