import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ControlUnit } from '../../../protocol/control/control-unit.ts';
import type { ResponseHead } from '../../../protocol/control/request.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { maxOpenRequests, maxResponseBodyBytes } from '../../../protocol/limits.ts';
import { BodyParts, requestUnits, type Whole } from '../../../protocol/request-parts.ts';
import type { CarriedAnswer, CarriedRequest } from '../../../server/session/request-port.ts';
import { ViewerRequests } from '../../../server/session/viewer-requests.ts';
import { silentLogger } from '../../support/silent-logger.ts';

type Answer = (request: CarriedRequest) => Promise<CarriedAnswer>;

const echo: Answer = ({ method, path, body }) =>
  Promise.resolve({ status: 200, body: `${method} ${path} ${body}` });

/** Requests of one client and what it hears. */
const open = (ask: Answer = echo) => {
  const asked: CarriedRequest[] = [];
  const parts = new BodyParts<ResponseHead>({
    maxBytes: maxResponseBodyBytes,
    maxOpen: maxOpenRequests,
  });
  const heard: Whole<ResponseHead>[] = [];
  const hear = (unit: ControlUnit): void => {
    const whole =
      unit.type === 'response'
        ? parts.open(unit, unit.head)
        : unit.type === 'body'
          ? parts.append(unit)
          : undefined;
    if (whole !== undefined) heard.push(whole);
  };
  const requests = new ViewerRequests({
    logger: silentLogger,
    ask: (request) => {
      asked.push(request);
      return ask(request);
    },
    send: hear,
  });
  const say = (id: number, body: Uint8Array): void => {
    const whole = { id, head: { method: 'POST', path: '/api/webrtc' }, body } as const;
    for (const unit of requestUnits({ ...whole, body: new Uint8Array(body) })) requests.take(unit);
  };
  const answers = (): readonly (readonly [number, number, string])[] =>
    heard.map(({ id, head, body }) => [
      id,
      head.status,
      body.length === 0 ? '' : gunzipSync(body).toString(),
    ]);
  return { asked, say, answers };
};

/** A text that gzip cannot make smaller than half. */
const noise = (length: number): string =>
  Array.from({ length }, (_, at) => ((at * 2_654_435_761) >>> 7).toString(36).at(-1)).join('');

describe('a carried request', () => {
  it('is unpacked, asked and answered in gzip', async () => {
    const { say, answers } = open();
    say(7, gzipSync('{"type":"offer"}'));
    await expect.poll(answers).toEqual([[7, 200, 'POST /api/webrtc {"type":"offer"}']]);
  });

  it('without a body is asked without one', async () => {
    const { say, answers } = open();
    say(7, new Uint8Array());
    await expect.poll(answers).toEqual([[7, 200, 'POST /api/webrtc ']]);
  });

  it('comes in as many parts as it takes, and so does its answer', async () => {
    const text = noise(40_000);
    const { say, answers } = open(() => Promise.resolve({ status: 200, body: text }));
    say(7, gzipSync(text));
    await expect.poll(() => answers()[0]?.[2] === text).toBe(true);
  });

  const refused: readonly [string, Uint8Array, number][] = [
    ['is no gzip', Uint8Array.from([1, 2, 3]), 400],
    ['unpacks to more than its bound', gzipSync('0'.repeat(200_000)), 413],
    ['ends too early', gzipSync('{"type":"offer"}').subarray(0, -9), 400],
  ];
  it.each(refused)('is not asked when its body %s', async (_, body, status) => {
    const { say, answers, asked } = open();
    say(7, body);
    await expect.poll(answers).toEqual([[7, status, '']]);
    expect(asked).toEqual([]);
  });

  it('that fails, or whose answer is too large, is answered with 500', async () => {
    const failing = open(() => Promise.reject(new Error('no')));
    failing.say(1, new Uint8Array());
    await expect.poll(failing.answers).toEqual([[1, 500, '']]);
    const large = open(() => Promise.resolve({ status: 200, body: noise(131_073) }));
    large.say(1, new Uint8Array());
    await expect.poll(large.answers).toEqual([[1, 500, '']]);
  });
});

describe('too many requests', () => {
  it('end the connection; those that are answered make room', async () => {
    const { promise, resolve } = Promise.withResolvers<CarriedAnswer>();
    const { say, answers } = open(() => promise);
    for (let id = 1; id <= maxOpenRequests; id += 1) say(id, new Uint8Array());
    expect(() => say(1, new Uint8Array())).toThrow(ProtocolError);
    resolve({ status: 204, body: '' });
    await expect.poll(() => answers().length).toBe(maxOpenRequests);
    for (let id = 1; id <= maxOpenRequests; id += 1) say(id, new Uint8Array());
    expect(() => say(99, new Uint8Array())).toThrow(ProtocolError);
  });
});
