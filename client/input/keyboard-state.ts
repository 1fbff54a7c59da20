/**
 * The keyboard as a state machine: facts of DOM events in, wire events out. Time comes in as an argument.
 *
 * Platforms below a browser disagree; each rule names the one that needs it. The desktop repeats held keys by itself (X
 * autorepeat), so repeats of the browser are dropped.
 */
import type { InputEvent } from '../../protocol/input.ts';
import { HeldKeys, tap } from './held-keys.ts';
import type { KeyFacts, KeyboardPlatform, ModifierFlags } from './keyboard-facts.ts';
import { evdevCode } from './keycodes.ts';
import { keysymOf } from './keysyms.ts';
import { isLocalKey, isPasteKey, isStatisticsKey } from './local-keys.ts';
import type { ModifierName } from './modifier-sync.ts';
import { modifierCodes, modifierDrift, modifierOf } from './modifier-sync.ts';
import { OptionKeys } from './option-key.ts';

/** What came of a key event. */
export interface KeyOutcome {
  readonly events: readonly InputEvent[];
  /** The browser must not act on the key. */
  readonly preventDefault: boolean;
  /** Ctrl+Alt+Shift was pressed and let go by itself: the user wants the keyboard out of the desktop. */
  readonly leave: boolean;
  /** The key that shows or hides the statistics was pressed; the desktop does not get it. */
  readonly statistics?: true;
  /** The key pastes: the browser may act on it all the same, since only then it says what it would paste. */
  readonly paste?: true;
}

const nothing: KeyOutcome = { events: [], preventDefault: false, leave: false };

/**
 * How long a ControlLeft of Windows waits for the AltRight that makes the two AltGr, in milliseconds. Both come of one
 * message of the system, within about a millisecond; the rest covers a busy page (a guess: log the gaps on a slow machine).
 */
export const ALT_GRAPH_WAIT_MS = 50;

/** Keysyms (X11/keysymdef.h): ISO_Level3_Shift, which AltGr is, and Control_L. */
const LEVEL3_SHIFT = 0xfe03;
const CONTROL_LEFT = 0xffe3;

/** What the browser's key events mean for the desktop: presses, releases, characters. Pure; knows what is held. */
export class KeyboardState {
  readonly #platform: KeyboardPlatform;
  readonly #held = new HeldKeys();
  readonly #option = new OptionKeys(this.#held);
  #focused = false;
  #controlDue: number | undefined;
  #sawAltGraph = false;
  #leaveArmed = false;

  constructor(platform: KeyboardPlatform) {
    this.#platform = platform;
  }

  /** Evdev codes of the keys that the desktop sees held. */
  get heldCodes(): readonly number[] {
    return this.#held.codes;
  }

  /** When `settle` has to be called, on the clock of the `now` arguments; undefined when nothing waits. */
  get dueAt(): number | undefined {
    return this.#controlDue;
  }

  /** The desktop has the keyboard from now on. */
  focus(): void {
    this.#focused = true;
  }

  /** The desktop lost the keyboard: releases everything. A keydown that comes after it (noVNC issue 1880) is not taken. */
  blur(): readonly InputEvent[] {
    this.#focused = false;
    this.#controlDue = undefined;
    this.#leaveArmed = false;
    this.#option.clear();
    return this.#held.releaseAll();
  }

  /** @param isCaptured see isLocalKey */
  keyDown(facts: KeyFacts, now: number, isCaptured = false): KeyOutcome {
    if (!this.#focused || isLocalKey(facts, isCaptured)) return nothing;
    this.#armLeave(facts);
    if (isStatisticsKey(facts)) {
      const swallowed = { events: [], preventDefault: true, leave: false };
      return facts.repeat ? swallowed : { ...swallowed, statistics: true };
    }
    const events = this.#resolveAltGraph(facts, now);
    // An input method or a dead key composes: its text comes as a text event, the browser has to see the key.
    if (facts.isComposing || facts.key === 'Process' || facts.key === 'Dead') {
      events.push(...this.#option.typed());
      return { events, preventDefault: false, leave: false };
    }
    events.push(...this.#press(facts, now));
    const outcome = { events, preventDefault: true, leave: false };
    return isPasteKey(facts) && !facts.repeat ? { ...outcome, paste: true } : outcome;
  }

  keyUp(facts: KeyFacts, now: number): KeyOutcome {
    if (!this.#focused) return nothing;
    const events = this.#resolveAltGraph(facts, now);
    if (this.#isOption(facts.code) && this.#option.isDown(facts.code)) {
      events.push(...this.#option.up(facts.code));
    } else if (facts.code === 'CapsLock' && this.#platform === 'mac') {
      // macOS reports the lock, not the key: down when it goes on, up when it goes off.
      events.push(...tap(evdevCode(facts.code), keysymOf(facts)));
    } else {
      events.push(...this.#held.release(facts.code));
    }
    const modifier = modifierOf(facts.code);
    // Should a browser still report the modifier that just went up, it must not be pressed again.
    const stale = modifier !== undefined && facts.flags[modifier] ? [modifier] : [];
    events.push(...this.#sync(facts.flags, stale));
    const leave = this.#leaveArmed && modifier !== undefined;
    if (leave) this.#leaveArmed = false;
    return { events, preventDefault: evdevCode(facts.code) !== 0 && !facts.isComposing, leave };
  }

  /** The flags of a pointer event. `acts`: a button or the wheel, which needs waiting modifiers to be pressed. */
  pointer(flags: ModifierFlags, acts: boolean): readonly InputEvent[] {
    if (!this.#focused) return [];
    const events = acts ? [...this.#pressWaitingControl(), ...this.#option.actAsAlt()] : [];
    if (acts) this.#leaveArmed = false;
    events.push(...this.#sync(flags, []));
    return events;
  }

  /** Presses what waited long enough. */
  settle(now: number): readonly InputEvent[] {
    return this.#controlDue !== undefined && now >= this.#controlDue
      ? this.#pressWaitingControl()
      : [];
  }

  #press(facts: KeyFacts, now: number): InputEvent[] {
    const { code, flags } = facts;
    if (this.#isOption(code)) {
      this.#option.down(code);
      return [];
    }
    if (facts.repeat && this.#held.has(code)) return [];
    const modifier = modifierOf(code);
    const events = this.#sync(flags, modifiersIn(facts));
    if (this.#platform === 'windows' && code === 'ControlLeft' && !facts.repeat) {
      this.#controlDue = now + ALT_GRAPH_WAIT_MS;
      return events;
    }
    if (this.#platform === 'mac') {
      if (flags.meta) events.push(...this.#releaseBelowCommand());
      if (modifier === undefined) events.push(...this.#resolveOption(facts));
    }
    const evdev = evdevCode(code);
    const keysym = keysymOf(this.#withPlainKey(facts));
    if (evdev === 0 && keysym === 0) return events;
    if (this.#losesKeyUp(facts)) events.push(...this.#held.release(code), ...tap(evdev, keysym));
    else events.push(...this.#held.press(code, evdev, keysym));
    return events;
  }

  /** macOS reports no keyup while Command is held, not even of keys that went down before it. */
  #releaseBelowCommand(): InputEvent[] {
    const keys = this.#held.names.filter((name) => modifierOf(name) === undefined);
    return keys.flatMap((name) => this.#held.release(name));
  }

  /** Windows announces AltGr as ControlLeft, then AltRight: the first waits and is forgotten when the second comes. */
  #resolveAltGraph(facts: KeyFacts, now: number): InputEvent[] {
    if (facts.flags.altGraph) this.#sawAltGraph = true;
    if (this.#controlDue === undefined) return [];
    const isAltGraph =
      facts.code === 'AltRight' && (facts.key === 'AltGraph' || facts.flags.altGraph);
    if (isAltGraph && now <= this.#controlDue) {
      this.#controlDue = undefined;
      return [];
    }
    return this.#pressWaitingControl();
  }

  #pressWaitingControl(): InputEvent[] {
    if (this.#controlDue === undefined) return [];
    this.#controlDue = undefined;
    return this.#held.press('ControlLeft', evdevCode('ControlLeft'), CONTROL_LEFT);
  }

  #resolveOption({ key, flags }: KeyFacts): InputEvent[] {
    const typesCharacter =
      Array.from(key).length === 1 && key !== ' ' && !flags.control && !flags.meta;
    return typesCharacter ? this.#option.typed() : this.#option.actAsAlt();
  }

  /** Under Option with Ctrl or Command a Mac still reports the character that Option makes; the shortcut means the plain key. */
  #withPlainKey(facts: KeyFacts): KeyFacts {
    const { flags, code } = facts;
    if (this.#platform !== 'mac' || !flags.alt || !(flags.control || flags.meta)) return facts;
    const plain = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
    return plain === undefined ? facts : { ...facts, key: plain.toLowerCase() };
  }

  /** Keys without a physical code come from on-screen keyboards; macOS reports no keyup while Command is held. */
  #losesKeyUp({ code, flags }: KeyFacts): boolean {
    if (evdevCode(code) === 0) return true;
    if (this.#platform !== 'mac') return false;
    return code === 'CapsLock' || (flags.meta && modifierOf(code) === undefined);
  }

  #isOption(code: string): boolean {
    return this.#platform === 'mac' && modifierOf(code) === 'alt';
  }

  /** Releases and presses modifiers until they agree with the flags. */
  #sync(flags: ModifierFlags, changing: readonly ModifierName[]): InputEvent[] {
    const events: InputEvent[] = [];
    const isLevel3 = this.#held.keysym('AltRight') === LEVEL3_SHIFT;
    if (isLevel3 && this.#sawAltGraph && !flags.altGraph) {
      events.push(...this.#held.release('AltRight'));
    }
    if (!flags.altGraph) this.#sawAltGraph = false;
    const skip = new Set(changing);
    // AltGr shows as Ctrl+Alt on Windows; Option is followed by its own class.
    if (flags.altGraph || isLevel3) skip.add('control').add('alt');
    if (this.#platform === 'mac') skip.add('alt');
    if (this.#controlDue !== undefined) skip.add('control');
    const drift = modifierDrift(flags, (code) => this.#held.has(code), skip);
    for (const code of drift.release) events.push(...this.#held.release(code));
    for (const name of drift.press) {
      const code = modifierCodes[name][0];
      const keysym = keysymOf({ key: capitalised(name), code, location: 1 });
      events.push(...this.#held.press(code, evdevCode(code), keysym));
    }
    if (this.#platform === 'mac' && !flags.alt) {
      for (const code of modifierCodes.alt) {
        if (this.#option.isDown(code)) events.push(...this.#option.up(code));
      }
    }
    return events;
  }

  #armLeave({ code, flags }: KeyFacts): void {
    this.#leaveArmed =
      modifierOf(code) !== undefined && flags.shift && flags.control && flags.alt && !flags.meta;
  }
}

/** The modifiers that this key is about to change; AltGr may already show as Ctrl+Alt. */
function modifiersIn({ key, code }: KeyFacts): readonly ModifierName[] {
  if (key === 'AltGraph') return ['control', 'alt'];
  const modifier = modifierOf(code);
  return modifier === undefined ? [] : [modifier];
}

function capitalised(name: ModifierName): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
