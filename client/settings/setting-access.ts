/** Who may change what: the operator's locks and ranges, and the one who has control. */
import type { StreamFacts } from '../../protocol/control/stream.ts';
import {
  isEncoderSetting,
  streamRanges,
  streamSettingNames,
  type RangedName,
  type SettingRange,
  type StreamSettingName,
} from '../../protocol/stream-settings.ts';
import type { UserSettings } from './user-settings.ts';

/** Names a setting; the server's half of a custom mode belongs to `mode`. */
export type SettingName = Exclude<keyof UserSettings, 'custom'>;

/** `open`: the user may; `locked`: nobody may; `viewer`: only the one who has control may. */
export type SettingAccess = 'open' | 'locked' | 'viewer';

/** Whether the user may change a setting. Before a connection said otherwise everything is open. */
export function accessTo(name: SettingName, stream: StreamFacts | undefined): SettingAccess {
  const isStreams = (streamSettingNames as readonly string[]).includes(name);
  if (stream === undefined || !isStreams) return 'open';
  const ofStream = name as StreamSettingName;
  if (stream.policy.locked.includes(ofStream)) return 'locked';
  return isEncoderSetting(ofStream) && !stream.controls ? 'viewer' : 'open';
}

/** What a number may be, as the operator bounds it. */
export function rangeOf(name: RangedName, stream: StreamFacts | undefined): SettingRange {
  return stream?.policy.ranges[name] ?? streamRanges[name];
}
