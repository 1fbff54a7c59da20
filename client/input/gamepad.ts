/** Gamepads: browsers only offer polling, the wire carries changes. */
import type { InputEvent } from '../../protocol/input.ts';

/** The part of the Gamepad API's Gamepad that is sent. */
export interface GamepadFacts {
  readonly index: number;
  readonly connected: boolean;
  readonly buttons: readonly { readonly pressed: boolean }[];
  /** -1 to 1. */
  readonly axes: readonly number[];
}

/** Buttons that one gamepad may tell, as many as bits in the unit (docs/protocol.md, input). */
const MAX_BUTTONS = 32;
/** Axes that the unit takes: a gamepad of the standard mapping has four, flight sticks have up to ten. */
const MAX_AXES = 16;
/** What an axis at its end is on the wire. */
const AXIS_RANGE = 32_767;

/** Compares each poll with the one before. */
export class GamepadChanges {
  readonly #last = new Map<number, string>();

  /** @returns one event per gamepad that changed; one that went away is sent once at rest */
  poll(gamepads: readonly (GamepadFacts | null)[]): InputEvent[] {
    const events: InputEvent[] = [];
    const present = new Set<number>();
    for (const gamepad of gamepads) {
      if (gamepad?.connected !== true) continue;
      present.add(gamepad.index);
      const event = gamepadEvent(gamepad);
      const state = `${event.buttons}:${event.axes.join()}`;
      if (this.#last.get(gamepad.index) === state) continue;
      this.#last.set(gamepad.index, state);
      events.push(event);
    }
    for (const index of this.#last.keys()) {
      if (present.has(index)) continue;
      this.#last.delete(index);
      events.push({ type: 'gamepad', index, buttons: 0, axes: [] });
    }
    return events;
  }
}

function gamepadEvent({
  index,
  buttons,
  axes,
}: GamepadFacts): Extract<InputEvent, { type: 'gamepad' }> {
  const mask = buttons
    .slice(0, MAX_BUTTONS)
    .reduce((bits, { pressed }, bit) => (pressed ? bits | (1 << bit) : bits), 0);
  return {
    type: 'gamepad',
    index,
    buttons: mask >>> 0,
    axes: axes
      .slice(0, MAX_AXES)
      .map((axis) => Math.round(Math.max(-1, Math.min(1, axis)) * AXIS_RANGE)),
  };
}
