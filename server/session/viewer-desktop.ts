import type { InputEvent } from '../../protocol/input.ts';
import type { Micros } from '../../protocol/time.ts';
import type { AudioFacts, VideoFacts } from '../../protocol/control/stream.ts';
import type { StreamSettings } from '../../protocol/stream-settings.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import type { AccessUnit } from '../ingest/access-unit.ts';
import type { SharedClipboard } from './shared-clipboard.ts';
import type { StreamRules } from './stream-rules.ts';

/** The pointer's picture: `width` 0 hides it; `rgba` holds rows of red, green, blue, alpha, not premultiplied. */
export interface PointerImage {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly rgba: Uint8Array;
}

/** What a desktop shows to each of its viewers. */
export interface DesktopAudience {
  /**
   * A picture or a sound packet, in decoding order; shared by all viewers. `changedBefore`: how long before its capture the screen showed
   * the oldest change that this picture is the first to show; undefined: not known, or no change.
   */
  accessUnit(unit: AccessUnit, changedBefore?: Micros): void;
  pointer(image: PointerImage): void;
  /** Whether it wants pictures now; sound it always wants. */
  readonly wantsVideo: boolean;
}

/** The stream that all viewers share, as it is set now. */
export interface SharedStream {
  readonly rules: StreamRules;
  /** Kinds of video that the encoder can be set to and everybody who watches decodes. */
  readonly codecs: readonly VideoCodecName[];
  /** Whether it makes smaller pictures. */
  readonly canScale: boolean;
  /** What the encoders are set to. */
  readonly settings: StreamSettings;
  readonly desktop: { readonly width: number; readonly height: number };
  /** Whether the desktop cannot be reached just now. */
  readonly isAway: boolean;
  readonly video: VideoFacts;
  /** Undefined without sound. */
  readonly audio: AudioFacts | undefined;
}

/** What one viewer sees of the desktop session that it belongs to. */
export interface ViewerDesktop {
  /** The screen, in whose pixels input is; pictures may be smaller. */
  readonly size: { readonly width: number; readonly height: number };
  /** What a decoder has to be configured for, and the size of the pictures; undefined before the first one. */
  readonly video:
    { readonly codec: string; readonly width: number; readonly height: number } | undefined;
  /** The most that the encoder makes, bits per second. */
  readonly maxVideoBps: number;
  readonly sound: { readonly frameMs: number } | undefined;
  readonly pointer: PointerImage | undefined;
  readonly clipboard: SharedClipboard;
  readonly stream: SharedStream;
  /** Why somebody of this login who decodes these codec strings cannot watch, and what to do; undefined: nothing is in the way. */
  obstacleTo(decodes: readonly string[], session: string): string | undefined;
  /** A viewer's wishes have changed: what of them holds is applied before this returns. */
  settingsWished(): void;
  /** Begins to show; the returned function ends it. */
  join(audience: DesktopAudience): () => void;
  /**
   * Asks the encoder for a keyframe; requests of all viewers are merged. `session`: the login whose picture is broken; without
   * it somebody joins. `mostBytes`: the largest that its link takes in time; no bound without.
   */
  requestKeyframe(session?: string, mostBytes?: number): void;
  /** Whether the encoder follows the link of this login. */
  drives(session: string): boolean;
  /** Injects input. The caller has checked the role. */
  inject(events: readonly InputEvent[]): void;
  /** Whether `session` has control now; takes it when it is free. */
  claimControl(session: string, now: Micros): boolean;
  hasControl(session: string): boolean;
  /** A sign of life of the one who has control. */
  heartbeat(session: string, now: Micros): void;
}
