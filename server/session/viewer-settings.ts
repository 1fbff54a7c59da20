import type { Refused, RefusalReason, StreamFacts } from '../../protocol/control/stream.ts';
import {
  encoderSettingNames,
  isEncoderSetting,
  mergeChange,
  sendingMode,
  streamSettingNames,
  type SendingMode,
  type StreamChange,
  type StreamSettings,
} from '../../protocol/stream-settings.ts';
import { decodableCodecs, type VideoCodecName } from '../../protocol/video-codec.ts';
import { judgeChange } from './stream-rules.ts';
import type { SharedStream } from './viewer-desktop.ts';

/**
 * What one client wants of its stream, what of it holds, and what the client was told. What belongs to the one encoder is kept
 * for the time when the client has control. A pure core.
 */
export class ViewerSettings {
  readonly #shared: () => SharedStream;
  readonly #decodes: readonly VideoCodecName[];
  /** `video` of HELLO. */
  readonly decodes: readonly string[];
  #wished: StreamChange = {};
  #hasAsked = false;
  #told: string | undefined;

  /** @param decodes `video` of HELLO */
  constructor(shared: () => SharedStream, decodes: readonly string[]) {
    this.#shared = shared;
    this.decodes = decodes;
    this.#decodes = decodableCodecs(decodes);
  }

  /** Whether the client has said what it wants. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** What would hold if the client had control. */
  get wished(): StreamSettings {
    return mergeChange<StreamSettings>(this.#shared().rules.defaults, this.#wished);
  }

  /** Budgets of its messages and the delay that its link may have. */
  get mode(): SendingMode {
    return sendingMode(this.wished);
  }

  get isVideoShown(): boolean {
    return this.wished.video === 'shown';
  }

  /** What HELLO asks for; nothing is refused there, and what is not allowed is passed over. */
  greet(change: StreamChange): void {
    this.#keep(judgeChange(change, this.#shared().rules, this.#abilities).allowed);
  }

  /** Takes what may be taken of SETTINGS. Returns what was not. */
  ask(change: StreamChange, controls: boolean): Refused {
    this.#hasAsked = true;
    const { allowed, refused } = judgeChange(change, this.#shared().rules, this.#abilities);
    this.#keep(allowed);
    if (controls) return refused;
    const later = streamSettingNames.filter(
      (name) => allowed[name] !== undefined && isEncoderSetting(name),
    );
    const viewer: RefusalReason = 'viewer';
    return { ...Object.fromEntries(later.map((name) => [name, viewer])), ...refused };
  }

  /** STREAM, when the client does not know it yet or `answer` asks for one. */
  news(
    controls: boolean,
    answer?: { readonly id: number; readonly refused: Refused },
  ): StreamFacts | undefined {
    const facts = this.#facts(controls);
    const text = JSON.stringify(facts);
    if (answer === undefined && text === this.#told) return undefined;
    this.#told = text;
    if (answer === undefined) return facts;
    const { id, refused } = answer;
    const hasRefused = Object.keys(refused).length > 0;
    return { ...facts, answers: id, ...(hasRefused ? { refused } : {}) };
  }

  get #abilities() {
    const { canScale, audio } = this.#shared();
    return { codecs: this.#codecs, canScale, hasSound: audio !== undefined };
  }

  get #codecs(): readonly VideoCodecName[] {
    return this.#shared().codecs.filter((name) => this.#decodes.includes(name));
  }

  #keep(allowed: StreamChange): void {
    this.#wished = mergeChange(this.#wished, allowed);
  }

  #facts(controls: boolean): StreamFacts {
    const { settings, rules, video, audio, desktop, isAway } = this.#shared();
    const shared = Object.fromEntries(encoderSettingNames.map((name) => [name, settings[name]]));
    return {
      answers: 0,
      settings: { ...this.wished, ...shared },
      desktop,
      video,
      ...(audio === undefined ? {} : { audio }),
      offers: { codecs: this.#codecs },
      policy: { ...rules.policy, defaults: rules.defaults },
      ...(isAway ? { isAway } : {}),
      controls,
    };
  }
}
