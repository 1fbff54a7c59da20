/** The keys that the desktop believes to be held because of this page. */
import type { InputEvent } from '../../protocol/input.ts';

interface HeldKey {
  readonly code: number;
  readonly keysym: number;
}

/** Presses and releases in pairs: a release repeats the keysym of its press, whatever the layout says by then. */
export class HeldKeys {
  /** By `KeyboardEvent.code`, in the order of the presses. */
  readonly #held = new Map<string, HeldKey>();

  has(name: string): boolean {
    return this.#held.has(name);
  }

  get size(): number {
    return this.#held.size;
  }

  /** The evdev codes that are held. */
  get codes(): readonly number[] {
    return [...this.#held.values()].map(({ code }) => code);
  }

  /** The keys that are held, by `KeyboardEvent.code`, in the order of their presses. */
  get names(): readonly string[] {
    return [...this.#held.keys()];
  }

  keysym(name: string): number | undefined {
    return this.#held.get(name)?.keysym;
  }

  /** Presses a key; one that was held already is released first, for its keyup was lost. */
  press(name: string, code: number, keysym: number): InputEvent[] {
    const events = this.release(name);
    this.#held.set(name, { code, keysym });
    events.push({ type: 'key', code, keysym, pressed: true });
    return events;
  }

  /** Releases a key if it is held. */
  release(name: string): InputEvent[] {
    const key = this.#held.get(name);
    if (key === undefined) return [];
    this.#held.delete(name);
    return [{ type: 'key', code: key.code, keysym: key.keysym, pressed: false }];
  }

  /** Releases everything, the newest first. */
  releaseAll(): InputEvent[] {
    return [...this.names].reverse().flatMap((name) => this.release(name));
  }
}

/** A press and a release at once, for keys whose release nobody reports. */
export function tap(code: number, keysym: number): InputEvent[] {
  return [
    { type: 'key', code, keysym, pressed: true },
    { type: 'key', code, keysym, pressed: false },
  ];
}
