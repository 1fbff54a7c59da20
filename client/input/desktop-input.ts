/** Everything that the user does to the desktop: keyboard, pointer and gamepads in one stream of events. */
import type { InputEvent } from '../../protocol/input.ts';
import { maxHeldKeys } from '../../protocol/limits.ts';
import { GamepadPolling } from './gamepad-polling.ts';
import { Keyboard } from './keyboard.ts';
import { platformOf } from './keyboard-facts.ts';
import { PasteGate } from './paste-gate.ts';
import type { LocatedPoint } from './pointer.ts';
import { Pointer } from './pointer.ts';

/** Where the user's input is taken from, and what becomes of it; places in CSS pixels of the window. */
export interface DesktopInputOptions {
  /** Receives pointer, touch and wheel events. */
  readonly surface: HTMLElement;
  /** Receives keys and text while it has the focus. */
  readonly field: HTMLTextAreaElement;
  locate(clientX: number, clientY: number): LocatedPoint | undefined;
  isKeyboardCaptured(): boolean;
  send(events: readonly InputEvent[]): void;
  /** A key or a press: the moment in which a browser lets sound start. */
  onGesture(): void;
  onPress(clientX: number, clientY: number): void;
  onLeave(): void;
  onStatistics(): void;
  onLockChange(isLocked: boolean): void;
  /** A key pastes. Returns whether the browser is to say what, for `onPaste`. */
  onPasteKey(): boolean;
  /** What it pastes; the key itself is sent after this. */
  onPaste(text: string): void;
}

/** How often the server hears what is still held, in milliseconds, so that no lost release leaves a key stuck. */
const SNAPSHOT_INTERVAL_MS = 250;

/** Input of one desktop, from construction to `close`. */
export class DesktopInput {
  readonly #options: DesktopInputOptions;
  readonly #gate: PasteGate;
  readonly #keyboard: Keyboard;
  readonly #pointer: Pointer;
  readonly #gamepads: GamepadPolling;
  readonly #snapshots: ReturnType<typeof setInterval>;

  constructor(options: DesktopInputOptions) {
    this.#options = options;
    const { surface, field } = options;
    this.#gate = new PasteGate((events) => options.send(events));
    const send = (events: readonly InputEvent[]): void => this.#gate.send(events);
    this.#keyboard = new Keyboard({
      field,
      platform: platformOf(navigator.userAgent),
      hasOnScreenKeyboard: /android/i.test(navigator.userAgent),
      isCaptured: () => options.isKeyboardCaptured(),
      send,
      onFocus: () => this.#snapshot(),
      onLeave: () => options.onLeave(),
      onStatistics: () => options.onStatistics(),
      onGesture: () => options.onGesture(),
      onPasteKey: () => this.#awaitPaste(),
      onPaste: (text) => {
        options.onPaste(text);
        this.#gate.open();
      },
    });
    this.#pointer = new Pointer({
      surface,
      locate: (x, y) => options.locate(x, y),
      modifiers: (flags, acts) => this.#keyboard.pointer(flags, acts),
      send,
      onPress: (x, y) => this.#press(x, y),
      onLockChange: (isLocked) => options.onLockChange(isLocked),
    });
    this.#gamepads = new GamepadPolling(send);
    this.#snapshots = setInterval(() => this.#snapshotWhileHeld(), SNAPSHOT_INTERVAL_MS);
  }

  /** See Pointer.lock. */
  lockPointer(): Promise<boolean> {
    return this.#pointer.lock();
  }

  /** A connection was restored: releases on the desktop what was let go meanwhile. */
  restored(): void {
    this.#snapshot();
  }

  /** Releases what is held and stops. Idempotent. */
  close(): void {
    clearInterval(this.#snapshots);
    this.#keyboard.close();
    this.#pointer.close();
    this.#gamepads.close();
    this.#gate.open();
  }

  #awaitPaste(): boolean {
    const isAsked = this.#options.onPasteKey();
    if (isAsked) this.#gate.close();
    return isAsked;
  }

  #press(x: number, y: number): void {
    this.#options.onGesture();
    this.#options.onPress(x, y);
  }

  #snapshotWhileHeld(): void {
    if (this.#keyboard.heldCodes.length > 0 || this.#pointer.heldButtons !== 0) this.#snapshot();
  }

  #snapshot(): void {
    const codes = this.#keyboard.heldCodes.slice(0, maxHeldKeys);
    this.#gate.send([{ type: 'heldKeys', codes, buttons: this.#pointer.heldButtons }]);
  }
}
