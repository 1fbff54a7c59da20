/** The pointer's shell: binds mouse, pen, touch and wheel events of one surface to the pure parts beside it. */
import type { InputEvent } from '../../protocol/input.ts';
import { Alarm } from './alarm.ts';
import type { ModifierFlags } from './keyboard-facts.ts';
import { flagsOf } from './keyboard-facts.ts';
import { MoveGate } from './move-gate.ts';
import { PointerButtons } from './pointer-buttons.ts';
import { requestLock } from './pointer-lock.ts';
import { RelativeMoves } from './relative-moves.ts';
import { TouchPointer, type Finger } from './touch-pointer.ts';
import { WheelAccumulator } from './wheel.ts';

/** A point of the desktop, and how far outside the picture it was asked for. */
export interface LocatedPoint {
  /** Whole pixels of the desktop. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels; 0 inside. */
  readonly outside: number;
}

/** Where pointer, touch and wheel events come from, and where they lead. */
export interface PointerOptions {
  readonly surface: HTMLElement;
  /** Maps client coordinates (CSS pixels of the window); undefined while there is no picture. */
  locate(clientX: number, clientY: number): LocatedPoint | undefined;
  /** Called before a pointer event is sent, to bring the modifiers in line. */
  modifiers(flags: ModifierFlags, acts: boolean): void;
  send(events: readonly InputEvent[]): void;
  /** A press: the desktop wants the focus, and sound may start. The place is in client coordinates. */
  onPress(clientX: number, clientY: number): void;
  onLockChange(isLocked: boolean): void;
}

/** A press further outside the picture is meant for the empty border, in CSS pixels; nearer ones hit the edge. */
const EDGE_REACH = 24;

/** The left button in a mask of wire buttons. */
const LEFT_BUTTON = 1;

/** The pointer of one desktop, from construction to `close`. */
export class Pointer {
  readonly #options: PointerOptions;
  readonly #buttons = new PointerButtons();
  readonly #gate = new MoveGate();
  readonly #wheel = new WheelAccumulator();
  readonly #relative = new RelativeMoves();
  readonly #touches = new TouchPointer();
  readonly #alarm = new Alarm(() => this.#settle());
  readonly #listening = new AbortController();

  constructor(options: PointerOptions) {
    this.#options = options;
    this.#listen();
  }

  /** Mask of the wire buttons that the desktop sees held. */
  get heldButtons(): number {
    return this.#buttons.held | (this.#touches.isDragging ? LEFT_BUTTON : 0);
  }

  get isLocked(): boolean {
    return document.pointerLockElement === this.#options.surface;
  }

  /** Hands the mouse over: relative movements until the user presses Escape. Needs a user gesture. Never rejects. */
  lock(): Promise<boolean> {
    return requestLock(this.#options.surface);
  }

  /** Releases what is held. */
  release(): void {
    this.#send([...this.#touches.cancel(), ...this.#buttons.release()]);
  }

  /** Idempotent. */
  close(): void {
    this.release();
    if (this.isLocked) document.exitPointerLock();
    this.#listening.abort();
    this.#alarm.set(undefined);
  }

  #listen(): void {
    const { surface } = this.#options;
    const { signal } = this.#listening;
    const active = { signal, passive: false };
    // Raw updates come up to a frame earlier than pointermove, which waits for the next rendering (Pointer Events 3).
    const hasRaw = 'onpointerrawupdate' in surface;
    surface.addEventListener('pointerdown', (event) => this.#down(event), active);
    surface.addEventListener('pointermove', (event) => this.#move(event, !hasRaw), active);
    if (hasRaw) {
      surface.addEventListener(
        'pointerrawupdate',
        (event) => this.#move(event as PointerEvent, true),
        active,
      );
    }
    surface.addEventListener('pointerup', (event) => this.#up(event), active);
    surface.addEventListener('pointercancel', (event) => this.#cancel(event), active);
    surface.addEventListener('wheel', (event) => this.#turn(event), active);
    for (const name of ['contextmenu', 'mousedown', 'mouseup', 'auxclick', 'dragstart'] as const) {
      // The focus stays in the text field, the side buttons do not leave the page.
      surface.addEventListener(name, (event) => event.preventDefault(), active);
    }
    window.addEventListener('blur', () => this.release(), { signal });
    document.addEventListener(
      'pointerlockchange',
      () => this.#options.onLockChange(this.isLocked),
      { signal },
    );
  }

  #down(event: PointerEvent): void {
    event.preventDefault();
    this.#options.onPress(event.clientX, event.clientY);
    const point = this.#options.locate(event.clientX, event.clientY);
    if (point === undefined) return;
    if (event.pointerType === 'touch') {
      this.#options.surface.setPointerCapture(event.pointerId);
      this.#send(this.#touches.down(fingerOf(event, point), performance.now()));
      this.#alarmAgain();
      return;
    }
    if (point.outside > EDGE_REACH && !this.isLocked) return;
    this.#options.surface.setPointerCapture(event.pointerId);
    this.#press(event, point);
  }

  #move(event: PointerEvent, carriesMoves: boolean): void {
    const point = this.#options.locate(event.clientX, event.clientY);
    if (point === undefined) return;
    if (event.pointerType === 'touch') {
      if (event.type === 'pointermove') this.#send(this.#touches.move(fingerOf(event, point)));
      this.#alarmAgain();
      return;
    }
    // A second button beside a held one comes as a move (Pointer Events, chorded buttons).
    const isChord = this.#buttons.held !== 0 && this.#buttons.differs(event.buttons);
    if (isChord) {
      this.#press(event, point);
      return;
    }
    const now = performance.now();
    this.#options.modifiers(flagsOf(event), false);
    if (this.isLocked) {
      // Movements of raw updates are not reliable, and both kinds together would count twice.
      if (event.type !== 'pointermove') return;
      const move = this.#relative.push(event.movementX, event.movementY);
      if (move !== undefined) this.#send(this.#gate.push(move, now));
    } else if (carriesMoves) {
      this.#send(this.#gate.push({ type: 'pointerAbsolute', x: point.x, y: point.y }, now));
    }
    this.#alarmAgain();
  }

  #up(event: PointerEvent): void {
    event.preventDefault();
    const point = this.#options.locate(event.clientX, event.clientY);
    if (event.pointerType === 'touch') {
      if (point !== undefined) this.#send(this.#touches.up(event.pointerId));
      this.#alarmAgain();
    } else if (point !== undefined) this.#press(event, point);
    else this.#send(this.#buttons.release());
  }

  #cancel(event: PointerEvent): void {
    if (event.pointerType === 'touch') this.#send(this.#touches.cancel());
    else this.#send(this.#buttons.release());
    this.#alarmAgain();
  }

  /** Sends the place, then the change of buttons. */
  #press(event: PointerEvent, point: LocatedPoint): void {
    const now = performance.now();
    this.#options.modifiers(flagsOf(event), true);
    const place = this.isLocked
      ? []
      : this.#gate.push({ type: 'pointerAbsolute', x: point.x, y: point.y }, now);
    const changes = this.#buttons.update(event.buttons);
    this.#send([...place, ...this.#gate.flush(now), ...changes]);
    this.#alarmAgain();
  }

  #turn(event: WheelEvent): void {
    event.preventDefault();
    this.#options.modifiers(flagsOf(event), true);
    const { deltaX, deltaY, deltaMode } = event;
    const { wheelDeltaX, wheelDeltaY } = event as LegacyWheelEvent;
    const turn = this.#wheel.push({ deltaX, deltaY, deltaMode, wheelDeltaX, wheelDeltaY });
    const moves = this.#gate.flush(performance.now());
    this.#send(turn === undefined ? moves : [...moves, turn]);
    this.#alarmAgain();
  }

  #settle(): void {
    const now = performance.now();
    this.#send([...this.#gate.settle(now), ...this.#touches.settle(now)]);
    this.#alarmAgain();
  }

  #alarmAgain(): void {
    const due = [this.#gate.dueAt, this.#touches.dueAt].filter((time) => time !== undefined);
    this.#alarm.set(due.length === 0 ? undefined : Math.min(...due));
  }

  #send(events: readonly InputEvent[]): void {
    if (events.length > 0) this.#options.send(events);
  }
}

/** The older report that Chromium, Firefox and Safari still give beside the standard one. */
interface LegacyWheelEvent {
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
}

function fingerOf(event: PointerEvent, point: LocatedPoint): Finger {
  return {
    id: event.pointerId,
    desktopX: point.x,
    desktopY: point.y,
    x: event.clientX,
    y: event.clientY,
  };
}
