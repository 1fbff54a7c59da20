import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BodyUnit, RequestHead, RequestUnit } from '../../../protocol/control/request.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { BodyParts, requestUnits, type Whole } from '../../../protocol/request-parts.ts';

const MAX_BYTES = 65_536;
const bounds = { maxBytes: MAX_BYTES, maxOpen: 4 };
const head: RequestHead = { method: 'POST', path: '/api/webrtc' };

const body = fc.nat(MAX_BYTES).map((length) => new Uint8Array(length).map((_, at) => at * 31));

const push = (parts: BodyParts<RequestHead>, unit: RequestUnit | BodyUnit) =>
  unit.type === 'request' ? parts.open(unit, unit.head) : parts.append(unit);

describe('requests that are taken apart', () => {
  it('are whole again with the last part, whatever comes in between', () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(3)),
        (bodies, turns) => {
          const parts = new BodyParts<RequestHead>(bounds);
          const queues = bodies.map((each, id) => [...requestUnits({ id, head, body: each })]);
          const wholes: Whole<RequestHead>[] = [];
          for (const turn of turns) {
            const waiting = queues.filter((queue) => queue.length > 0);
            const unit = waiting[turn % Math.max(1, waiting.length)]?.shift();
            if (unit === undefined) break;
            const whole = push(parts, unit);
            if (whole !== undefined) wholes.push(whole);
          }
          expect(wholes).toHaveLength(bodies.length);
          for (const whole of wholes) expect(whole.body).toEqual(bodies[whole.id]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('parts that do not fit', () => {
  const first = (id: number, total: number, bytes = 0): RequestUnit => ({
    type: 'request',
    id,
    head,
    total,
    bytes: new Uint8Array(bytes),
  });
  const next = (id: number, bytes: number): BodyUnit => ({
    type: 'body',
    id,
    bytes: new Uint8Array(bytes),
  });
  const cases: readonly [string, readonly (RequestUnit | BodyUnit)[], string][] = [
    ['announce too much', [first(1, MAX_BYTES + 1)], 'E_SIZE'],
    ['begin anew what is incomplete', [first(1, 2, 1), first(1, 2, 1)], 'E_FRAGMENT'],
    ['are more than announced', [first(1, 2, 1), next(1, 2)], 'E_FRAGMENT'],
    ['begin with more than announced', [first(1, 1, 2)], 'E_FRAGMENT'],
    ['continue nothing', [next(1, 1)], 'E_FRAGMENT'],
    ['continue what is whole', [first(1, 1, 1), next(1, 1)], 'E_FRAGMENT'],
    ['leave too many incomplete', [1, 2, 3, 4, 5].map((id) => first(id, 1)), 'E_COUNT'],
  ];
  it.each(cases)('are refused when they %s', (_, units, code) => {
    const parts = new BodyParts<RequestHead>(bounds);
    const last = units.at(-1);
    for (const unit of units.slice(0, -1)) push(parts, unit);
    let refused: unknown;
    try {
      if (last !== undefined) push(parts, last);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ProtocolError);
    expect(refused).toMatchObject({ code });
  });
});
