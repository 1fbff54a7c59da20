/**
 * Which keycode to press so that programs see exactly what the user typed, whatever the desktop's layout is. Pure: a keymap
 * and a state in, a plan out.
 */
import { Modifier, type Keymap } from './keymap.ts';
import {
  canonicalKeysym,
  codePointOf,
  isDeadKeysym,
  isKeypadKeysym,
  Keysym,
  LEFT_TWINS,
  lowerKeysym,
} from './keysym.ts';

/** What is in force on the desktop before a key. */
export interface PlanState {
  /** Modifiers of the keys that are held now. */
  readonly held: number;
  /** Modifiers that are locked or latched: Caps Lock, Num Lock. They cannot be let go for one key. */
  readonly locked: number;
  /** The layout in force, 0 to 3. */
  readonly group: number;
}

/** What to do for the press of a key. */
export type KeyPlan =
  /** Nothing: the desktop has no such key. */
  | { readonly type: 'ignore' }
  /** Press a keycode until the key is released. */
  | { readonly type: 'hold'; readonly keycode: number }
  /** Press and release a keycode at once, with other modifiers than those that are held. */
  | {
      readonly type: 'tap';
      readonly keycode: number;
      readonly add: number;
      readonly remove: number;
    }
  /** No key has the character: put it on a spare keycode first. */
  | { readonly type: 'spare'; readonly keysym: number };

/** X keycodes are evdev codes plus this, since the first PC drivers. */
const EVDEV_OFFSET = 8;
const MAX_KEYCODE = 255;

/** The keycode of a physical key; undefined for keys that X cannot name. */
export function keycodeOf(evdevCode: number): number | undefined {
  const keycode = evdevCode + EVDEV_OFFSET;
  return evdevCode > 0 && keycode <= MAX_KEYCODE ? keycode : undefined;
}

/**
 * Plans the press of a key.
 *
 * - What the physical key produces anyway is pressed as it is, and so is a key whose meaning is not known.
 * - A character is looked for on all keys, with Shift and AltGr as they have to be for it; failing that it goes on a
 *   spare keycode.
 * - With Control, Alt or Super held it is a shortcut: modifiers stay as they are where any key allows it, case does not
 *   matter, and a character that the layout lacks is the physical key's (Ctrl+С of a Russian layout is Ctrl+C).
 * - Other keys (arrows, modifiers) go by their meaning, then by their place.
 *
 * @param code evdev code; 0 = not known
 * @param keysym 0 = not known
 */
export function planKey(
  keymap: Keymap,
  state: PlanState,
  { code, keysym }: { readonly code: number; readonly keysym: number },
): KeyPlan {
  const place = keycodeOf(code);
  // The browser composes: the accent arrives with its letter, as one character.
  if (isDeadKeysym(keysym)) return { type: 'ignore' };
  if (keysym === 0) return hold(place);
  const current = { modifiers: state.held | state.locked, group: state.group };
  const wanted = canonicalKeysym(keysym);
  if (place !== undefined && canonicalKeysym(keymap.produced(place, current)) === wanted) {
    return hold(place);
  }
  if (codePointOf(keysym) === undefined) return planFunctionKey(keymap, state, wanted, place);
  if ((state.held & shortcutModifiers(keymap)) !== 0) {
    return planShortcut(keymap, state, wanted, place);
  }
  return planCharacter(keymap, state, keysym, place);
}

/** Plans one character of a text: nothing that is held may change it. */
export function planText(keymap: Keymap, state: PlanState, keysym: number): KeyPlan {
  const current = { modifiers: state.held | state.locked, group: state.group };
  const isClean = (state.held & shortcutModifiers(keymap)) === 0;
  for (const keycode of keymap.keycodesFor(canonicalKeysym(keysym))) {
    const isExact = canonicalKeysym(keymap.produced(keycode, current)) === canonicalKeysym(keysym);
    if (isClean && isExact) return { type: 'tap', keycode, add: 0, remove: 0 };
  }
  const plan = findCombination(keymap, state, canonicalKeysym(keysym), undefined);
  return plan ?? { type: 'spare', keysym };
}

function planCharacter(
  keymap: Keymap,
  state: PlanState,
  keysym: number,
  place: number | undefined,
): KeyPlan {
  const plan = findCombination(keymap, state, canonicalKeysym(keysym), place);
  if (!plan) return { type: 'spare', keysym };
  return plan.add === 0 && plan.remove === 0 ? hold(plan.keycode) : plan;
}

function planShortcut(
  keymap: Keymap,
  state: PlanState,
  wanted: number,
  place: number | undefined,
): KeyPlan {
  const current = { modifiers: state.held | state.locked, group: state.group };
  const small = canonicalKeysym(lowerKeysym(wanted));
  const fits = (keycode: number): boolean =>
    canonicalKeysym(lowerKeysym(keymap.produced(keycode, current))) === small;
  if (place !== undefined && fits(place)) return hold(place);
  const elsewhere = [...keymap.keycodesFor(wanted), ...keymap.keycodesFor(small)].find(fits);
  if (elsewhere !== undefined) return hold(elsewhere);
  return findCombination(keymap, state, wanted, place, true) ?? hold(place);
}

function planFunctionKey(
  keymap: Keymap,
  state: PlanState,
  wanted: number,
  place: number | undefined,
): KeyPlan {
  if (place !== undefined && keymap.meanings(place).includes(wanted)) {
    // On the keypad Num Lock decides between End and 1; elsewhere another level is the same key (Shift+Tab).
    if (!isKeypadKeysym(keymap.firstKeysym(place))) return hold(place);
    const plan = findCombination(keymap, state, wanted, place);
    if (plan) return plan;
  }
  for (const name of [wanted, LEFT_TWINS.get(wanted)]) {
    if (name === undefined) continue;
    const elsewhere = keymap
      .keycodesFor(name)
      .find((keycode) => canonicalKeysym(keymap.firstKeysym(keycode)) === name);
    if (elsewhere !== undefined) return hold(elsewhere);
  }
  return hold(place);
}

/**
 * The cheapest keycode and modifiers that produce a keysym: as few changes of Shift and AltGr as possible, then the
 * physical key, then the lowest keycode. Other held modifiers stay for shortcuts and are let go for text.
 */
function findCombination(
  keymap: Keymap,
  state: PlanState,
  wanted: number,
  place: number | undefined,
  isShortcut = false,
): Extract<KeyPlan, { type: 'tap' }> | undefined {
  const levelModifiers = Modifier.shift | keymap.modifierNamed(Keysym.level3Shift);
  const kept = isShortcut ? state.held & ~levelModifiers : 0;
  let best: { plan: Extract<KeyPlan, { type: 'tap' }>; cost: number } | undefined;
  for (const keycode of keymap.keycodesFor(wanted)) {
    for (const subset of subsets(levelModifiers & keymap.relevantModifiers(keycode, state.group))) {
      const modifiers = kept | subset;
      const produced = keymap.produced(keycode, {
        modifiers: modifiers | state.locked,
        group: state.group,
      });
      if (canonicalKeysym(produced) !== wanted) continue;
      const [add, remove] = [modifiers & ~state.held, state.held & ~modifiers];
      const cost = 4 * bitCount(add | remove) + (keycode === place ? 0 : 1);
      if (!best || cost < best.cost) best = { plan: { type: 'tap', keycode, add, remove }, cost };
    }
  }
  return best?.plan;
}

function hold(keycode: number | undefined): KeyPlan {
  return keycode === undefined ? { type: 'ignore' } : { type: 'hold', keycode };
}

function shortcutModifiers(keymap: Keymap): number {
  return Modifier.control | keymap.modifierNamed(Keysym.altL) | keymap.modifierNamed(Keysym.superL);
}

/** All subsets of a set of bits, the empty one first. */
function* subsets(bits: number): Generator<number> {
  let subset = 0;
  do {
    yield subset;
    subset = (subset - bits) & bits;
  } while (subset !== 0);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
