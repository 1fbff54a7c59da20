import { describe, expect, test } from 'vitest';
import { ALT_GRAPH_WAIT_MS } from '../../../client/input/keyboard-state.ts';
import { Typist } from './typist.ts';

describe('plain keys', () => {
  test('carry the physical key and its meaning', () => {
    const { state } = new Typist();
    const flags = { shift: false, control: false, alt: false, meta: false, altGraph: false };
    const key = { code: 'KeyZ', key: 'y', location: 0, repeat: false, isComposing: false, flags };
    expect(state.keyDown(key, 0)).toEqual({
      events: [{ type: 'key', code: 44, keysym: 0x79, pressed: true }],
      preventDefault: true,
      leave: false,
    });
  });

  test('repeats are left to the desktop', () => {
    const typist = new Typist();
    typist.down('KeyA', 'a');
    expect(typist.down('KeyA', 'a', { repeat: true }).preventDefault).toBe(true);
    typist.up('KeyA', 'a');
    expect(typist.take()).toBe('+KeyA -KeyA');
  });

  test('a repeat of a key that was pressed before the desktop had the focus presses it', () => {
    const typist = new Typist();
    typist.down('KeyA', 'a', { repeat: true });
    expect(typist.held).toBe('KeyA');
  });

  test('a release repeats the keysym of its press, even if Shift went up first', () => {
    const typist = new Typist();
    typist.down('ShiftLeft', 'Shift', { shift: true });
    typist.down('KeyA', 'A', { shift: true });
    typist.up('ShiftLeft', 'Shift');
    const { events } = typist.up('KeyA', 'a');
    expect(events).toEqual([{ type: 'key', code: 30, keysym: 0x41, pressed: false }]);
  });

  test('a second press without a release in between releases first', () => {
    const typist = new Typist();
    typist.down('KeyA', 'a');
    typist.down('KeyA', 'a');
    expect(typist.take()).toBe('+KeyA -KeyA +KeyA');
  });

  test('keys without a place on a keyboard are tapped, so that they cannot stick', () => {
    const typist = new Typist();
    typist.down('', 'a');
    expect(typist.take()).toBe('+x61 -x61');
    expect(typist.held).toBe('');
  });

  test.each(['AudioVolumeUp', 'BrightnessDown', 'Power', 'F11'])('%s stays here', (key) => {
    const typist = new Typist();
    expect(typist.down(key, key)).toEqual({ events: [], preventDefault: false, leave: false });
  });

  test('Ctrl+F11 goes to the desktop', () => {
    const typist = new Typist();
    typist.down('ControlLeft', 'Control', { control: true });
    typist.down('F11', 'F11', { control: true });
    expect(typist.take()).toBe('+ControlLeft +F11');
  });
});

describe('composition', () => {
  test.each([
    ['Dead', {}],
    ['Process', {}],
    ['a', { isComposing: true }],
  ])('%s is left to the browser', (key, stroke) => {
    const typist = new Typist();
    expect(typist.down('KeyA', key, stroke).preventDefault).toBe(false);
    typist.up('KeyA', key);
    expect(typist.take()).toBe('');
  });
});

describe('lost focus', () => {
  test('releases everything, the newest first', () => {
    const typist = new Typist();
    typist.down('ControlLeft', 'Control', { control: true });
    typist.down('KeyA', 'a', { control: true });
    typist.take();
    typist.add(typist.state.blur());
    expect(typist.take()).toBe('-KeyA -ControlLeft');
    expect(typist.held).toBe('');
  });

  test('a keydown that comes after the blur is not taken', () => {
    const typist = new Typist();
    typist.state.blur();
    expect(typist.down('AltLeft', 'Alt', { alt: true }).preventDefault).toBe(false);
    typist.pointer({ alt: true }, true);
    expect(typist.take()).toBe('');
    typist.state.focus();
    typist.down('KeyA', 'a');
    expect(typist.take()).toBe('+KeyA');
  });

  test('a keyup that comes after the blur does nothing', () => {
    const typist = new Typist();
    typist.down('KeyA', 'a');
    typist.add(typist.state.blur());
    typist.take();
    typist.up('KeyA', 'a');
    expect(typist.take()).toBe('');
  });
});

describe('modifiers follow the flags', () => {
  test('Super that the window manager kept is released at the next key', () => {
    const typist = new Typist();
    typist.down('MetaLeft', 'Meta', { meta: true });
    typist.down('KeyA', 'a');
    expect(typist.take()).toBe('+MetaLeft -MetaLeft +KeyA');
  });

  test('a stuck Alt is released by a mere pointer movement', () => {
    const typist = new Typist();
    typist.down('AltLeft', 'Alt', { alt: true });
    typist.take();
    typist.pointer({});
    expect(typist.take()).toBe('-AltLeft');
  });

  test('Ctrl that was held before the desktop had the focus is pressed', () => {
    const typist = new Typist();
    typist.down('KeyC', 'c', { control: true });
    expect(typist.take()).toBe('+ControlLeft +KeyC');
    typist.up('ControlRight', 'Control');
    expect(typist.take()).toBe('-ControlLeft');
  });

  test('Windows reports one release for two Shift keys', () => {
    const typist = new Typist('windows');
    typist.down('ShiftLeft', 'Shift', { shift: true });
    typist.down('ShiftRight', 'Shift', { shift: true });
    typist.up('ShiftRight', 'Shift');
    expect(typist.held).toBe('');
  });

  test('a release that still shows its own flag does not press again', () => {
    const typist = new Typist();
    typist.down('ShiftLeft', 'Shift', { shift: true });
    typist.up('ShiftLeft', 'Shift', { shift: true });
    expect(typist.held).toBe('');
  });

  test('a modifier key itself does not count as held before it is pressed', () => {
    const typist = new Typist();
    typist.down('ControlRight', 'Control', { control: true });
    expect(typist.take()).toBe('+ControlRight');
  });
});

describe('AltGr', () => {
  test('on Windows the announcing ControlLeft is swallowed', () => {
    const typist = new Typist('windows');
    typist.down('ControlLeft', 'Control', { control: true, at: 100 });
    expect(typist.state.dueAt).toBe(100 + ALT_GRAPH_WAIT_MS);
    typist.down('AltRight', 'AltGraph', { control: true, alt: true, at: 100 });
    typist.down('KeyQ', '@', { control: true, alt: true, at: 200 });
    typist.up('KeyQ', '@', { control: true, alt: true, at: 250 });
    typist.up('ControlLeft', 'Control', { alt: true, at: 300 });
    typist.up('AltRight', 'AltGraph', { at: 300 });
    expect(typist.take()).toBe('+AltRight +KeyQ -KeyQ -AltRight');
    expect(typist.state.dueAt).toBeUndefined();
  });

  test('on Windows a lone Ctrl is pressed when its wait is over', () => {
    const typist = new Typist('windows');
    typist.down('ControlLeft', 'Control', { control: true, at: 100 });
    typist.add(typist.state.settle(100 + ALT_GRAPH_WAIT_MS - 1));
    expect(typist.take()).toBe('');
    typist.add(typist.state.settle(100 + ALT_GRAPH_WAIT_MS));
    expect(typist.take()).toBe('+ControlLeft');
  });

  test('on Windows Ctrl+C does not wait', () => {
    const typist = new Typist('windows');
    typist.down('ControlLeft', 'Control', { control: true, at: 100 });
    typist.down('KeyC', 'c', { control: true, at: 101 });
    expect(typist.take()).toBe('+ControlLeft +KeyC');
  });

  test('on Windows a quick tap of Ctrl is a tap', () => {
    const typist = new Typist('windows');
    typist.down('ControlLeft', 'Control', { control: true, at: 100 });
    typist.up('ControlLeft', 'Control', { at: 110 });
    expect(typist.take()).toBe('+ControlLeft -ControlLeft');
  });

  test('on Windows Ctrl is pressed before a click, and not before a movement', () => {
    const typist = new Typist('windows');
    typist.down('ControlLeft', 'Control', { control: true, at: 100 });
    typist.pointer({ control: true });
    expect(typist.take()).toBe('');
    typist.pointer({ control: true }, true);
    expect(typist.take()).toBe('+ControlLeft');
  });

  test('on Windows Ctrl held long before AltRight stays held', () => {
    const typist = new Typist('windows');
    typist.down('ControlLeft', 'Control', { control: true, at: 0 });
    typist.add(typist.state.settle(ALT_GRAPH_WAIT_MS));
    typist.down('AltRight', 'Alt', { control: true, alt: true, at: 500 });
    expect(typist.take()).toBe('+ControlLeft +AltRight');
  });

  test('elsewhere it is one key, and a lost release is found by its flag', () => {
    const typist = new Typist();
    typist.down('AltRight', 'AltGraph');
    typist.down('KeyQ', '@', { altGraph: true });
    typist.up('KeyQ', '@', { altGraph: true });
    expect(typist.take()).toBe('+AltRight +KeyQ -KeyQ');
    typist.down('KeyB', 'b');
    expect(typist.take()).toBe('-AltRight +KeyB');
  });

  test('a browser without the flag keeps it held', () => {
    const typist = new Typist();
    typist.down('AltRight', 'AltGraph');
    typist.down('KeyQ', '@');
    expect(typist.held).toBe('AltRight KeyQ');
  });
});

describe('macOS', () => {
  test('a key under Command is tapped, for its keyup never comes', () => {
    const typist = new Typist('mac');
    typist.down('MetaLeft', 'Meta', { meta: true });
    typist.down('KeyC', 'c', { meta: true });
    typist.down('KeyC', 'c', { meta: true, repeat: true });
    typist.up('MetaLeft', 'Meta');
    expect(typist.take()).toBe('+MetaLeft +KeyC -KeyC +KeyC -KeyC -MetaLeft');
  });

  test('a key that was held before Command is released, for its keyup never comes either', () => {
    const typist = new Typist('mac');
    typist.down('ArrowLeft', 'ArrowLeft');
    typist.down('MetaLeft', 'Meta', { meta: true });
    typist.down('ArrowLeft', 'ArrowLeft', { meta: true });
    expect(typist.take()).toBe('+ArrowLeft -ArrowLeft +MetaLeft +ArrowLeft -ArrowLeft');
    expect(typist.held).toBe('MetaLeft');
  });

  test('Option that types a character is no modifier for the desktop', () => {
    const typist = new Typist('mac');
    typist.down('AltLeft', 'Alt', { alt: true });
    typist.down('KeyL', '@', { alt: true });
    typist.up('KeyL', '@', { alt: true });
    typist.up('AltLeft', 'Alt');
    expect(typist.take()).toBe('+KeyL -KeyL');
  });

  test('Option with a key that types nothing is Alt', () => {
    const typist = new Typist('mac');
    typist.down('AltLeft', 'Alt', { alt: true });
    typist.down('ArrowLeft', 'ArrowLeft', { alt: true });
    typist.up('ArrowLeft', 'ArrowLeft', { alt: true });
    typist.up('AltLeft', 'Alt');
    expect(typist.take()).toBe('+AltLeft +ArrowLeft -ArrowLeft -AltLeft');
  });

  test('Option alone is a tap of Alt; with a click it is held', () => {
    const typist = new Typist('mac');
    typist.down('AltRight', 'Alt', { alt: true });
    typist.up('AltRight', 'Alt');
    expect(typist.take()).toBe('+AltRight -AltRight');
    typist.down('AltLeft', 'Alt', { alt: true });
    typist.pointer({ alt: true }, true);
    expect(typist.held).toBe('AltLeft');
  });

  test('Ctrl+Option with a letter means the letter', () => {
    const typist = new Typist('mac');
    typist.down('ControlLeft', 'Control', { control: true });
    typist.down('AltLeft', 'Alt', { control: true, alt: true });
    const { events } = typist.down('KeyT', '†', { control: true, alt: true });
    expect(events.at(-1)).toEqual({ type: 'key', code: 20, keysym: 0x74, pressed: true });
    expect(typist.take()).toBe('+ControlLeft +AltLeft +KeyT');
  });

  test('a dead key under Option does not tap Alt afterwards', () => {
    const typist = new Typist('mac');
    typist.down('AltLeft', 'Alt', { alt: true });
    typist.down('KeyE', 'Dead', { alt: true });
    typist.up('AltLeft', 'Alt');
    expect(typist.take()).toBe('');
  });

  test('Option whose release was lost does not stay', () => {
    const typist = new Typist('mac');
    typist.down('AltLeft', 'Alt', { alt: true });
    typist.down('ArrowLeft', 'ArrowLeft', { alt: true });
    typist.take();
    typist.pointer({});
    expect(typist.take()).toBe('-AltLeft');
  });

  test('CapsLock is tapped on each report', () => {
    const typist = new Typist('mac');
    typist.down('CapsLock', 'CapsLock');
    typist.up('CapsLock', 'CapsLock');
    expect(typist.take()).toBe('+CapsLock -CapsLock +CapsLock -CapsLock');
  });
});

describe('leaving by the keyboard', () => {
  const chord = (typist: Typist): void => {
    typist.down('ControlLeft', 'Control', { control: true });
    typist.down('AltLeft', 'Alt', { control: true, alt: true });
    typist.down('ShiftLeft', 'Shift', { control: true, alt: true, shift: true });
  };

  test('Ctrl+Alt+Shift, let go without another key', () => {
    const typist = new Typist();
    chord(typist);
    expect(typist.up('ShiftLeft', 'Shift', { control: true, alt: true }).leave).toBe(true);
    expect(typist.up('AltLeft', 'Alt', { control: true }).leave).toBe(false);
  });

  test('is not meant when a key follows', () => {
    const typist = new Typist();
    chord(typist);
    typist.down('KeyT', 'T', { control: true, alt: true, shift: true });
    expect(typist.up('ShiftLeft', 'Shift', { control: true, alt: true }).leave).toBe(false);
  });
});
