/** The few keys that stay with the user's own machine. */
import type { KeyFacts } from './keyboard-facts.ts';

/** Volume, brightness and power belong to the machine in front of the user. */
const ownMachine =
  /^(AudioVolume|Volume|Brightness|Power|Sleep|WakeUp|Eject|Standby|Hibernate|MicrophoneToggle)/;

/**
 * Whether a key shows or hides the statistics: Ctrl+Alt+Shift+S, by its place on the keyboard. AltGr, which Windows
 * reports as Ctrl+Alt, still types.
 */
export function isStatisticsKey({ code, flags }: Pick<KeyFacts, 'code' | 'flags'>): boolean {
  const { control, alt, shift, meta, altGraph } = flags;
  return code === 'KeyS' && control && alt && shift && !meta && !altGraph;
}

/**
 * Whether a key is left to the browser: neither sent nor prevented.
 *
 * @param isCaptured the page has the keyboard to itself (fullscreen with the keyboard locked)
 */
export function isLocalKey({ key, code, flags }: KeyFacts, isCaptured: boolean): boolean {
  if (ownMachine.test(key) || ownMachine.test(code)) return true;
  const isPlain = !flags.shift && !flags.control && !flags.alt && !flags.meta;
  return key === 'F11' && isPlain && !isCaptured;
}

/**
 * Whether a key pastes in the browser, as it is about to do on the desktop: Ctrl+V, also with Shift, Shift+Insert, and Command+V of a Mac.
 * The browser then gives the page its clipboard, which it gives to nobody unasked.
 */
export function isPasteKey({
  key,
  code,
  flags,
}: Pick<KeyFacts, 'key' | 'code' | 'flags'>): boolean {
  const { shift, control, alt, meta, altGraph } = flags;
  if (alt || altGraph) return false;
  if (code === 'Insert' || key === 'Insert') return shift && !control && !meta;
  return key.toLowerCase() === 'v' && control !== meta;
}
