import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ControlUnit } from '../../../protocol/control/control-unit.ts';
import type { RequestHead } from '../../../protocol/control/request.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { BodyParts, responseUnits, type Whole } from '../../../protocol/request-parts.ts';
import { RequestChannel } from '../../../client/transport/request-channel.ts';

const statistics = { method: 'GET', path: '/api/statistics', body: '' } as const;

/** A channel whose server keeps what it is asked, until the test answers. */
const open = (requests?: number) => {
  const parts = new BodyParts<RequestHead>({ maxBytes: 65_536, maxOpen: 4 });
  const asked: Whole<RequestHead>[] = [];
  const channel = new RequestChannel((unit: ControlUnit) => {
    const whole =
      unit.type === 'request'
        ? parts.open(unit, unit.head)
        : unit.type === 'body'
          ? parts.append(unit)
          : undefined;
    if (whole !== undefined) asked.push(whole);
  });
  channel.begin(requests);
  const answer = (id: number, packed: Uint8Array, status = 200): void => {
    const body = new Uint8Array(packed);
    for (const unit of responseUnits({ id, head: { status }, body })) channel.take(unit);
  };
  return { channel, asked, answer };
};

describe('a request by the session’s connection', () => {
  it('goes in gzip, and so does its answer', async () => {
    const { channel, asked, answer } = open(4);
    const body = '{"type":"offer"}';
    const answered = channel.ask({ method: 'POST', path: '/api/webrtc', body });
    await expect.poll(() => asked.length).toBe(1);
    expect(asked[0]?.head).toEqual({ method: 'POST', path: '/api/webrtc' });
    expect(gunzipSync(asked[0]?.body ?? new Uint8Array()).toString()).toBe(body);
    answer(asked[0]?.id ?? 0, gzipSync('{"a":"ä"}'), 201);
    expect(await answered).toEqual({ status: 201, body: '{"a":"ä"}' });
  });

  it('is not sent where the server takes none, or has as many as it takes', async () => {
    expect(await open().channel.ask(statistics)).toBeUndefined();
    const { channel, asked, answer } = open(1);
    const first = channel.ask(statistics);
    expect(await channel.ask(statistics)).toBeUndefined();
    answer(asked[0]?.id ?? 0, new Uint8Array(), 204);
    expect(await first).toEqual({ status: 204, body: '' });
    void channel.ask(statistics);
    await expect.poll(() => asked.length).toBe(2);
  });

  it('has no answer once the connection has ended', async () => {
    const { channel, asked } = open(4);
    const answered = channel.ask(statistics);
    await expect.poll(() => asked.length).toBe(1);
    channel.close();
    expect(await answered).toBeUndefined();
    expect(await channel.ask(statistics)).toBeUndefined();
  });

  it.each([
    ['is no gzip', Uint8Array.from([1, 2, 3])],
    ['unpacks to more than its bound', gzipSync('0'.repeat(200_000))],
  ])('has no answer when that %s', async (_, packed) => {
    const { channel, asked, answer } = open(4);
    const answered = channel.ask(statistics);
    await expect.poll(() => asked.length).toBe(1);
    answer(asked[0]?.id ?? 0, packed);
    expect(await answered).toBeUndefined();
  });

  it('is the only thing that may be answered', () => {
    expect(() => open(4).answer(7, new Uint8Array())).toThrow(ProtocolError);
  });
});
