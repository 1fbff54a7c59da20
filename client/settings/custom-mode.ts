/** How a mode of the user's own begins. */
import { latencyModes } from '../../protocol/latency-mode.ts';
import type { CustomMode } from '../../protocol/stream-settings.ts';
import type { SettingsView } from './settings-book.ts';

/** The gateway's half: the one in force, else the one used last, else that of the mode in force. */
export function customOf({
  settings,
  lastCustom,
}: Pick<SettingsView, 'settings' | 'lastCustom'>): CustomMode {
  if (settings.custom !== undefined) return settings.custom;
  if (lastCustom !== undefined) return lastCustom;
  const { delayTarget, videoBudget, audioBudget } =
    latencyModes[settings.mode === 'custom' ? 'balanced' : settings.mode];
  return { delayTargetMs: delayTarget, videoBudgetMs: videoBudget, audioBudgetMs: audioBudget };
}
