/**
 * Text that does not come as keys: input methods and on-screen keyboards write into a hidden field, and what changed there
 * since the last look is sent. Pure: knows strings only.
 */
import type { InputEvent } from '../../protocol/input.ts';
import { maxInputTextBytes } from '../../protocol/limits.ts';
import { tap } from './held-keys.ts';

/**
 * What the field of an on-screen keyboard holds before the user types. Those send no event for Backspace in an empty field, so
 * there has to be something to erase; half as many Backspaces as this are noticed between two resets.
 */
export const ERASABLE_PADDING = '_'.repeat(64);

/** The field is emptied again when it holds this much more than the padding, in UTF-16 units. */
const MAX_TYPED_LENGTH = 512;

/** Keys as on the wire: code of the kernel (linux/input-event-codes.h) and keysym (X11/keysymdef.h). */
const BACKSPACE = { code: 14, keysym: 0xff08 };
const ENTER = { code: 28, keysym: 0xff0d };

/** Follows the content of the hidden field. */
export class TextEntry {
  /** What the field holds after a reset. */
  readonly padding: string;
  #seen: string;

  constructor(padding: string) {
    this.padding = padding;
    this.#seen = padding;
  }

  /** @returns what the change of the field means for the desktop */
  update(value: string): InputEvent[] {
    const before = Array.from(this.#seen);
    const after = Array.from(value);
    let same = 0;
    while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
    this.#seen = value;
    const events: InputEvent[] = [];
    for (let erased = same; erased < before.length; erased += 1) {
      events.push(...tap(BACKSPACE.code, BACKSPACE.keysym));
    }
    events.push(...textEvents(after.slice(same).join('')));
    return events;
  }

  /** Whether the field should be set back to its padding now (never while composing). */
  get isWorn(): boolean {
    if (this.padding === '') return this.#seen !== '';
    const typed = this.#seen.length - this.padding.length;
    return typed > MAX_TYPED_LENGTH || this.#seen.length < this.padding.length / 2;
  }

  /** The field was set back to its padding. */
  reset(): void {
    this.#seen = this.padding;
  }
}

/** Text as wire events: line breaks are the Enter key, the rest is cut at character borders. */
export function textEvents(text: string): InputEvent[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((line, index) => [
      ...(index === 0 ? [] : tap(ENTER.code, ENTER.keysym)),
      ...chunks(line).map((chunk): InputEvent => ({ type: 'text', text: chunk })),
    ]);
}

function chunks(line: string): string[] {
  const found: string[] = [];
  let chunk = '';
  let bytes = 0;
  for (const character of line) {
    const size = utf8Length(character.codePointAt(0) ?? 0);
    if (bytes + size > maxInputTextBytes) {
      found.push(chunk);
      chunk = '';
      bytes = 0;
    }
    chunk += character;
    bytes += size;
  }
  if (chunk !== '') found.push(chunk);
  return found;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
