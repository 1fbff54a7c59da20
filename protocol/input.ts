/** Input events (docs/protocol.md, "Input events"): what a controller does, in the pixels and codes of the desktop. */

import { encodeText, type ByteReader, type ByteWriter } from './bytes.ts';
import { ProtocolError } from './errors.ts';
import { maxGamepadAxes, maxHeldKeys, maxInputTextBytes } from './limits.ts';

/** The pointer is at a place. */
export interface PointerAbsoluteEvent {
  readonly type: 'pointerAbsolute';
  /** Pixels of the desktop picture from its left edge, 0-65535. */
  readonly x: number;
  /** Pixels of the desktop picture from its top edge, 0-65535. */
  readonly y: number;
}

/** The pointer moved by a distance (pointer lock). */
export interface PointerRelativeEvent {
  readonly type: 'pointerRelative';
  /** Pixels to the right, -32768 to 32767. */
  readonly dx: number;
  /** Pixels down, -32768 to 32767. */
  readonly dy: number;
}

/** A button of the pointer went down or up. */
export interface ButtonEvent {
  readonly type: 'button';
  /** 0 left, 1 middle, 2 right, 3 back, 4 forward (W3C Pointer Events `button`); 0-7. */
  readonly button: number;
  readonly pressed: boolean;
}

/** The wheel turned. */
export interface WheelEvent {
  readonly type: 'wheel';
  /** 1/120 notch to the right, -32768 to 32767. */
  readonly dx: number;
  /** 1/120 notch down, towards the user, -32768 to 32767. */
  readonly dy: number;
}

/** A key went down or up. */
export interface KeyEvent {
  readonly type: 'key';
  /** Physical key: evdev code (KEY_* of Linux's input-event-codes.h), 0-65535; 0 = not known. */
  readonly code: number;
  /** Meaning: X keysym (X11/keysymdef.h); 0 = not known. */
  readonly keysym: number;
  readonly pressed: boolean;
}

/** Text that no key produced: input methods, on-screen keyboards, dictation. */
export interface TextEvent {
  readonly type: 'text';
  /** At most 512 bytes of UTF-8. */
  readonly text: string;
}

/** A touch point began, moved or ended. */
export interface TouchEvent {
  readonly type: 'touch';
  /** Tells simultaneous points apart, 0-255; free again after end or cancel. */
  readonly id: number;
  readonly phase: TouchPhaseName;
  /** Pixels of the desktop picture from its left edge, 0-65535. */
  readonly x: number;
  /** Pixels of the desktop picture from its top edge, 0-65535. */
  readonly y: number;
  /** 0 none or not known, 255 the most. */
  readonly pressure: number;
}

/** The whole state of a game controller. */
export interface GamepadEvent {
  readonly type: 'gamepad';
  /** 0-255. */
  readonly index: number;
  /** Bit n: button n of the W3C Gamepad "standard" mapping is down. */
  readonly buttons: number;
  /** -32768 to 32767 each, in the order of the mapping, at most 16. */
  readonly axes: readonly number[];
}

/** A snapshot of what is held: the server releases everything else, and presses nothing. */
export interface HeldKeysEvent {
  readonly type: 'heldKeys';
  /** Evdev codes, at most 64. */
  readonly codes: readonly number[];
  /** Bit n: button n of the pointer is down. */
  readonly buttons: number;
}

/** One event; its number is the `first` of its INPUT unit plus its index there. */
export type InputEvent =
  | PointerAbsoluteEvent
  | PointerRelativeEvent
  | ButtonEvent
  | WheelEvent
  | KeyEvent
  | TextEvent
  | TouchEvent
  | GamepadEvent
  | HeldKeysEvent;

/** First byte of an event. */
const EventId = {
  pointerAbsolute: 1,
  pointerRelative: 2,
  button: 3,
  wheel: 4,
  key: 5,
  text: 6,
  touch: 7,
  gamepad: 8,
  heldKeys: 9,
} as const satisfies Record<InputEvent['type'], number>;

const touchPhases = ['start', 'move', 'end', 'cancel'] as const;
/** Where in its life a touch point is. */
export type TouchPhaseName = (typeof touchPhases)[number];

const maxButton = 7;

/** Bytes that an event takes in an INPUT unit: what a sender needs to fill a unit up to its limit. */
export function inputEventBytes(event: InputEvent): number {
  switch (event.type) {
    case 'pointerAbsolute':
    case 'pointerRelative':
    case 'wheel':
      return 5;
    case 'button':
      return 3;
    case 'key':
      return 8;
    case 'text':
      return 3 + encodeText(event.text).length;
    case 'touch':
      return 8;
    case 'gamepad':
      return 7 + 2 * event.axes.length;
    case 'heldKeys':
      return 3 + 2 * event.codes.length;
  }
}

/**
 * Writes one event.
 *
 * @throws RangeError when a field does not fit.
 */
export function writeInputEvent(writer: ByteWriter, event: InputEvent): void {
  writer.u8(EventId[event.type], 'event');
  switch (event.type) {
    case 'pointerAbsolute':
      writer.u16(event.x, 'x');
      writer.u16(event.y, 'y');
      return;
    case 'pointerRelative':
    case 'wheel':
      writer.i16(event.dx, 'dx');
      writer.i16(event.dy, 'dy');
      return;
    case 'button':
      checkAtMost(event.button, maxButton, 'button');
      writer.u8(event.button, 'button');
      writer.u8(event.pressed ? 1 : 0, 'pressed');
      return;
    case 'key':
      writer.u8(event.pressed ? 1 : 0, 'pressed');
      writer.u16(event.code, 'code');
      writer.u32(event.keysym, 'keysym');
      return;
    case 'text':
      writeText(writer, event.text);
      return;
    case 'touch':
      writer.u8(event.id, 'id');
      writer.u8(touchPhases.indexOf(event.phase), 'phase');
      writer.u16(event.x, 'x');
      writer.u16(event.y, 'y');
      writer.u8(event.pressure, 'pressure');
      return;
    case 'gamepad':
      checkAtMost(event.axes.length, maxGamepadAxes, 'axes');
      writer.u8(event.index, 'index');
      writer.u32(event.buttons, 'buttons');
      writer.u8(event.axes.length, 'axes');
      for (const axis of event.axes) writer.i16(axis, 'axis');
      return;
    case 'heldKeys':
      checkAtMost(event.codes.length, maxHeldKeys, 'codes');
      writer.u8(event.buttons, 'buttons');
      writer.u8(event.codes.length, 'codes');
      for (const code of event.codes) writer.u16(code, 'code');
  }
}

/**
 * Reads one event.
 *
 * @throws {@link ProtocolError} E_RANGE for an event or value that is not defined, E_SIZE beyond a limit.
 */
export function readInputEvent(reader: ByteReader): InputEvent {
  const id = reader.u8('event');
  switch (id) {
    case EventId.pointerAbsolute:
      return { type: 'pointerAbsolute', x: reader.u16('x'), y: reader.u16('y') };
    case EventId.pointerRelative:
      return { type: 'pointerRelative', dx: reader.i16('dx'), dy: reader.i16('dy') };
    case EventId.button:
      return {
        type: 'button',
        button: readAtMost(reader, maxButton, 'button'),
        pressed: readPressed(reader),
      };
    case EventId.wheel:
      return { type: 'wheel', dx: reader.i16('dx'), dy: reader.i16('dy') };
    case EventId.key: {
      const pressed = readPressed(reader);
      return { type: 'key', code: reader.u16('code'), keysym: reader.u32('keysym'), pressed };
    }
    case EventId.text:
      return { type: 'text', text: readText(reader) };
    case EventId.touch:
      return readTouch(reader);
    case EventId.gamepad:
      return readGamepad(reader);
    case EventId.heldKeys:
      return readHeldKeys(reader);
    default:
      throw new ProtocolError('E_RANGE', `event: expected 1 to 9, got ${id}`);
  }
}

function readTouch(reader: ByteReader): TouchEvent {
  const id = reader.u8('id');
  const phaseValue = reader.u8('phase');
  const phase = touchPhases[phaseValue];
  if (phase === undefined) {
    throw new ProtocolError('E_RANGE', `phase: expected 0 to 3, got ${phaseValue}`);
  }
  const [x, y, pressure] = [reader.u16('x'), reader.u16('y'), reader.u8('pressure')];
  return { type: 'touch', id, phase, x, y, pressure };
}

function readGamepad(reader: ByteReader): GamepadEvent {
  const index = reader.u8('index');
  const buttons = reader.u32('buttons');
  const count = readCount(reader, maxGamepadAxes, 'axes');
  const axes = Array.from({ length: count }, () => reader.i16('axis'));
  return { type: 'gamepad', index, buttons, axes };
}

function readHeldKeys(reader: ByteReader): HeldKeysEvent {
  const buttons = reader.u8('buttons');
  const count = readCount(reader, maxHeldKeys, 'codes');
  const codes = Array.from({ length: count }, () => reader.u16('code'));
  return { type: 'heldKeys', codes, buttons };
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = encodeText(text);
  checkAtMost(bytes.length, maxInputTextBytes, 'text');
  writer.u16(bytes.length, 'text');
  writer.bytes(bytes);
}

function readText(reader: ByteReader): string {
  const length = reader.u16('text');
  if (length > maxInputTextBytes) {
    const message = `text: expected at most ${maxInputTextBytes} bytes, got ${length}`;
    throw new ProtocolError('E_SIZE', message);
  }
  return reader.utf8(length, 'text');
}

function readPressed(reader: ByteReader): boolean {
  return readAtMost(reader, 1, 'pressed') === 1;
}

function readAtMost(reader: ByteReader, most: number, field: string): number {
  const value = reader.u8(field);
  if (value > most) {
    throw new ProtocolError('E_RANGE', `${field}: expected 0 to ${most}, got ${value}`);
  }
  return value;
}

function readCount(reader: ByteReader, most: number, field: string): number {
  const count = reader.u8(field);
  if (count > most) {
    throw new ProtocolError('E_SIZE', `${field}: expected at most ${most}, got ${count}`);
  }
  return count;
}

function checkAtMost(value: number, most: number, field: string): void {
  if (value > most) throw new RangeError(`${field}: expected at most ${most}, got ${value}`);
}
