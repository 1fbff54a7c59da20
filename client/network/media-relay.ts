import type { PacketSink } from '../audio/sound-path.ts';
import { ArrivalJitter } from '../receive/arrival-jitter.ts';
import type { ReceivedMessage } from '../receive/ordered-flow.ts';
import { ArrivalProbe, type ArrivalReport } from '../stats/arrival-probe.ts';
import type { ToVideoWorkerMedia } from '../video/video-messages.ts';
import { accessUnitMessage, trackPictureMessage } from './access-unit-message.ts';

/** Sound packets whose lateness counts: 5 s of packets of 10 ms. */
const JITTER_PACKETS = 500;

/** The page hears of a jitter that has changed by this, ms: its buffer moves in steps of 5 ms. */
const JITTER_STEP_MS = 2;

/** Where the media of a session go. */
export interface MediaRelayOptions {
  /** Undefined where there is no sound. */
  readonly sound: () => PacketSink | undefined;
  /** Whether arrivals are noted, for measurements. */
  readonly probe: boolean;
  toVideoWorker(message: ToVideoWorkerMedia, transfer?: Transferable[]): void;
  /** How late sound comes. */
  onSoundJitter(jitterMs: number): void;
}

/**
 * Passes what a live connection delivers on to the decoders: pictures to the video worker, sound to its decoder. Over a move from
 * one connection to the next each picture is shown, and each sound heard, once.
 */
export class MediaRelay {
  readonly #options: MediaRelayOptions;
  readonly #arrivals: ArrivalProbe | undefined;
  /** Capture times of the newest messages that were delivered, session clock. */
  readonly #newest = { video: -1, audio: -1 };
  /** Whether what comes may have been delivered by the connection before. */
  readonly #mayRepeat = { video: false, audio: false };
  readonly #soundJitter = new ArrivalJitter({ percentile: 0.97, window: JITTER_PACKETS });
  #toldJitterMs = 0;

  constructor(options: MediaRelayOptions) {
    this.#options = options;
    this.#arrivals = options.probe ? new ArrivalProbe() : undefined;
  }

  /** Another connection delivers from now on; `continues`: it goes on where the one before ended. */
  begin(continues: boolean): void {
    this.#options.toVideoWorker({ type: 'reset', continues });
    Object.assign(this.#mayRepeat, { video: continues, audio: continues });
    if (!continues) this.#options.sound()?.reset();
  }

  /** @param codec codec string of the stream that a KEY begins */
  video(received: ReceivedMessage, codec: string): void {
    this.#noteArrival('video', received);
    const isNews = this.#isNews('video', received);
    const message = accessUnitMessage(received, { codec, isNews });
    this.#options.toVideoWorker(message, [message.buffer]);
  }

  /** @param missing packets lost just before this one */
  audio(received: ReceivedMessage, missing: number): void {
    this.#noteArrival('audio', received);
    this.#noteSoundJitter(received);
    if (!this.#isNews('audio', received)) return;
    const { header, payload } = received.message;
    this.#options.sound()?.decode(payload, { missing, captureTime: header.captureTime });
  }

  /** A picture comes on a track, of which the server says when it was what. */
  onTrack(received: ReceivedMessage): void {
    const message = trackPictureMessage(received);
    if (message !== undefined) this.#options.toVideoWorker(message);
  }

  /** What arrived since the last call; undefined where it is not noted. */
  takeArrivals(): Omit<ArrivalReport, 'clock'> | undefined {
    return this.#arrivals?.take();
  }

  /** Whether a message is later than all before it: after a move the first ones were heard and seen already. */
  #isNews(kind: 'video' | 'audio', { message }: ReceivedMessage): boolean {
    const { captureTime } = message.header;
    if (this.#mayRepeat[kind] && captureTime <= this.#newest[kind]) return false;
    this.#mayRepeat[kind] = false;
    this.#newest[kind] = captureTime;
    return true;
  }

  #noteSoundJitter({ message, receivedAt }: ReceivedMessage): void {
    this.#soundJitter.push(message.header.captureTime, receivedAt);
    const jitterMs = this.#soundJitter.jitter / 1000;
    if (Math.abs(jitterMs - this.#toldJitterMs) < JITTER_STEP_MS) return;
    this.#toldJitterMs = jitterMs;
    this.#options.onSoundJitter(jitterMs);
  }

  #noteArrival(kind: 'video' | 'audio', { message, receivedAt }: ReceivedMessage): void {
    const { captureTime, budget } = message.header;
    const bytes = message.payload.byteLength;
    this.#arrivals?.observe(kind, { captureTime, receivedAt, bytes, budgetMs: budget });
  }
}
