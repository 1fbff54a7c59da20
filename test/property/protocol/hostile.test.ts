import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeControl, encodeControl } from '../../../protocol/control/control-unit.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { Reassembler } from '../../../protocol/fragment.ts';
import { decodeDataUnit, decodeMessageHead } from '../../../protocol/message.ts';
import { decodeDatagram } from '../../../protocol/redundancy.ts';
import { decodeUnit, encodeStreamUnit, StreamUnitReader } from '../../../protocol/unit.ts';
import { UnitId } from '../../../protocol/unit-id.ts';
import { chunksOf, controlUnit, dataUnit } from './arbitraries.ts';
import { encodeDataUnit } from '../../support/encode-data-unit.ts';

const runs = { numRuns: 3_000 };

/** What a decoding gives, `undefined` when it is refused; anything else that is thrown fails the test. */
function attempt<Result>(decode: () => Result): Result | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function decodeWithAll(bytes: Uint8Array): void {
  const decoders = [decodeUnit, decodeDataUnit, decodeControl, decodeMessageHead, decodeDatagram];
  for (const decode of decoders) attempt(() => decode(bytes));
}

/** Any bytes behind the first byte of a unit, so that they get past it. */
const almostUnit = fc
  .tuple(fc.constantFrom(...Object.values(UnitId)), fc.uint8Array({ maxLength: 80 }))
  .map(([id, rest]) => Uint8Array.of(id, ...rest));

const validUnit = fc.oneof(dataUnit.map(encodeDataUnit), controlUnit.map(encodeControl));

interface Mutation {
  readonly at: number;
  readonly kind: 'set' | 'insert' | 'remove' | 'cut';
  readonly byte: number;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(200),
  kind: fc.constantFrom('set', 'insert', 'remove', 'cut'),
  byte: fc.oneof(fc.nat(0xff), fc.constantFrom(0, 0x3f, 0x7f, 0x80, 0xff)),
});

function mutate(bytes: readonly number[], { at, kind, byte }: Mutation): readonly number[] {
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  switch (kind) {
    case 'set':
      return bytes.with(place, byte);
    case 'insert':
      return bytes.toSpliced(place, 0, byte);
    case 'remove':
      return bytes.toSpliced(place, 1);
    case 'cut':
      return bytes.slice(0, place);
  }
}

const mutatedUnit = fc
  .tuple(validUnit, fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([unit, mutations]) =>
    Uint8Array.from(
      mutations.reduce<readonly number[]>(
        (bytes, each) => (bytes.length === 0 ? [each.byte] : mutate(bytes, each)),
        [...unit],
      ),
    ),
  );

describe('decoders return or throw ProtocolError, whatever they get', () => {
  it('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodeWithAll), runs);
  });

  it('random bytes behind the first byte of a unit', () => {
    fc.assert(fc.property(almostUnit, decodeWithAll), runs);
  });

  it('mutated units', () => {
    fc.assert(fc.property(mutatedUnit, decodeWithAll), runs);
  });

  it('every beginning of a control unit', () => {
    fc.assert(
      fc.property(controlUnit, fc.nat(), (unit, cut) => {
        const bytes = encodeControl(unit);
        decodeWithAll(bytes.subarray(0, cut % bytes.length));
      }),
      runs,
    );
  });
});

describe('what a decoder accepts', () => {
  it('is a unit that its encoder takes back, and that decodes to the same', () => {
    fc.assert(
      fc.property(fc.oneof(almostUnit, mutatedUnit), (bytes) => {
        const control = attempt(() => decodeControl(bytes));
        if (control !== undefined) {
          expect(decodeControl(encodeControl(control))).toEqual(control);
        }
        const data = attempt(() => decodeDataUnit(bytes));
        if (data !== undefined) expect(decodeDataUnit(encodeDataUnit(data))).toEqual(data);
      }),
      runs,
    );
  });
});

describe('the control stream', () => {
  const anyStream = fc
    .array(fc.oneof(validUnit.map(encodeStreamUnit), fc.uint8Array({ maxLength: 30 })), {
      maxLength: 4,
    })
    .chain((parts) => chunksOf(Uint8Array.from(Buffer.concat(parts))));

  it('never throws anything but ProtocolError, and after it always the same', () => {
    fc.assert(
      fc.property(anyStream, (chunks) => {
        const reader = new StreamUnitReader();
        let failure: unknown;
        for (const chunk of chunks) {
          try {
            reader.push(chunk);
            expect(failure).toBeUndefined();
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
            failure ??= error;
            expect(error).toBe(failure);
          }
        }
      }),
      runs,
    );
  });
});

describe('the reassembler', () => {
  it('never throws anything but ProtocolError, and completes only what was announced', () => {
    const bounds = { maxMessageBytes: 2_000_000, maxFlows: 2 };
    fc.assert(
      fc.property(
        fc.array(fc.oneof(dataUnit, dataUnit.map(onFewFlows)), { maxLength: 12 }),
        (units) => {
          const reassembler = new Reassembler(bounds);
          const announced = new Set<number>();
          for (const unit of units) {
            if (unit.type === 'message') announced.add(unit.payload.length);
            if (unit.type === 'fragmentFirst') announced.add(unit.totalLength);
            const complete = attempt(() => reassembler.push(unit));
            if (complete !== undefined) expect(announced).toContain(complete.payload.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Random flow ids hardly ever meet; these do. */
function onFewFlows(unit: ReturnType<typeof decodeDataUnit>): ReturnType<typeof decodeDataUnit> {
  const small = <Flow extends number>(flow: Flow): Flow => (flow % 3) as Flow;
  switch (unit.type) {
    case 'padding':
      return unit;
    case 'message':
      return { ...unit, header: { ...unit.header, flow: small(unit.header.flow) } };
    case 'fragmentFirst':
      return {
        ...unit,
        header: { ...unit.header, flow: small(unit.header.flow) },
        totalLength: unit.bytes.length,
      };
    case 'fragmentMiddle':
    case 'fragmentLast':
      return { ...unit, flow: small(unit.flow), bytes: unit.bytes.subarray(0, 0) };
  }
}
