import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { XConnection } from '../../../server/desktop/x-connection.ts';
import { XInput } from '../../../server/desktop/x-input.ts';
import { TypedText } from '../../support/typed-text.ts';
import { startXServer, XWitness, type TestXServer } from '../../support/x-server.ts';

let server: TestXServer;
let connection: XConnection;
let input: XInput;

beforeAll(async () => {
  server = await startXServer();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  connection = await XConnection.open({ display: server.display });
  input = new XInput({ width: 1, height: 1 });
  await input.attach(connection);
});

afterEach(async () => {
  input.close();
  await connection.sync();
  await setLayout('us');
  connection.close();
});

/** Changes the desktop's layout, and waits until the connection has heard of it. */
async function setLayout(layout: string): Promise<void> {
  execFileSync('setxkbmap', [layout], { env: { ...process.env, DISPLAY: server.display } });
  await connection.sync();
}

function apply(...events: readonly InputEvent[]): void {
  for (const event of events) input.apply(event);
}

const press = (code: number, keysym: number): InputEvent => ({
  type: 'key',
  code,
  keysym,
  pressed: true,
});
const release = (code: number): InputEvent => ({ type: 'key', code, keysym: 0, pressed: false });

/** Evdev codes of a PC keyboard. */
const Code = {
  digit1: 2,
  digit2: 3,
  digit7: 8,
  minus: 12,
  q: 16,
  e: 18,
  a: 30,
  leftControl: 29,
  leftShift: 42,
  slash: 53,
  c: 46,
  capsLock: 58,
  keypad1: 79,
  rightAlt: 100,
} as const;
const SHIFT = 0xffe1;
const LEVEL3_SHIFT = 0xfe03;
const EURO = 0x0100_20ac;

describe('the pointer', () => {
  let witness: XWitness;

  beforeEach(async () => {
    witness = await XWitness.open(server.display);
  });

  afterEach(() => witness.close());

  test('clicks and drags land at exact pixels', async () => {
    apply(
      { type: 'pointerAbsolute', x: 123, y: 45 },
      { type: 'button', button: 0, pressed: true },
      { type: 'pointerAbsolute', x: 700, y: 599 },
      { type: 'button', button: 0, pressed: false },
    );
    const [down] = await witness.take('ButtonPress', 1);
    const [up] = await witness.take('ButtonRelease', 1);
    expect(down).toMatchObject({ keycode: 1, x: 123, y: 45 });
    expect(up).toMatchObject({ keycode: 1, x: 700, y: 599 });
  });

  test('positions outside are clamped, distances add up', async () => {
    apply(
      { type: 'pointerAbsolute', x: 65_535, y: 65_535 },
      { type: 'pointerRelative', dx: -10, dy: -20 },
      { type: 'button', button: 2, pressed: true },
      { type: 'button', button: 2, pressed: false },
    );
    const [down] = await witness.take('ButtonPress', 1);
    expect(down).toMatchObject({ keycode: 3, x: 789, y: 579 });
  });

  test('the wheel clicks once per 120 steps, whatever they are made of', async () => {
    apply(
      { type: 'wheel', dx: 0, dy: 50 },
      { type: 'wheel', dx: 0, dy: 50 },
      { type: 'wheel', dx: 0, dy: 50 },
      { type: 'wheel', dx: 0, dy: -240 },
      { type: 'wheel', dx: 120, dy: 0 },
      { type: 'wheel', dx: -120, dy: 0 },
    );
    const clicks = await witness.take('ButtonRelease', 5);
    expect(clicks.map(({ keycode }) => keycode)).toEqual([5, 4, 4, 7, 6]);
  });

  test('the first finger is the left button', async () => {
    const touch = (id: number, phase: 'start' | 'move' | 'end', x: number): InputEvent => ({
      type: 'touch',
      ...{ id, phase, x, y: 10, pressure: 0 },
    });
    apply(touch(7, 'start', 20), touch(8, 'start', 90), touch(7, 'move', 30), touch(7, 'end', 40));
    const [down] = await witness.take('ButtonPress', 1);
    const ups = await witness.take('ButtonRelease', 1);
    expect(down).toMatchObject({ keycode: 1, x: 20 });
    expect(ups).toHaveLength(1);
    expect(ups[0]).toMatchObject({ x: 40 });
  });

  test('releaseAll lets go of every key and button', async () => {
    apply(press(Code.a, 0x61), press(Code.leftShift, SHIFT), {
      type: 'button',
      button: 1,
      pressed: true,
    });
    input.releaseAll();
    const keys = await witness.take('KeyRelease', 2);
    const buttons = await witness.take('ButtonRelease', 1);
    expect(keys.map(({ keycode }) => keycode).sort()).toEqual([38, 50]);
    expect(buttons[0]).toMatchObject({ keycode: 2 });
  });

  test('a second connection releases what the first one left down', async () => {
    apply(press(Code.a, 0x61));
    await witness.take('KeyPress', 1);
    connection.close();
    await connection.closed;
    input.detach();
    apply(press(Code.q, 0x71));
    expect(input.droppedEvents).toBe(1);
    connection = await XConnection.open({ display: server.display });
    await input.attach(connection);
    const [up] = await witness.take('KeyRelease', 1);
    expect(up).toMatchObject({ keycode: 38 });
  });
});

describe('typing into a terminal', () => {
  let terminal: TypedText;

  beforeEach(async () => {
    terminal = await TypedText.open({ DISPLAY: server.display });
    apply({ type: 'pointerAbsolute', x: 100, y: 100 });
  });

  afterEach(async () => terminal.close());

  const type = (code: number, keysym: number): void => apply(press(code, keysym), release(code));
  const withShift = (code: number, keysym: number): void => {
    apply(press(Code.leftShift, SHIFT));
    type(code, keysym);
    apply(release(Code.leftShift));
  };

  test('keys of the same layout', async () => {
    type(Code.a, 0x61);
    withShift(Code.a, 0x41);
    type(Code.digit1, 0x31);
    withShift(Code.digit1, 0x21);
    type(Code.slash, 0x2f);
    withShift(Code.slash, 0x3f);
    type(28, 0xff0d);
    await terminal.expect('aA1!/?\r');
  });

  test('keys of a German keyboard on a US desktop', async () => {
    type(Code.minus, 0xdf); // ß
    withShift(Code.minus, 0x3f); // ?
    withShift(Code.digit7, 0x2f); // /
    type(44, 0x79); // y, where a US keyboard has z
    apply(press(Code.rightAlt, LEVEL3_SHIFT));
    type(Code.q, 0x40); // @
    type(Code.e, EURO);
    apply(release(Code.rightAlt));
    type(Code.a, 0x61);
    await terminal.expect('ß?/y@€a');
  });

  test('keys of a US keyboard on a German desktop', async () => {
    await setLayout('de');
    type(44, 0x7a); // z
    withShift(Code.digit2, 0x40); // @
    type(Code.slash, 0x2f);
    withShift(Code.slash, 0x3f);
    type(26, 0x5b); // [
    await terminal.expect('z@/?[');
  });

  test('keys of a German keyboard on a German desktop', async () => {
    await setLayout('de');
    apply(press(Code.rightAlt, LEVEL3_SHIFT));
    type(Code.q, 0x40);
    type(Code.e, EURO);
    apply(release(Code.rightAlt));
    type(Code.minus, 0xdf);
    await terminal.expect('@€ß');
  });

  test('capitals without Shift, as with Caps Lock on the client only', async () => {
    type(Code.a, 0x41);
    type(Code.a, 0x61);
    type(Code.e, 0xc9); // É
    await terminal.expect('AaÉ');
  });

  test('Caps Lock on the desktop', async () => {
    type(Code.capsLock, 0xffe5);
    type(Code.a, 0x41);
    type(Code.a, 0x61);
    type(Code.digit1, 0x31);
    type(Code.e, 0xe9); // é
    type(Code.capsLock, 0xffe5);
    type(Code.a, 0x61);
    await terminal.expect('Aa1éa');
  });

  test('digits of the keypad without Num Lock on the desktop', async () => {
    type(Code.keypad1, 0xffb1);
    type(Code.keypad1, 0xff57); // End
    await terminal.expect('1\u001b[F');
  });

  test('Ctrl+C by meaning and by place', async () => {
    apply(press(Code.leftControl, 0xffe3));
    type(Code.c, 0x63);
    type(Code.c, 0x06d3); // Cyrillic_es: the place counts
    type(Code.q, 0x61); // a French keyboard: the meaning counts
    apply(release(Code.leftControl));
    type(Code.c, 0x63);
    await terminal.expect('\u0003\u0003\u0001c');
  });

  test('dead keys and keys that X cannot name type nothing', async () => {
    type(Code.digit1, 0xfe51); // dead_acute
    type(0x2fe, 0);
    type(Code.a, 0x61);
    await terminal.expect('a');
  });

  test('text of any script, also while keys are held', async () => {
    apply(press(Code.leftControl, 0xffe3));
    apply({ type: 'text', text: 'Héllo, Wörld!\n€ @ ß 漢字 Ωψ Привіт 😀' });
    apply(release(Code.leftControl));
    await terminal.expect('Héllo, Wörld!\r€ @ ß 漢字 Ωψ Привіт 😀');
  });

  test('more foreign characters than the keyboard has keys to spare', async () => {
    const text = Array.from({ length: 60 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    apply({ type: 'text', text: text.join('') });
    await terminal.expect(text.join(''));
  });
});
