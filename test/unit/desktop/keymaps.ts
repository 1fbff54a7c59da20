import { Keymap } from '../../../server/desktop/keymap.ts';
import type { KeyEntry, KeyType } from '../../../server/desktop/xkb-map.ts';

const type = (mask: number, levels: readonly (readonly [number, number])[]): KeyType => ({
  mask,
  levels: new Map(levels),
  preserved: new Map(),
});

/** Modifier bits as XKB's evdev rules bind them. */
export const Mod = { shift: 1, lock: 2, control: 4, alt: 8, numLock: 16, super: 64, level3: 128 };

// The key types of the same names in xkeyboard-config.
const ONE_LEVEL = type(0, []);
const TWO_LEVEL = type(Mod.shift, [[1, 1]]);
const ALPHABETIC = type(Mod.shift | Mod.lock, [
  [1, 1],
  [2, 1],
]);
const KEYPAD = type(Mod.shift | Mod.numLock, [
  [1, 1],
  [16, 1],
]);
const FOUR_LEVEL = type(Mod.shift | Mod.level3, [
  [1, 1],
  [128, 2],
  [129, 3],
]);

const key = (keyType: KeyType, ...keysyms: readonly number[]): KeyEntry => ({
  types: [keyType],
  groups: [keysyms],
  sets: 0,
});
const modifier = (keysym: number, sets: number): KeyEntry => ({ ...key(ONE_LEVEL, keysym), sets });

const shared: readonly (readonly [number, KeyEntry])[] = [
  [36, key(ONE_LEVEL, 0xff0d)],
  [23, key(TWO_LEVEL, 0xff09, 0xfe20)],
  [38, key(ALPHABETIC, 0x61, 0x41)],
  [54, key(ALPHABETIC, 0x63, 0x43)],
  [37, modifier(0xffe3, Mod.control)],
  [50, modifier(0xffe1, Mod.shift)],
  [64, modifier(0xffe9, Mod.alt)],
  [133, modifier(0xffeb, Mod.super)],
  [66, key(ONE_LEVEL, 0xffe5)],
  [87, key(KEYPAD, 0xff9c, 0xffb1)],
  [92, modifier(0xfe03, Mod.level3)],
];

/** An excerpt of the US layout. */
export const usKeymap = (): Keymap =>
  new Keymap(
    new Map([
      ...shared,
      [11, key(TWO_LEVEL, 0x32, 0x40)],
      [20, key(TWO_LEVEL, 0x2d, 0x5f)],
      [24, key(ALPHABETIC, 0x71, 0x51)],
      [61, key(TWO_LEVEL, 0x2f, 0x3f)],
      [108, modifier(0xffea, Mod.alt)],
    ]),
  );

/** An excerpt of the German layout. */
export const germanKeymap = (): Keymap =>
  new Keymap(
    new Map([
      ...shared,
      [11, key(FOUR_LEVEL, 0x32, 0x22, 0xb2, 0xac2)],
      [16, key(FOUR_LEVEL, 0x37, 0x2f, 0x7b, 0xac6)],
      [20, key(FOUR_LEVEL, 0xdf, 0x3f, 0x5c, 0xbf)],
      [24, key(FOUR_LEVEL, 0x71, 0x51, 0x40, 0x7d9)],
      [108, modifier(0xfe03, Mod.level3)],
    ]),
  );

/** An excerpt of the Russian layout: no Latin letter at all. */
export const russianKeymap = (): Keymap =>
  new Keymap(new Map([...shared, [54, key(ALPHABETIC, 0x6d3, 0x6f3)]]));
