import { describe, expect, it } from 'vitest';
import { readBindingRequest } from '../../../server/webrtc/binding-request.ts';

/** The sample request of RFC 5769, section 2.1, and its password. */
const SAMPLE = `
  00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004 6e0001ff 80290008 932ff9b1
  51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf`;
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';

const sample = (): Buffer => Buffer.from(SAMPLE.replaceAll(/\s/g, ''), 'hex');

const changed = (at: number, value: number): Buffer => {
  const packet = sample();
  packet.writeUInt8(value, at);
  return packet;
};

describe('a check of ICE', () => {
  it('says for which side it is, and is signed with its password', () => {
    const request = readBindingRequest(sample());
    expect(request?.ufrag).toBe('evtj');
    expect(request?.isSignedWith(PASSWORD)).toBe(true);
    expect(request?.isSignedWith(`${PASSWORD}x`)).toBe(false);
  });

  it('is not signed when a byte before the signature is another one', () => {
    for (const at of [9, 30, 47, 65]) {
      const packet = changed(at, (sample()[at] ?? 0) ^ 1);
      expect(readBindingRequest(packet)?.isSignedWith(PASSWORD)).toBe(false);
    }
  });

  it.each([
    ['an answer', changed(0, 1)],
    ['of another cookie', changed(4, 0x22)],
    ['longer than it says', Buffer.concat([sample(), Buffer.alloc(4)])],
    ['without a user name', changed(61, 0x07)],
    ['without a signature', changed(77, 0x07)],
    ['with a signature of another length', changed(79, 0x10)],
    ['empty', Buffer.alloc(0)],
  ])('is none: %s', (_, packet) => {
    expect(readBindingRequest(packet)).toBeUndefined();
  });

  it('is never read beyond its end, wherever it is cut', () => {
    for (let bytes = 0; bytes < sample().byteLength; bytes += 1) {
      const cut = sample().subarray(0, bytes);
      if (bytes >= 20) cut.writeUInt16BE(bytes - 20, 2);
      expect(readBindingRequest(cut)?.isSignedWith(PASSWORD)).not.toBe(bytes < 100);
    }
  });
});
