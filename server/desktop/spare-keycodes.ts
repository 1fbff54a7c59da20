import type { Keymap } from './keymap.ts';
import { lowerKeysym, upperKeysym } from './keysym.ts';
import type { KeyEntry, KeyType } from './xkb-map.ts';

/**
 * How long a keycode keeps its character after it was typed, in ms. Programs look a keycode up when they get to its event:
 * one that is given another character too early types the new one. A guess; a busy terminal was seen 60 ms behind.
 */
const REUSE_AFTER_MS = 150;

/** A free keycode with its new meaning, or how long to wait for one. */
export type SpareKeycode =
  | {
      readonly type: 'assign';
      readonly keycode: number;
      /** The two keysyms for ChangeKeyboardMapping. */
      readonly keysyms: readonly [number, number];
      readonly entry: KeyEntry;
    }
  | { readonly type: 'wait'; readonly ms: number }
  /** The keyboard has no keycode to spare. */
  | { readonly type: 'none' };

interface Loan {
  /** The keysym on the first level. */
  readonly keysym: number;
  readonly usedAtMs: number;
}

/** The types that the X server gives to a key with two keysyms: it knows the case of the older keysyms only. */
const ONE_LEVEL: KeyType = { mask: 0, levels: new Map(), preserved: new Map() };
const TWO_LEVEL: KeyType = { mask: 1, levels: new Map([[1, 1]]), preserved: new Map() };
const ALPHABETIC: KeyType = {
  mask: 3,
  levels: new Map([
    [1, 1],
    [2, 1],
  ]),
  preserved: new Map(),
};
const UNICODE_KEYSYMS = 0x0100_0000;

function typeOf(hasCase: boolean, keysym: number): KeyType {
  if (!hasCase) return ONE_LEVEL;
  return keysym < UNICODE_KEYSYMS ? ALPHABETIC : TWO_LEVEL;
}

/**
 * The keycodes that the layout leaves free, lent to characters that it lacks; the one that was used longest ago is lent
 * again. A pure core: time is an argument.
 */
export class SpareKeycodes {
  readonly #free: number[] = [];
  /** In the order of their last use. */
  readonly #loans = new Map<number, Loan>();

  /** Adopts a keymap: what was lent keeps its meaning where the map still has it. */
  reset(keymap: Keymap, minKeycode: number, maxKeycode: number): void {
    for (const [keycode, { keysym }] of this.#loans) {
      if (keymap.firstKeysym(keycode) !== keysym) this.#loans.delete(keycode);
    }
    this.#free.length = 0;
    for (let keycode = minKeycode; keycode <= maxKeycode; keycode++) {
      if (!keymap.has(keycode) && !this.#loans.has(keycode)) this.#free.push(keycode);
    }
  }

  /**
   * Lends a keycode to the character of a keysym.
   *
   * @param isHeld tells keycodes that are down now, which keep their meaning
   */
  take(keysym: number, nowMs: number, isHeld: (keycode: number) => boolean): SpareKeycode {
    const free = this.#free.pop();
    if (free !== undefined) return this.#lend(free, keysym, nowMs);
    for (const [keycode, { usedAtMs }] of this.#loans) {
      if (isHeld(keycode)) continue;
      const ms = usedAtMs + REUSE_AFTER_MS - nowMs;
      return ms > 0 ? { type: 'wait', ms } : this.#lend(keycode, keysym, nowMs);
    }
    return { type: 'none' };
  }

  /** Notes the use of a keycode; no-op for those that are not lent. */
  used(keycode: number, nowMs: number): void {
    const loan = this.#loans.get(keycode);
    if (!loan) return;
    this.#loans.delete(keycode);
    this.#loans.set(keycode, { ...loan, usedAtMs: nowMs });
  }

  isLent(keycode: number): boolean {
    return this.#loans.has(keycode);
  }

  /** Forgets the loans and returns their keycodes, whose meaning is to be cleared. */
  giveBack(): readonly number[] {
    const keycodes = [...this.#loans.keys()];
    this.#loans.clear();
    return keycodes;
  }

  #lend(keycode: number, keysym: number, nowMs: number): SpareKeycode {
    const [small, capital] = [lowerKeysym(keysym), upperKeysym(keysym)];
    // A letter brings its other case along; a title-case digraph (U+01C5) is neither case of itself.
    const hasCase = small !== capital && (keysym === small || keysym === capital);
    const keysyms = hasCase ? ([small, capital] as const) : ([keysym, keysym] as const);
    const entry: KeyEntry = {
      types: [typeOf(hasCase, keysym)],
      groups: [hasCase ? keysyms : [keysym]],
      sets: 0,
    };
    this.#loans.delete(keycode);
    this.#loans.set(keycode, { keysym: keysyms[0], usedAtMs: nowMs });
    return { type: 'assign', keycode, keysyms, entry };
  }
}
