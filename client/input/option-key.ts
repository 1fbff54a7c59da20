/**
 * The Option keys of a Mac: AltGr when they help to type a character, Alt otherwise. Which of the two is known only at the
 * next key, so the press waits for it.
 */
import type { InputEvent } from '../../protocol/input.ts';
import type { HeldKeys } from './held-keys.ts';
import { tap } from './held-keys.ts';
import { evdevCode } from './keycodes.ts';

/** `waiting`: nothing sent yet; `typed`: helped to type a character; `sent`: the desktop sees Alt held. */
type OptionState = 'waiting' | 'typed' | 'sent';

/** Keysyms Alt_L and Alt_R (X11/keysymdef.h). */
const ALT_LEFT = 0xffe9;
const ALT_RIGHT = 0xffea;

/** Decides what the Option keys mean. Events go through the shared HeldKeys. */
export class OptionKeys {
  readonly #held: HeldKeys;
  readonly #states = new Map<string, OptionState>();

  constructor(held: HeldKeys) {
    this.#held = held;
  }

  isDown(name: string): boolean {
    return this.#states.has(name);
  }

  down(name: string): void {
    if (!this.#states.has(name)) this.#states.set(name, 'waiting');
  }

  /** A character was typed with Option: the desktop must see no modifier. */
  typed(): InputEvent[] {
    return [...this.#states.keys()].flatMap((name) => {
      this.#states.set(name, 'typed');
      return this.#held.release(name);
    });
  }

  /** Something else happens under Option: the desktop must see Alt. */
  actAsAlt(): InputEvent[] {
    return [...this.#states].flatMap(([name, state]) => {
      if (state === 'sent') return [];
      this.#states.set(name, 'sent');
      return this.#held.press(name, evdevCode(name), altKeysym(name));
    });
  }

  /** The key is up; Option alone is a tap of Alt, which opens menus. */
  up(name: string): InputEvent[] {
    const state = this.#states.get(name);
    this.#states.delete(name);
    if (state === 'waiting') return tap(evdevCode(name), altKeysym(name));
    return this.#held.release(name);
  }

  /** The page lost the keyboard; held keys are released by their owner. */
  clear(): void {
    this.#states.clear();
  }
}

function altKeysym(name: string): number {
  return name === 'AltRight' ? ALT_RIGHT : ALT_LEFT;
}
