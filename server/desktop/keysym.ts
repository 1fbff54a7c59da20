/** Keysyms (X11/keysymdef.h): what a key means, as a number. */

/** Unicode code points above U+00FF are their code point plus this (X protocol, appendix A). */
const UNICODE = 0x0100_0000;

/** Older blocks of keysyms that follow an 8-bit character set: the low byte is the set's byte. */
const LEGACY_BLOCKS: readonly (readonly [block: number, charset: string, first: number])[] = [
  [0x01, 'iso-8859-2', 0xa1],
  [0x02, 'iso-8859-3', 0xa1],
  [0x03, 'iso-8859-4', 0xa1],
  [0x05, 'iso-8859-6', 0xac],
  // From 0xc0 on the Cyrillic block is KOI8-R: 0xc0 to 0xdf the small letters, above them the capitals.
  [0x06, 'koi8-r', 0xc0],
  [0x0c, 'iso-8859-8', 0xe0],
  [0x0d, 'windows-874', 0xa1],
  [0x13, 'iso-8859-15', 0xbc],
];

/** Characters of common layouts that follow no character set. */
const LEGACY_SINGLES: readonly (readonly [keysym: number, codePoint: number])[] = [
  [0x20ac, 0x20ac], // EuroSign
  [0x0aa3, 0x2003], // emspace
  [0x0aa9, 0x2014], // emdash
  [0x0aaa, 0x2013], // endash
  [0x0aae, 0x2026], // ellipsis
  [0x0ac9, 0x2122], // trademark
  [0x0ad0, 0x2018], // leftsinglequotemark
  [0x0ad1, 0x2019], // rightsinglequotemark
  [0x0ad2, 0x201c], // leftdoublequotemark
  [0x0ad3, 0x201d], // rightdoublequotemark
  [0x0afd, 0x201a], // singlelowquotemark
  [0x0afe, 0x201e], // doublelowquotemark
  [0x0ae6, 0x2022], // enfilledcircbullet
  [0x08fb, 0x2190], // leftarrow
  [0x08fc, 0x2191], // uparrow
  [0x08fd, 0x2192], // rightarrow
  [0x08fe, 0x2193], // downarrow
  [0x08bd, 0x2260], // notequal
  [0x08bc, 0x2264], // lessthanequal
  [0x08be, 0x2265], // greaterthanequal
  [0x06b0, 0x2116], // numerosign
];

/** The Greek letters: alphabetical in both orders, but for the two small sigmas, which changed places. */
const GREEK_RUNS: readonly (readonly [keysym: number, codePoint: number, count: number])[] = [
  [0x07c1, 0x0391, 17],
  [0x07d2, 0x03a3, 1],
  [0x07d4, 0x03a4, 6],
  [0x07e1, 0x03b1, 17],
  [0x07f2, 0x03c3, 1],
  [0x07f3, 0x03c2, 1],
  [0x07f4, 0x03c4, 6],
];

const legacy = legacyCodePoints();

function legacyCodePoints(): ReadonlyMap<number, number> {
  const map = new Map<number, number>(LEGACY_SINGLES);
  for (const [block, charset, first] of LEGACY_BLOCKS) {
    const decoder = new TextDecoder(charset);
    for (let byte = first; byte <= 0xff; byte++) {
      const codePoint = decoder.decode(Uint8Array.of(byte)).codePointAt(0) ?? 0;
      if (codePoint > 0xff && codePoint !== 0xfffd) map.set((block << 8) | byte, codePoint);
    }
  }
  for (const [keysym, codePoint, count] of GREEK_RUNS) {
    for (let index = 0; index < count; index++) map.set(keysym + index, codePoint + index);
  }
  return map;
}

/** Keypad keys that do the same as another key: Space, Tab, Enter, Home to Delete. */
const KEYPAD_TWINS: ReadonlyMap<number, number> = new Map([
  [0xff89, 0xff09],
  [0xff8d, 0xff0d],
  [0xff95, 0xff50],
  [0xff96, 0xff51],
  [0xff97, 0xff52],
  [0xff98, 0xff53],
  [0xff99, 0xff54],
  [0xff9a, 0xff55],
  [0xff9b, 0xff56],
  [0xff9c, 0xff57],
  [0xff9e, 0xff63],
  [0xff9f, 0xffff],
]);

/** The character that a keysym types; undefined for keys that type none (arrows, modifiers, dead keys). */
export function codePointOf(keysym: number): number | undefined {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return keysym;
  if (keysym >= UNICODE + 0x20 && keysym <= UNICODE + 0x10ffff) return keysym - UNICODE;
  // The keypad: 0xff80 is space, 0xffaa to 0xffb9 are '*' to '9', 0xffbd is '='.
  if (keysym === 0xff80 || (keysym >= 0xffaa && keysym <= 0xffb9) || keysym === 0xffbd) {
    return keysym - 0xff80;
  }
  return legacy.get(keysym);
}

/** The keysym of a character; 0 for control characters, which keys have other names for. */
export function keysymOfCodePoint(codePoint: number): number {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return 0;
  return codePoint <= 0xff ? codePoint : UNICODE + codePoint;
}

/** One number for all keysyms that mean the same: characters as Unicode keysyms, keypad keys as their twins. */
export function canonicalKeysym(keysym: number): number {
  const codePoint = codePointOf(keysym);
  if (codePoint !== undefined) return UNICODE + codePoint;
  return KEYPAD_TWINS.get(keysym) ?? keysym;
}

/** The keysym of the capital letter; the keysym itself where there is none, or only one of several characters (ß). */
export function upperKeysym(keysym: number): number {
  return changeCase(keysym, (text) => text.toUpperCase());
}

/** The keysym of the small letter; the keysym itself where there is none. */
export function lowerKeysym(keysym: number): number {
  return changeCase(keysym, (text) => text.toLowerCase());
}

function changeCase(keysym: number, change: (text: string) => string): number {
  const codePoint = codePointOf(keysym);
  if (codePoint === undefined || (keysym >= 0xff80 && keysym <= 0xffbd)) return keysym;
  const changed = change(String.fromCodePoint(codePoint));
  const changedCodePoint = changed.codePointAt(0);
  if (changedCodePoint === undefined || changedCodePoint === codePoint) return keysym;
  return changed.length === (changedCodePoint > 0xffff ? 2 : 1)
    ? keysymOfCodePoint(changedCodePoint)
    : keysym;
}

/** Keys of the number pad, whichever way Num Lock is. */
export function isKeypadKeysym(keysym: number): boolean {
  return keysym >= 0xff80 && keysym <= 0xffbd;
}

/** dead_grave and its kin, which wait for the next key. */
export function isDeadKeysym(keysym: number): boolean {
  return keysym >= 0xfe50 && keysym <= 0xfe93;
}

/**
 * Keys that change what later keys mean after they are released: Caps Lock, Num Lock, latches, switches of the layout. Held
 * modifiers (Shift, Control, ISO_Level3_Shift) are not among them.
 */
export function isLockingKeysym(keysym: number): boolean {
  const isIso = keysym >= 0xfe01 && keysym <= 0xfe13 && keysym !== 0xfe03 && keysym !== 0xfe11;
  return keysym === 0xffe5 || keysym === 0xffe6 || keysym === 0xff7f || isIso;
}

/** Where a keyboard has no such modifier on the right, the left one does. */
export const LEFT_TWINS: ReadonlyMap<number, number> = new Map([
  [0xffe2, 0xffe1],
  [0xffe4, 0xffe3],
  [0xffe8, 0xffe7],
  [0xffea, 0xffe9],
  [0xffec, 0xffeb],
  [0xffee, 0xffed],
]);

/** Names of the keysyms that the code speaks of. */
export const Keysym = {
  backSpace: 0xff08,
  tab: 0xff09,
  return: 0xff0d,
  controlL: 0xffe3,
  altL: 0xffe9,
  superL: 0xffeb,
  shiftL: 0xffe1,
  level3Shift: 0xfe03,
} as const;
