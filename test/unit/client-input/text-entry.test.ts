import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { maxInputTextBytes } from '../../../protocol/limits.ts';
import { ERASABLE_PADDING, TextEntry, textEvents } from '../../../client/input/text-entry.ts';

const BACKSPACE = 14;

/** What a text field of the desktop holds after the events. */
function typed(before: string, events: readonly InputEvent[]): string {
  const field = Array.from(before);
  for (const event of events) {
    if (event.type === 'text') field.push(...Array.from(event.text));
    else if (event.type === 'key' && event.pressed) {
      if (event.code === BACKSPACE) field.pop();
      else field.push('\n');
    }
  }
  return field.join('');
}

describe('TextEntry', () => {
  test('an input method gives its text once', () => {
    const entry = new TextEntry('');
    expect(entry.update('日本')).toEqual([{ type: 'text', text: '日本' }]);
    expect(entry.isWorn).toBe(true);
    entry.reset();
    expect(entry.update('')).toEqual([]);
  });

  test('a word that grows and is corrected is followed letter by letter', () => {
    const entry = new TextEntry(ERASABLE_PADDING);
    let desktop = '';
    for (const word of ['h', 'he', 'hel', 'helo', 'hello ', 'hello w']) {
      desktop = typed(desktop, entry.update(ERASABLE_PADDING + word));
      expect(desktop).toBe(word);
    }
  });

  test('Backspace in a field that looks empty erases on the desktop', () => {
    const entry = new TextEntry(ERASABLE_PADDING);
    const events = entry.update(ERASABLE_PADDING.slice(1));
    expect(events.map((event) => event.type === 'key' && event.pressed)).toEqual([true, false]);
    expect(typed('ab', events)).toBe('a');
  });

  test('half of the padding erased asks for a reset', () => {
    const entry = new TextEntry(ERASABLE_PADDING);
    entry.update(ERASABLE_PADDING.slice(0, ERASABLE_PADDING.length / 2));
    expect(entry.isWorn).toBe(false);
    entry.update(ERASABLE_PADDING.slice(0, ERASABLE_PADDING.length / 2 - 1));
    expect(entry.isWorn).toBe(true);
  });

  test('whatever happens in the field, the desktop ends up with the same text', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .map((value) => value.replaceAll(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(text), (values) => {
        const entry = new TextEntry('');
        let desktop = '';
        for (const value of values) {
          desktop = typed(desktop, entry.update(value));
          expect(desktop).toBe(value);
        }
      }),
    );
  });
});

describe('textEvents', () => {
  test('line breaks are Enter', () => {
    expect(typed('', textEvents('a\r\nb\nc\rd'))).toBe('a\nb\nc\nd');
  });

  test('long text is cut at characters, never beyond the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const line = text.replaceAll(/[\r\n]/g, '').toWellFormed();
        const events = textEvents(line);
        expect(typed('', events)).toBe(line);
        for (const event of events) {
          if (event.type !== 'text') throw new Error(`expected text, got ${event.type}`);
          expect(new TextEncoder().encode(event.text).length).toBeLessThanOrEqual(
            maxInputTextBytes,
          );
        }
      }),
      { numRuns: 50 },
    );
  });
});
