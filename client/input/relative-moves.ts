/** Movements of a locked pointer in whole steps. */
import type { PointerRelativeEvent } from '../../protocol/input.ts';

/** Keeps the fractions that zoomed pages report. */
export class RelativeMoves {
  #x = 0;
  #y = 0;

  /** @returns the move to send, undefined while it is less than a pixel */
  push(movementX: number, movementY: number): PointerRelativeEvent | undefined {
    this.#x += movementX;
    this.#y += movementY;
    const dx = Math.trunc(this.#x) + 0;
    const dy = Math.trunc(this.#y) + 0;
    if (dx === 0 && dy === 0) return undefined;
    this.#x -= dx;
    this.#y -= dy;
    return { type: 'pointerRelative', dx: bounded(dx), dy: bounded(dy) };
  }
}

function bounded(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}
