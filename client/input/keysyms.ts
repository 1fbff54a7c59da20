/**
 * What a key means: `KeyboardEvent.key` to an X keysym (X11/keysymdef.h).
 *
 * Characters of Latin-1 are their own keysym; every other one is 0x01000000 + its code point (X protocol, appendix A).
 * The older names of the same characters (Greek, Cyrillic, the Euro sign) are not used.
 */

/** `KeyboardEvent.location` of the number pad. */
const NUMPAD = 3;
const RIGHT = 2;
const UNICODE_KEYSYM = 0x0100_0000;

/** What of a KeyboardEvent decides its keysym. */
export interface KeyIdentity {
  readonly key: string;
  readonly code: string;
  readonly location: number;
}

/** Named keys that exist once. */
// prettier-ignore -- a table of names reads better dense
const named: Readonly<Record<string, number>> = {
  Backspace: 0xff08,
  Tab: 0xff09,
  Clear: 0xff0b,
  Enter: 0xff0d,
  Pause: 0xff13,
  ScrollLock: 0xff14,
  Escape: 0xff1b,
  Multi_key: 0xff20,
  Compose: 0xff20,
  KanjiMode: 0xff21,
  NonConvert: 0xff22,
  Convert: 0xff23,
  Romaji: 0xff24,
  Hiragana: 0xff25,
  Katakana: 0xff26,
  HiraganaKatakana: 0xff27,
  Zenkaku: 0xff28,
  Hankaku: 0xff29,
  ZenkakuHankaku: 0xff2a,
  KanaMode: 0xff2d,
  Eisu: 0xff30,
  Alphanumeric: 0xff30,
  HangulMode: 0xff31,
  HanjaMode: 0xff34,
  JunjaMode: 0xff38,
  CodeInput: 0xff37,
  SingleCandidate: 0xff3c,
  AllCandidates: 0xff3d,
  PreviousCandidate: 0xff3e,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Select: 0xff60,
  Print: 0xff61,
  PrintScreen: 0xff61,
  Execute: 0xff62,
  Insert: 0xff63,
  Undo: 0xff65,
  Redo: 0xff66,
  Again: 0xff66,
  ContextMenu: 0xff67,
  Find: 0xff68,
  Cancel: 0xff69,
  Help: 0xff6a,
  ModeChange: 0xff7e,
  NumLock: 0xff7f,
  CapsLock: 0xffe5,
  AltGraph: 0xfe03,
  Delete: 0xffff,
  GroupNext: 0xfe08,
  GroupPrevious: 0xfe0a,
  GroupFirst: 0xfe0c,
  GroupLast: 0xfe0e,
  // XF86keysym.h
  BrightnessUp: 0x1008ff02,
  BrightnessDown: 0x1008ff03,
  AudioVolumeDown: 0x1008ff11,
  AudioVolumeMute: 0x1008ff12,
  AudioVolumeUp: 0x1008ff13,
  MediaPlayPause: 0x1008ff14,
  MediaPlay: 0x1008ff14,
  MediaStop: 0x1008ff15,
  MediaTrackPrevious: 0x1008ff16,
  MediaTrackNext: 0x1008ff17,
  BrowserHome: 0x1008ff18,
  LaunchMail: 0x1008ff19,
  BrowserSearch: 0x1008ff1b,
  MediaRecord: 0x1008ff1c,
  LaunchApplication2: 0x1008ff1d,
  BrowserBack: 0x1008ff26,
  BrowserForward: 0x1008ff27,
  BrowserStop: 0x1008ff28,
  BrowserRefresh: 0x1008ff29,
  PowerOff: 0x1008ff2a,
  Power: 0x1008ff2a,
  WakeUp: 0x1008ff2b,
  Eject: 0x1008ff2c,
  Standby: 0x1008ff2f,
  BrowserFavorites: 0x1008ff30,
  MediaPause: 0x1008ff31,
  LaunchMediaPlayer: 0x1008ff32,
  LaunchApplication1: 0x1008ff33,
  MediaRewind: 0x1008ff3e,
  Close: 0x1008ff56,
  Copy: 0x1008ff57,
  Cut: 0x1008ff58,
  New: 0x1008ff68,
  Open: 0x1008ff6b,
  Paste: 0x1008ff6d,
  MailReply: 0x1008ff72,
  Save: 0x1008ff77,
  MailSend: 0x1008ff7b,
  MailForward: 0x1008ff90,
  MediaFastForward: 0x1008ff97,
  Hibernate: 0x1008ffa8,
};

/** Modifiers, by the place where they are: left (or anywhere), right. */
const modifiers: Readonly<Record<string, readonly [left: number, right: number]>> = {
  Shift: [0xffe1, 0xffe2],
  Control: [0xffe3, 0xffe4],
  Alt: [0xffe9, 0xffea],
  Meta: [0xffeb, 0xffec],
  OS: [0xffeb, 0xffec],
  Super: [0xffeb, 0xffec],
  Hyper: [0xffed, 0xffee],
};

/** The number pad has keysyms of its own. */
// prettier-ignore -- a table of names reads better dense
const numpad: Readonly<Record<string, number>> = {
  ' ': 0xff80,
  Tab: 0xff89,
  Enter: 0xff8d,
  Home: 0xff95,
  ArrowLeft: 0xff96,
  ArrowUp: 0xff97,
  ArrowRight: 0xff98,
  ArrowDown: 0xff99,
  PageUp: 0xff9a,
  PageDown: 0xff9b,
  End: 0xff9c,
  Clear: 0xff9d,
  Insert: 0xff9e,
  Delete: 0xff9f,
  '*': 0xffaa,
  '+': 0xffab,
  ',': 0xffac,
  '-': 0xffad,
  '.': 0xffae,
  '/': 0xffaf,
  '=': 0xffbd,
};

/** dead_*, where a browser gives the combining character instead of the bare word 'Dead'. */
// prettier-ignore -- a table of names reads better dense
const deadKeys: Readonly<Record<string, number>> = {
  '\u0300': 0xfe50,
  '\u0301': 0xfe51,
  '\u0302': 0xfe52,
  '\u0303': 0xfe53,
  '\u0304': 0xfe54,
  '\u0306': 0xfe55,
  '\u0307': 0xfe56,
  '\u0308': 0xfe57,
  '\u030a': 0xfe58,
  '\u030b': 0xfe59,
  '\u030c': 0xfe5a,
  '\u0327': 0xfe5b,
  '\u0328': 0xfe5c,
  '\u0345': 0xfe5d,
  '\u3099': 0xfe5e,
  '\u309a': 0xfe5f,
  '\u0323': 0xfe60,
  '\u0309': 0xfe61,
  '\u031b': 0xfe62,
  '\u0335': 0xfe63,
  '\u0313': 0xfe64,
  '\u0314': 0xfe65,
  '\u0325': 0xfe67,
  '\u0331': 0xfe68,
  '\u032d': 0xfe69,
  '\u0330': 0xfe6a,
  '\u032e': 0xfe6b,
  '\u0324': 0xfe6c,
  '\u0311': 0xfe6d,
  '\u0326': 0xfe6e,
};

/**
 * The keysym of a key event; 0 when the browser does not say what the key means ('Dead', 'Process', 'Unidentified', or a
 * name that X has nothing for).
 */
export function keysymOf({ key, code, location }: KeyIdentity): number {
  const atNumpad = location === NUMPAD || code.startsWith('Numpad');
  if (atNumpad) {
    const keysym =
      key.length === 1 && key >= '0' && key <= '9' ? 0xffb0 + Number(key) : numpad[key];
    if (keysym !== undefined) return keysym;
  }
  const modifier = modifiers[modifierName(key, code)];
  if (modifier !== undefined) return modifier[location === RIGHT || code.endsWith('Right') ? 1 : 0];
  return named[key] ?? functionKeysym(key) ?? characterKeysym(key);
}

/** Some X11 layouts turn Shift+Alt into Meta: the key is what its place says. */
function modifierName(key: string, code: string): string {
  return key === 'Meta' && (code === 'AltLeft' || code === 'AltRight') ? 'Alt' : key;
}

function functionKeysym(key: string): number | undefined {
  const number = /^F([1-9]|[12][0-9]|3[0-5])$/.exec(key)?.[1];
  return number === undefined ? undefined : 0xffbd + Number(number);
}

function characterKeysym(key: string): number {
  const character = key.normalize('NFC');
  const codePoint = character.codePointAt(0);
  // More than one code point is a name, or a cluster that no single keysym stands for.
  if (codePoint === undefined || character.length !== (codePoint > 0xffff ? 2 : 1)) return 0;
  return deadKeys[character] ?? keysymOfCodePoint(codePoint);
}

/** The keysym of one Unicode code point; 0 for control characters and surrogates. */
export function keysymOfCodePoint(codePoint: number): number {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return 0;
  if (codePoint <= 0xff) return codePoint;
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return 0;
  return UNICODE_KEYSYM + codePoint;
}
