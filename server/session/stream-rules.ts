import type { Refused, RefusalReason, StreamPolicy } from '../../protocol/control/stream.ts';
import {
  rangedNames,
  streamSettingNames,
  type RangedName,
  type StreamChange,
  type StreamSettingName,
  type StreamSettings,
} from '../../protocol/stream-settings.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';

/** What the operator says about the settings of streams. */
export interface StreamRules {
  /** What holds where nobody chose; also what locked settings are fixed to. */
  readonly defaults: StreamSettings;
  readonly policy: StreamPolicy;
}

/** What this encoder and this client are able to do. */
export interface StreamAbilities {
  /** Kinds of video that are encoded here and decoded there. */
  readonly codecs: readonly VideoCodecName[];
  /** Whether the encoder side makes smaller pictures. */
  readonly canScale: boolean;
  /** Whether there is sound. */
  readonly hasSound: boolean;
}

/** What may be taken of a change, and what not. */
export interface Judgement {
  readonly allowed: StreamChange;
  readonly refused: Refused;
}

/** Judges each setting of a change by itself, whoever asks. */
export function judgeChange(
  change: StreamChange,
  rules: StreamRules,
  abilities: StreamAbilities,
): Judgement {
  const refused: { -readonly [Name in keyof Refused]: Refused[Name] } = {};
  const allowed: Record<string, unknown> = {};
  for (const name of streamSettingNames) {
    if (change[name] === undefined) continue;
    const reason = objection(name, change, rules, abilities);
    if (reason !== undefined) refused[name] = reason;
    else allowed[name] = change[name];
  }
  // The values of a custom mode come and go with the mode.
  if (allowed['mode'] === 'custom') allowed['custom'] = change.custom;
  return { allowed, refused };
}

function objection(
  name: StreamSettingName,
  change: StreamChange,
  { defaults, policy }: StreamRules,
  abilities: StreamAbilities,
): RefusalReason | undefined {
  // Who asks for what is fixed anyway gets it.
  if (policy.locked.includes(name)) return change[name] === defaults[name] ? undefined : 'locked';
  if (!isInRange(name, change, policy)) return 'range';
  return isPossible(name, change, abilities) ? undefined : 'unavailable';
}

function isInRange(name: StreamSettingName, change: StreamChange, policy: StreamPolicy): boolean {
  const within = (ranged: RangedName, value: number): boolean =>
    value >= policy.ranges[ranged].least && value <= policy.ranges[ranged].most;
  if (name === 'mode') {
    return Object.entries(change.custom ?? {}).every(([part, value]) =>
      // The parts of a custom mode, which was read as one, are ranged and numbers.
      within(part as RangedName, value as number),
    );
  }
  const ranged = rangedNames.find((each) => each === name);
  const value = change[name];
  return ranged === undefined || typeof value !== 'number' || within(ranged, value);
}

function isPossible(
  name: StreamSettingName,
  change: StreamChange,
  { codecs, canScale, hasSound }: StreamAbilities,
): boolean {
  switch (name) {
    case 'codec':
      return change.codec === 'auto' || codecs.some((each) => each === change.codec);
    case 'scale':
      return change.scale === 'auto' || change.scale === 1 || canScale;
    case 'audioBitrateKbps':
    case 'audioFrameMs':
      return change[name] === 'auto' || hasSound;
    default:
      return true;
  }
}
