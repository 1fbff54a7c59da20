/**
 * Compares the modifiers that are believed to be held with the flags that every event carries.
 *
 * Key events of modifiers get lost: the window manager takes Super, Alt+Tab ends in another window, Windows reports one
 * release for two Shift keys. The flags of the next event tell the truth.
 */
import type { ModifierFlags } from './keyboard-facts.ts';

/** The four modifiers that events report reliably. */
export type ModifierName = 'shift' | 'control' | 'alt' | 'meta';

/** The physical keys of a modifier, the left one first. */
export const modifierCodes: Readonly<Record<ModifierName, readonly [string, string]>> = {
  shift: ['ShiftLeft', 'ShiftRight'],
  control: ['ControlLeft', 'ControlRight'],
  alt: ['AltLeft', 'AltRight'],
  meta: ['MetaLeft', 'MetaRight'],
};

const names = Object.keys(modifierCodes) as readonly ModifierName[];

/** The modifier that a physical key is; undefined for any other key. */
export function modifierOf(code: string): ModifierName | undefined {
  return names.find((name) => modifierCodes[name].includes(code));
}

/** What is wrong: keys to release because the flag is off, modifiers to press because it is on. */
export interface ModifierDrift {
  readonly release: readonly string[];
  readonly press: readonly ModifierName[];
}

/**
 * Finds the drift between held keys and flags.
 *
 * @param isHeld whether a physical key counts as held for its modifier (AltRight used as AltGr does not count)
 * @param skip modifiers whose flag says nothing now
 */
export function modifierDrift(
  flags: ModifierFlags,
  isHeld: (code: string) => boolean,
  skip: ReadonlySet<ModifierName>,
): ModifierDrift {
  const release: string[] = [];
  const press: ModifierName[] = [];
  for (const name of names) {
    if (skip.has(name)) continue;
    const held = modifierCodes[name].filter(isHeld);
    if (!flags[name]) release.push(...held);
    else if (held.length === 0) press.push(name);
  }
  return { release, press };
}
