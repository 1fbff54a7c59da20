import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evdevCode, evdevCodes } from '../../../client/input/keycodes.ts';

/** Linux's own names of keys whose place in the rows is easy to get wrong. */
const kernelNames: Readonly<Record<string, string>> = {
  Escape: 'ESC',
  Digit0: '0',
  Backspace: 'BACKSPACE',
  KeyQ: 'Q',
  KeyP: 'P',
  BracketRight: 'RIGHTBRACE',
  Enter: 'ENTER',
  ControlLeft: 'LEFTCTRL',
  KeyA: 'A',
  KeyL: 'L',
  Backquote: 'GRAVE',
  ShiftLeft: 'LEFTSHIFT',
  Backslash: 'BACKSLASH',
  KeyZ: 'Z',
  KeyM: 'M',
  ShiftRight: 'RIGHTSHIFT',
  NumpadMultiply: 'KPASTERISK',
  AltLeft: 'LEFTALT',
  Space: 'SPACE',
  CapsLock: 'CAPSLOCK',
  F1: 'F1',
  F10: 'F10',
  NumLock: 'NUMLOCK',
  ScrollLock: 'SCROLLLOCK',
  Numpad7: 'KP7',
  NumpadSubtract: 'KPMINUS',
  NumpadAdd: 'KPPLUS',
  Numpad0: 'KP0',
  NumpadDecimal: 'KPDOT',
  Lang5: 'ZENKAKUHANKAKU',
  IntlBackslash: '102ND',
  F11: 'F11',
  F12: 'F12',
  IntlRo: 'RO',
  Lang3: 'KATAKANA',
  Lang4: 'HIRAGANA',
  Convert: 'HENKAN',
  KanaMode: 'KATAKANAHIRAGANA',
  NonConvert: 'MUHENKAN',
  NumpadEnter: 'KPENTER',
  ControlRight: 'RIGHTCTRL',
  NumpadDivide: 'KPSLASH',
  PrintScreen: 'SYSRQ',
  AltRight: 'RIGHTALT',
  Home: 'HOME',
  ArrowUp: 'UP',
  PageUp: 'PAGEUP',
  ArrowLeft: 'LEFT',
  ArrowRight: 'RIGHT',
  End: 'END',
  ArrowDown: 'DOWN',
  PageDown: 'PAGEDOWN',
  Insert: 'INSERT',
  Delete: 'DELETE',
  AudioVolumeMute: 'MUTE',
  NumpadEqual: 'KPEQUAL',
  NumpadChangeSign: 'KPPLUSMINUS',
  Pause: 'PAUSE',
  NumpadComma: 'KPCOMMA',
  Lang1: 'HANGEUL',
  Lang2: 'HANJA',
  IntlYen: 'YEN',
  MetaLeft: 'LEFTMETA',
  MetaRight: 'RIGHTMETA',
  ContextMenu: 'COMPOSE',
  Again: 'AGAIN',
  Props: 'PROPS',
  Undo: 'UNDO',
  Copy: 'COPY',
  Open: 'OPEN',
  Paste: 'PASTE',
  Find: 'FIND',
  Cut: 'CUT',
  Help: 'HELP',
  LaunchApp2: 'CALC',
  LaunchMail: 'MAIL',
  BrowserBack: 'BACK',
  BrowserForward: 'FORWARD',
  Eject: 'EJECTCD',
  MediaTrackNext: 'NEXTSONG',
  MediaPlayPause: 'PLAYPAUSE',
  MediaTrackPrevious: 'PREVIOUSSONG',
  MediaStop: 'STOPCD',
  MediaRewind: 'REWIND',
  BrowserHome: 'HOMEPAGE',
  BrowserRefresh: 'REFRESH',
  NumpadParenLeft: 'KPLEFTPAREN',
  F13: 'F13',
  F24: 'F24',
  MediaFastForward: 'FASTFORWARD',
  BrowserSearch: 'SEARCH',
  BrightnessUp: 'BRIGHTNESSUP',
  MailForward: 'FORWARDMAIL',
};

const HEADER = '/usr/include/linux/input-event-codes.h';

describe('evdev codes', () => {
  test.runIf(existsSync(HEADER))('agree with the header of the kernel', () => {
    const header = new Map(
      [...readFileSync(HEADER, 'utf8').matchAll(/^#define\s+KEY_(\w+)\s+(\d+)\b/gm)].map(
        ([, name, value]) => [name, Number(value)],
      ),
    );
    for (const [code, name] of Object.entries(kernelNames)) {
      expect([code, evdevCode(code)]).toEqual([code, header.get(name)]);
    }
  });

  test('fit an X keycode, and only aliases share one', () => {
    const byNumber = Map.groupBy(evdevCodes, ([, number]) => number);
    for (const [number, names] of byNumber) {
      expect(number).toBeGreaterThan(0);
      expect(number + 8).toBeLessThanOrEqual(255);
      const real = names.filter(([name]) => !/^OS|^Volume|Star$|NumpadBackspace/.test(name));
      expect(real.length).toBeLessThanOrEqual(1);
    }
  });

  test('an unknown key is 0', () => {
    expect(evdevCode('Unidentified')).toBe(0);
    expect(evdevCode('')).toBe(0);
    expect(evdevCode('Fn')).toBe(0);
  });
});
