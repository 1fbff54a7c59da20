/** Touch points, either as the mouse that most desktops understand or as what they are. */
import type { InputEvent, TouchPhaseName } from '../../protocol/input.ts';
import type { Finger } from './touch-pointer.ts';
import { TouchPointer } from './touch-pointer.ts';

/** `pointer`: fingers work the mouse; `touch`: the desktop sees touch points. */
export type TouchMode = 'pointer' | 'touch';

/** A finger with its pressure, 0 to 255. */
export interface TouchFacts extends Finger {
  readonly pressure: number;
}

const MAX_POINTS = 256;

export class Touches {
  readonly #mode: TouchMode;
  readonly #pointer = new TouchPointer();
  /** Browser's pointer id to the small id of the wire, and the last facts. */
  readonly #points = new Map<number, { readonly id: number; facts: TouchFacts }>();

  constructor(mode: TouchMode) {
    this.#mode = mode;
  }

  get dueAt(): number | undefined {
    return this.#pointer.dueAt;
  }

  /** Mask of the wire buttons that a finger holds down. */
  get heldButtons(): number {
    return this.#pointer.isDragging ? 1 : 0;
  }

  down(facts: TouchFacts, now: number): InputEvent[] {
    if (this.#mode === 'pointer') return this.#pointer.down(facts, now);
    const id = this.#freeId();
    if (id === undefined) return [];
    this.#points.set(facts.id, { id, facts });
    return [touch(id, 'start', facts)];
  }

  move(facts: TouchFacts): InputEvent[] {
    if (this.#mode === 'pointer') return this.#pointer.move(facts);
    const point = this.#points.get(facts.id);
    if (point === undefined) return [];
    point.facts = facts;
    return [touch(point.id, 'move', facts)];
  }

  up(facts: TouchFacts): InputEvent[] {
    if (this.#mode === 'pointer') return this.#pointer.up(facts.id);
    const point = this.#points.get(facts.id);
    this.#points.delete(facts.id);
    return point === undefined ? [] : [touch(point.id, 'end', facts)];
  }

  /** The system took the fingers away. */
  cancel(): InputEvent[] {
    const events = [...this.#points.values()].map(({ id, facts }) => touch(id, 'cancel', facts));
    this.#points.clear();
    return [...this.#pointer.cancel(), ...events];
  }

  settle(now: number): InputEvent[] {
    return this.#pointer.settle(now);
  }

  #freeId(): number | undefined {
    const used = new Set([...this.#points.values()].map(({ id }) => id));
    for (let id = 0; id < MAX_POINTS; id += 1) if (!used.has(id)) return id;
    return undefined;
  }
}

function touch(id: number, phase: TouchPhaseName, facts: TouchFacts): InputEvent {
  const { desktopX: x, desktopY: y, pressure } = facts;
  return { type: 'touch', id, phase, x, y, pressure };
}
