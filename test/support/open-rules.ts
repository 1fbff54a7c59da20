import { defaultStreamSettings, streamRanges } from '../../protocol/stream-settings.ts';
import type { StreamRules } from '../../server/session/stream-rules.ts';

/** An operator who allows everything. */
export const openRules: StreamRules = {
  defaults: defaultStreamSettings,
  policy: { locked: [], ranges: streamRanges },
};
