import { performance } from 'node:perf_hooks';
import { planKey, planText, type KeyPlan, type PlanState } from './key-plan.ts';
import { Keymap } from './keymap.ts';
import { isLockingKeysym } from './keysym.ts';
import type { SpareKeycodes } from './spare-keycodes.ts';
import type { XConnection } from './x-connection.ts';
import type { XEvent, Xkb, XTest } from './x11.ts';
import { readKeyboardMap } from './xkb-map.ts';

/** Whether the next event may be injected at once. */
export type Progress =
  | { readonly type: 'done' }
  /** The event was injected; what comes next depends on an answer of the X server. */
  | { readonly type: 'wait'; readonly until: Promise<void> }
  /** The event was not injected; try it again later. */
  | { readonly type: 'retry'; readonly ms: number };

const DONE: Progress = { type: 'done' };

/** XkbMapNotify, and where it has `firstKeySym` and `nKeySyms` after its first 8 bytes (XKB protocol, section 16.4). */
const MAP_NOTIFY = 1;
const FIRST_KEYCODE_AT = 8;
/** The parts of the map whose changes are told: key types, symbols, modifiers (XkbKeyTypesMask and so on). */
const MAP_PARTS = 1 | 2 | 4;

/**
 * The keyboard of one X connection: presses, releases and types through XTEST, and follows the layout and the locks of the
 * desktop. Lives as long as the connection.
 */
export class XKeyboard {
  readonly #connection: XConnection;
  readonly #xtest: XTest;
  readonly #xkb: Xkb;
  readonly #spares: SpareKeycodes;
  #keymap: Keymap;
  #locked = 0;
  #group = 0;
  /** The layout has changed and is being read. */
  #isStale = true;
  #reading = 0;
  /** What each physical key pressed; undefined for keys that were tapped. */
  readonly #held = new Map<number, number | undefined>();

  private constructor(
    connection: XConnection,
    extensions: { readonly xtest: XTest; readonly xkb: Xkb },
    spares: SpareKeycodes,
  ) {
    this.#connection = connection;
    this.#xtest = extensions.xtest;
    this.#xkb = extensions.xkb;
    this.#spares = spares;
    this.#keymap = new Keymap(new Map());
  }

  /** Reads the layout and the locks. @throws Error when the connection ends meanwhile */
  static async open(
    connection: XConnection,
    extensions: { readonly xtest: XTest; readonly xkb: Xkb },
    spares: SpareKeycodes,
  ): Promise<XKeyboard> {
    const keyboard = new XKeyboard(connection, extensions, spares);
    keyboard.#listen();
    await keyboard.#reload();
    return keyboard;
  }

  /** Keycodes that are down through this object. */
  get heldKeycodes(): readonly number[] {
    return [...this.#held.values()].filter((keycode) => keycode !== undefined);
  }

  /** Presses a key; a press of a key that is down is a repeat, which the X server makes by itself. */
  press(code: number, keysym: number): Progress {
    if (this.#isStale) return { type: 'retry', ms: 1 };
    if (code !== 0 && this.#held.get(code) !== undefined) return DONE;
    let plan = planKey(this.#keymap, this.#state(), { code, keysym });
    if (plan.type === 'spare') {
      const spare = this.#borrow(plan.keysym);
      if (typeof spare !== 'number') return spare;
      plan = planKey(this.#keymap, this.#state(), { code, keysym });
      if (plan.type === 'spare') plan = this.#plainTap(spare);
    }
    if (plan.type === 'hold' && code !== 0) {
      this.#hold(code, plan.keycode);
      return this.#afterKey(plan.keycode);
    }
    this.#held.set(code, undefined);
    this.#tap(plan);
    return DONE;
  }

  /** Releases a key; no-op when it is not down. */
  release(code: number): Progress {
    const keycode = this.#held.get(code);
    this.#held.delete(code);
    if (keycode === undefined) return DONE;
    // Another physical key may hold the same keycode.
    if (!this.heldKeycodes.includes(keycode)) this.#send(this.#xtest.KeyRelease, keycode);
    return this.#afterKey(keycode);
  }

  /** Types one character, whatever is held. @param keysym of the character, or Return, Tab, BackSpace */
  type(keysym: number): Progress {
    if (this.#isStale) return { type: 'retry', ms: 1 };
    let plan = planText(this.#keymap, this.#state(), keysym);
    if (plan.type === 'spare') {
      const spare = this.#borrow(keysym);
      if (typeof spare !== 'number') return spare;
      plan = planText(this.#keymap, this.#state(), keysym);
      if (plan.type === 'spare') plan = this.#plainTap(spare);
    }
    this.#tap(plan);
    return DONE;
  }

  /** Releases everything that is down. */
  releaseAll(): void {
    for (const code of [...this.#held.keys()]) this.release(code);
  }

  /** Releases keycodes that an earlier connection to the same server may have left down. */
  releaseKeycodes(keycodes: readonly number[]): void {
    for (const keycode of keycodes) this.#send(this.#xtest.KeyRelease, keycode);
  }

  /** Clears the meanings that were given to spare keycodes. */
  giveBackSpares(): void {
    for (const keycode of this.#spares.giveBack()) this.#changeMapping(keycode, [0, 0]);
  }

  #state(): PlanState {
    let held = 0;
    for (const keycode of this.heldKeycodes) held |= this.#keymap.modifiersOf(keycode);
    return { held, locked: this.#locked, group: this.#group };
  }

  /** Lends a spare keycode to a character; a Progress when there is none now, or none at all. */
  #borrow(keysym: number): number | Progress {
    const isHeld = (keycode: number): boolean => this.heldKeycodes.includes(keycode);
    const spare = this.#spares.take(keysym, performance.now(), isHeld);
    if (spare.type === 'wait') return { type: 'retry', ms: spare.ms };
    if (spare.type === 'none') return DONE;
    this.#changeMapping(spare.keycode, spare.keysyms);
    this.#keymap.assign(spare.keycode, spare.entry);
    return spare.keycode;
  }

  #changeMapping(keycode: number, keysyms: readonly [number, number]): void {
    if (!this.#connection.isOpen) return;
    this.#connection.client.ChangeKeyboardMapping(keycode, keysyms.length, keysyms);
  }

  #plainTap(keycode: number): KeyPlan {
    return { type: 'tap', keycode, add: 0, remove: this.#state().held };
  }

  #hold(code: number, keycode: number): void {
    // The same keycode may be down for another physical key: it has to come up to be pressed again.
    if (this.heldKeycodes.includes(keycode) && this.#keymap.modifiersOf(keycode) === 0) {
      this.#send(this.#xtest.KeyRelease, keycode);
    }
    this.#held.set(code, keycode);
    this.#send(this.#xtest.KeyPress, keycode);
  }

  /** Presses and releases, with modifiers let go and pressed around it. */
  #tap(plan: KeyPlan): void {
    if (plan.type === 'ignore' || plan.type === 'spare') return;
    const [add, remove] = plan.type === 'tap' ? [plan.add, plan.remove] : [0, 0];
    const removed = this.heldKeycodes.filter(
      (keycode) => (this.#keymap.modifiersOf(keycode) & remove) !== 0,
    );
    const added = modifierBits(add)
      .map((bit) => this.#keymap.keycodeSetting(bit))
      .filter((keycode) => keycode !== undefined);
    for (const keycode of removed) this.#send(this.#xtest.KeyRelease, keycode);
    for (const keycode of added) this.#send(this.#xtest.KeyPress, keycode);
    this.#send(this.#xtest.KeyPress, plan.keycode);
    this.#send(this.#xtest.KeyRelease, plan.keycode);
    for (const keycode of added) this.#send(this.#xtest.KeyRelease, keycode);
    for (const keycode of removed) this.#send(this.#xtest.KeyPress, keycode);
  }

  #send(type: number, keycode: number): void {
    if (!this.#connection.isOpen) return;
    this.#xtest.FakeInput(type, keycode, 0, 0, 0, 0);
    this.#spares.used(keycode, performance.now());
  }

  /** A key that locks or switches: the next key depends on what it did. */
  #afterKey(keycode: number): Progress {
    return this.#keymap.has(keycode) && isLockingKeysym(this.#keymap.firstKeysym(keycode))
      ? { type: 'wait', until: this.#readState() }
      : DONE;
  }

  async #readState(): Promise<void> {
    const state = await this.#connection.ask<{
      readonly lockedMods: number;
      readonly latchedMods: number;
      readonly group: number;
    }>((reply) => this.#xkb.GetState(this.#xkb.UseCoreKbd, reply));
    this.#locked = state.lockedMods | state.latchedMods;
    this.#group = state.group;
  }

  #listen(): void {
    const { UseCoreKbd, EventType } = this.#xkb;
    const { NewKeyboardNotify, MapNotify, StateNotify } = EventType;
    const wanted = NewKeyboardNotify | StateNotify;
    this.#xkb.SelectEvents(UseCoreKbd, wanted | MapNotify, 0, wanted, MAP_PARTS, MAP_PARTS);
    this.#connection.client.on('event', (event) => {
      if (event.name === 'XkbStateNotify') {
        this.#locked = (event.lockedMods ?? 0) | (event.latchedMods ?? 0);
        this.#group = event.group ?? 0;
      } else if (event.name === 'XkbEvent' && !this.#isOwnChange(event)) {
        this.#startReload();
      }
    });
  }

  /** Whether an event announces the new meaning of a keycode that was lent here. */
  #isOwnChange({ xkbType, raw }: XEvent): boolean {
    if (xkbType !== MAP_NOTIFY || !raw) return false;
    const [firstKeycode, count] = [raw[FIRST_KEYCODE_AT], raw[FIRST_KEYCODE_AT + 1]];
    return count === 1 && firstKeycode !== undefined && this.#spares.isLent(firstKeycode);
  }

  #startReload(): void {
    // The end of the connection is told by the connection itself.
    this.#reload().catch(() => undefined);
  }

  /** Reads the map; of several readings under way only the last one counts. */
  async #reload(): Promise<void> {
    const reading = ++this.#reading;
    this.#isStale = true;
    const entries = await readKeyboardMap(this.#connection, this.#xkb);
    await this.#readState();
    if (this.#reading !== reading) return;
    this.#keymap = new Keymap(entries);
    const { minKeycode, maxKeycode } = this.#connection;
    this.#spares.reset(this.#keymap, minKeycode, maxKeycode);
    this.#isStale = false;
  }
}

function modifierBits(modifiers: number): readonly number[] {
  return [1, 2, 4, 8, 16, 32, 64, 128].filter((bit) => (modifiers & bit) !== 0);
}
