/** Mouse buttons: the bit mask that every pointer event carries, turned into presses and releases. */
import type { InputEvent } from '../../protocol/input.ts';

/** `MouseEvent.buttons` bit to wire button (0 left, 1 middle, 2 right, 3 back, 4 forward). */
const wireButtons = [
  { mask: 1, button: 0 },
  { mask: 4, button: 1 },
  { mask: 2, button: 2 },
  { mask: 8, button: 3 },
  { mask: 16, button: 4 },
] as const;

/**
 * Compares masks rather than counting events: pointerdown comes only for the first button, and a release outside the window may
 * not come at all, but the next event tells.
 */
export class PointerButtons {
  #mask = 0;

  /** Buttons that the desktop sees held, as a mask of wire buttons (bit 0 left, 1 middle, 2 right …). */
  get held(): number {
    return wireButtons.reduce(
      (held, { mask, button }) => ((this.#mask & mask) === 0 ? held : held | (1 << button)),
      0,
    );
  }

  /** Whether a mask (`MouseEvent.buttons`) says something new. */
  differs(mask: number): boolean {
    return wireButtons.some(({ mask: bit }) => ((mask ^ this.#mask) & bit) !== 0);
  }

  /** @param mask `MouseEvent.buttons` */
  update(mask: number): InputEvent[] {
    const events: InputEvent[] = [];
    for (const { mask: bit, button } of wireButtons) {
      const pressed = (mask & bit) !== 0;
      if (pressed !== ((this.#mask & bit) !== 0)) events.push({ type: 'button', button, pressed });
    }
    this.#mask = mask;
    return events;
  }

  /** Releases what is held. */
  release(): InputEvent[] {
    return this.update(0);
  }
}
