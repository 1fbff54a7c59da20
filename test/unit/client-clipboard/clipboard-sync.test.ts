import { describe, expect, it } from 'vitest';
import { ClipboardSync } from '../../../client/clipboard/clipboard-sync.ts';

const pass = { type: 'pass' };

describe('pasting', () => {
  it('brings what the browser holds, once', () => {
    const sync = new ClipboardSync();
    expect(sync.pasted('here')).toEqual({ type: 'send', text: 'here' });
    expect(sync.desktop).toBe('here');
    expect(sync.pasted('here')).toEqual(pass);
    expect(sync.pasted('other')).toEqual({ type: 'send', text: 'other' });
  });

  it('brings it again after a new connection, whose desktop may have lost it', () => {
    const sync = new ClipboardSync();
    sync.pasted('here');
    sync.reconnected();
    expect(sync.pasted('here')).toEqual({ type: 'send', text: 'here' });
  });

  it('ends lines as desktops do', () => {
    const sync = new ClipboardSync();
    expect(sync.pasted('a\r\nb\rc\n')).toEqual({ type: 'send', text: 'a\nb\nc\n' });
    sync.wrote('a\nb\n');
    expect(sync.pasted('a\r\nb\r\n')).toEqual(pass);
  });

  it('brings nothing empty, and refuses what is too large', () => {
    const sync = new ClipboardSync();
    expect(sync.pasted('')).toEqual(pass);
    expect(sync.pasted('ü'.repeat(524_289))).toEqual({ type: 'tooLarge', bytes: 1_048_578 });
    expect(sync.desktop).toBeUndefined();
  });
});

describe('copying', () => {
  it('leaves what was copied on the desktop alone until the browser has it', () => {
    const sync = new ClipboardSync();
    sync.pasted('old');
    sync.copied('new', true);
    expect(sync.pending).toBe('new');
    expect(sync.pasted('old')).toEqual(pass);
    expect(sync.pasted('quite another')).toEqual(pass);
    sync.wrote('new');
    expect(sync.pending).toBeUndefined();
    expect(sync.pasted('new')).toEqual(pass);
    expect(sync.pasted('newer')).toEqual({ type: 'send', text: 'newer' });
  });

  it('does not overwrite what the user may have copied elsewhere meanwhile', () => {
    const sync = new ClipboardSync();
    sync.pasted('mine');
    sync.copied('of a program', true);
    sync.left();
    expect(sync.pending).toBeUndefined();
    expect(sync.pasted('mine')).toEqual({ type: 'send', text: 'mine' });
  });

  it('shows, but does not write, what was copied unseen', () => {
    const sync = new ClipboardSync();
    sync.copied('early', false);
    expect(sync.desktop).toBe('early');
    expect(sync.pending).toBeUndefined();
  });
});
