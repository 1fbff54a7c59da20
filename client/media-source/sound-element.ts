import { AudibleElement } from '../audio/audible-element.ts';
import type { SoundPath } from '../audio/sound-path.ts';
import type { SoundLink } from '../network/network-messages.ts';
import type { UserSettings } from '../settings/user-settings.ts';
import type { AudioStats, SoundState } from '../stats/player-stats.ts';
import { catchUp } from './lag.ts';
import { LiveBuffer, mediaSourceOfBrowser } from './live-buffer.ts';
import { SOUND_TIMESCALE, type CreateMuxer, type Muxer } from './muxer.ts';
import { opusDuration } from './opus-duration.ts';
import { OPUS_TRACK, OPUS_TYPE } from './probe.ts';

/** What sound by Media Source is played with. */
export interface SoundElementOptions {
  readonly settings: UserSettings;
  /** Whether what is played can be read back. */
  readonly probe: boolean;
  /** Loads the muxer, which only Media Source needs. */
  loadMuxer(): Promise<CreateMuxer>;
}

/** How far it plays behind what has come, s: players of sound begin late with less. */
const TARGET_LAG = 0.12;

/** Lag beyond the target that is caught up with, s; less is jitter, and every change of the speed is heard. */
const TOLERATED = 0.1;

/** What is kept behind the present, s, and how often the rest is forgotten, in packets. */
const KEEP_BEHIND = 2;
const FORGET_EVERY = 500;

/**
 * Sound by Media Source, in an element of its own: together with the picture in one element, the picture would wait for the sound's
 * buffer (measured: 207 ms instead of 24).
 */
export class SoundElement implements SoundPath {
  readonly link: SoundLink | undefined;
  readonly #options: SoundElementOptions;
  readonly #audible: AudibleElement;
  readonly #port: MessagePort | undefined;
  #muxer: Muxer | undefined;
  #buffer: LiveBuffer | undefined;
  #createMuxer: CreateMuxer | undefined;
  /** Samples on the element's time line. */
  #samples = 0;
  #packets = 0;
  #underruns = 0;
  #isClosed = false;

  constructor(options: SoundElementOptions) {
    this.#options = options;
    this.#audible = new AudibleElement(options.settings);
    if (mediaSourceOfBrowser() === undefined) return;
    const { port1, port2 } = new MessageChannel();
    this.#port = port2;
    this.link = { type: 'packets', port: port1 };
    this.#element.addEventListener('waiting', () => (this.#underruns += 1));
  }

  get state(): SoundState {
    if (this.link === undefined) return 'unavailable';
    const { state } = this.#audible;
    return this.#samples === 0 && state !== 'suspended' ? 'starting' : state;
  }

  get stats(): AudioStats {
    return {
      state: this.state,
      fillMs: this.#lag * 1000,
      targetMs: TARGET_LAG * 1000,
      underruns: this.#underruns,
      overruns: 0,
      ratePpm: (this.#element.playbackRate - 1) * 1e6,
    };
  }

  async start(): Promise<void> {
    try {
      this.#createMuxer = await this.#options.loadMuxer();
    } catch {
      // Without a muxer there is a picture without sound; the state stays at starting.
      return;
    }
    if (this.#isClosed || this.#port === undefined) return;
    if (this.#options.probe) this.#listen();
    this.#port.onmessage = (event: MessageEvent<Uint8Array<ArrayBuffer>>) => this.#take(event.data);
  }

  resume(): Promise<void> {
    return this.#audible.resume();
  }

  apply(settings: UserSettings): void {
    this.#audible.apply(settings);
  }

  setJitter(): void {
    // The target is far above what jitter takes.
  }

  recording(): ReturnType<SoundPath['recording']> {
    return this.#audible.recording();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#port?.close();
    this.#buffer?.close();
    this.#audible.close();
  }

  get #element(): HTMLAudioElement {
    return this.#audible.element;
  }

  get #lag(): number {
    return Math.max(0, (this.#buffer?.end ?? 0) - this.#element.currentTime);
  }

  #take(packet: Uint8Array<ArrayBuffer>): void {
    const duration = opusDuration(packet);
    if (duration === undefined || this.#isClosed) return;
    const muxer = this.#muxer ?? this.#begin();
    const time = this.#samples;
    this.#samples += duration;
    this.#packets += 1;
    this.#buffer?.append(muxer?.fragment({ data: packet, time, duration, key: true }) ?? packet);
    if (this.#packets % FORGET_EVERY === 0)
      this.#buffer?.forgetBefore(this.#element.currentTime - KEEP_BEHIND);
    this.#follow();
  }

  #begin(): Muxer | undefined {
    const muxer = this.#createMuxer?.(OPUS_TRACK);
    if (muxer === undefined) return undefined;
    this.#muxer = muxer;
    this.#samples = 0;
    this.#buffer = new LiveBuffer(this.#element, () => this.#restart());
    this.#buffer.begin(OPUS_TYPE, muxer.initialize());
    void this.resume();
    return muxer;
  }

  /** The next packet begins anew. */
  #restart(): void {
    this.#buffer?.close();
    this.#buffer = undefined;
    this.#muxer = undefined;
  }

  #follow(): void {
    const element = this.#element;
    const lag = this.#lag;
    const { rate, seeks } = catchUp(lag, TARGET_LAG, element.playbackRate);
    if (seeks) element.currentTime += lag - TARGET_LAG;
    const isLate = lag > TARGET_LAG + TOLERATED;
    const isCatchingUp = element.playbackRate > 1 && lag > TARGET_LAG;
    const wanted = !seeks && (isLate || isCatchingUp) ? Math.max(1, rate) : 1;
    if (wanted !== element.playbackRate) element.playbackRate = wanted;
  }

  #listen(): void {
    const context = new AudioContext({ sampleRate: SOUND_TIMESCALE });
    this.#audible.listen(context, (analyser) => {
      const source = context.createMediaElementSource(this.#element);
      source.connect(analyser).connect(context.destination);
    });
  }
}
