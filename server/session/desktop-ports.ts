import type { InputEvent } from '../../protocol/input.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import type { AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import type { ClipboardPort } from './clipboard-port.ts';
import type { SteeredEncoder } from './encoder-steering.ts';
import type { SteeredSound } from './stream-control.ts';
import type { PointerImage } from './viewer-desktop.ts';

/** A picture or sound source: its access units, and what can be asked of its encoder. */
export interface MediaPort {
  subscribe(sink: AccessUnitSink): () => void;
  readonly parameters: VideoParameters | undefined;
  requestKeyframe(): void;
  /** Stops and resumes encoding; resuming costs no keyframe. */
  setPaused(paused: boolean): void;
}

/** The picture's source, whose encoder follows a link. */
export interface VideoPort extends MediaPort, SteeredEncoder {
  /** Kinds of video that `setCodec` takes, the one of `auto` first. */
  readonly codecs: readonly VideoCodecName[];
  /** The kind that is made, and the name of what makes it. */
  readonly running: { readonly name: VideoCodecName; readonly encoder: string };
  /** Whether `setScale` has an effect. */
  readonly canScale: boolean;
}

/** The sound's source. */
export interface AudioPort extends MediaPort, SteeredSound {}

/** Where input goes and what is known about the screen. */
export interface DesktopPort {
  readonly size: { readonly width: number; readonly height: number };
  readonly pointer: PointerImage | undefined;
  /** Whether the screen cannot be reached just now: its picture stands still and input goes nowhere. Absent: never. */
  readonly isAway?: boolean;
  inject(event: InputEvent): void;
  /** Absent: it has none. */
  readonly clipboard?: ClipboardPort;
}
