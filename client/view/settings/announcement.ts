import type { SettingsView, Subject } from '../../settings/settings-book.ts';
import { refusalText } from './controls.ts';
import { subjectLabels, valueText } from './words.ts';

/** What a screen reader is told between two views: what has been applied or refused; undefined when nothing was. */
export function announcement(
  before: SettingsView | undefined,
  now: SettingsView,
): string | undefined {
  const texts: string[] = [];
  let applied = 0;
  for (const subject of Object.keys(now.outcomes) as Subject[]) {
    const outcome = now.outcomes[subject];
    if (outcome === undefined || outcome === before?.outcomes[subject]) continue;
    if (outcome.type === 'waiting') continue;
    const label = subjectLabels[subject];
    if (outcome.type === 'refused') texts.push(`${label} ${refusalText(subject, outcome, now)}`);
    else {
      applied += 1;
      if (applied === 1) texts.push(`${label}: ${valueText(subject, now.settings)}, applied.`);
    }
  }
  if (texts.length === 0) return undefined;
  return applied > 1 ? `${applied} settings applied.` : texts.join(' ');
}
