import { canonicalKeysym, upperKeysym } from './keysym.ts';
import type { KeyEntries, KeyEntry, KeyType } from './xkb-map.ts';

/** Modifier bits of the X protocol that have a fixed meaning. */
export const Modifier = { shift: 1, lock: 2, control: 4 } as const;

/** What decides which keysym a keycode produces. */
export interface KeyboardState {
  /** Modifiers in force, as the X protocol's bits. */
  readonly modifiers: number;
  /** The layout in force, 0 to 3. */
  readonly group: number;
}

/**
 * A keyboard map that can be asked both ways: what a keycode produces, and which keycodes can produce a keysym. It computes
 * what Xlib, GTK and xkbcommon compute (XKB protocol, section 12.1).
 */
export class Keymap {
  readonly #entries: Map<number, KeyEntry>;
  readonly #keycodesByKeysym = new Map<number, Set<number>>();

  constructor(entries: KeyEntries) {
    this.#entries = new Map(entries);
    for (const [keycode, entry] of entries) this.#index(keycode, entry);
  }

  has(keycode: number): boolean {
    return this.#entries.has(keycode);
  }

  /** Replaces what a keycode means, as ChangeKeyboardMapping does. */
  assign(keycode: number, entry: KeyEntry): void {
    this.#entries.set(keycode, entry);
    this.#index(keycode, entry);
  }

  /** The keysym that a program gets from a keycode; 0 for none. */
  produced(keycode: number, { modifiers, group }: KeyboardState): number {
    const entry = this.#entries.get(keycode);
    if (!entry || entry.groups.length === 0) return 0;
    const inGroup = group % entry.groups.length;
    const type = entry.types[inGroup];
    const relevant = type ? modifiers & type.mask : 0;
    const keysym = entry.groups[inGroup]?.[type?.levels.get(relevant) ?? 0] ?? 0;
    const unused = modifiers & ~consumedBy(type, relevant);
    return (unused & Modifier.lock) !== 0 ? upperKeysym(keysym) : keysym;
  }

  /** Modifiers that change what the keycode produces. */
  relevantModifiers(keycode: number, group: number): number {
    const entry = this.#entries.get(keycode);
    return entry?.types[group % entry.groups.length]?.mask ?? 0;
  }

  /** Keycodes that produce a keysym of this meaning on some level, lowest first. */
  keycodesFor(canonical: number): readonly number[] {
    const keycodes = this.#keycodesByKeysym.get(canonical) ?? [];
    return [...keycodes]
      .filter((keycode) => this.meanings(keycode).includes(canonical))
      .sort((a, b) => a - b);
  }

  /** The canonical keysyms of all levels and groups of a keycode. */
  meanings(keycode: number): readonly number[] {
    return this.#entries.get(keycode)?.groups.flat().map(canonicalKeysym) ?? [];
  }

  /** The keysym on a keycode's first level. */
  firstKeysym(keycode: number): number {
    return this.#entries.get(keycode)?.groups[0]?.[0] ?? 0;
  }

  /** Modifiers that a keycode sets while it is held; 0 for ordinary keys. */
  modifiersOf(keycode: number): number {
    return this.#entries.get(keycode)?.sets ?? 0;
  }

  /** A keycode that sets exactly this modifier while it is held. */
  keycodeSetting(modifier: number): number | undefined {
    for (const [keycode, { sets }] of this.#entries) if (sets === modifier) return keycode;
    return undefined;
  }

  /** The modifier that a key of this name sets; 0 where the layout has no such key. */
  modifierNamed(keysym: number): number {
    for (const keycode of this.keycodesFor(keysym)) {
      const sets = this.modifiersOf(keycode);
      if (sets !== 0 && this.firstKeysym(keycode) === keysym) return sets;
    }
    return 0;
  }

  #index(keycode: number, entry: KeyEntry): void {
    for (const keysym of entry.groups.flat()) {
      if (keysym === 0) continue;
      const canonical = canonicalKeysym(keysym);
      const keycodes = this.#keycodesByKeysym.get(canonical);
      if (keycodes) keycodes.add(keycode);
      else this.#keycodesByKeysym.set(canonical, new Set([keycode]));
    }
  }
}

/** The modifiers that the choice of the level used up. */
function consumedBy(type: KeyType | undefined, relevant: number): number {
  if (!type) return 0;
  return type.mask & ~(type.preserved.get(relevant) ?? 0);
}
