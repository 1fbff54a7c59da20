import { describe, expect, it } from 'vitest';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros32 } from '../../../protocol/time.ts';
import { RetransmissionBudget } from '../../../server/webrtc/retransmissions.ts';
import { SentPackets } from '../../../server/webrtc/sent-packets.ts';
import { at } from './tracks.ts';

const of = (seq: number, isLast: boolean) => ({ flow: flowId(4), seq: sequence(seq), isLast });

const arrived = (number: number, ms: number | undefined) => ({
  sequence: number,
  arrival: ms === undefined ? undefined : micros32(ms * 1_000),
});

describe('what was sent', () => {
  it('is under way until the peer tells of it, lost or not', () => {
    const packets = new SentPackets();
    for (let index = 0; index < 4; index += 1)
      packets.sent({ bytes: 1_000, of: of(index, true), repeat: undefined }, at(index));
    expect(packets.inFlightBytes).toBe(4_000);
    const told = packets.arrived([arrived(0, 50), arrived(1, undefined), arrived(2, 51)]);
    expect(told).toMatchObject({ settledBytes: 3_000, lost: 1, newestSentAt: at(2) });
    expect(packets.inFlightBytes).toBe(1_000);
    expect(packets.arrived([arrived(0, 50)]).settledBytes).toBe(0);
  });

  it('is reported as messages, each when all of it is known', () => {
    const packets = new SentPackets();
    packets.sent({ bytes: 1_000, of: of(7, false), repeat: undefined }, at(10));
    packets.sent({ bytes: 500, of: of(7, true), repeat: undefined }, at(11));
    packets.sent({ bytes: 800, of: of(8, false), repeat: undefined }, at(12));
    expect(packets.arrived([arrived(0, 40)]).entries).toEqual([]);
    const { entries } = packets.arrived([arrived(1, 43), arrived(2, 44)]);
    expect(entries).toEqual([
      {
        flow: 4,
        seq: 7,
        status: 'complete',
        bytes: 1_500,
        echo: 10_000,
        first: 40_000,
        last: 43_000,
      },
    ]);
  });

  it('is forgotten where the feedback on it was lost', () => {
    const packets = new SentPackets();
    for (let index = 0; index < 6; index += 1)
      packets.sent({ bytes: 100, of: of(index, true), repeat: undefined }, at(index));
    packets.arrived([arrived(4, 60)]);
    expect(packets.inFlightBytes).toBe(100);
  });

  it('is named when it was lost and not sent again since', () => {
    const packets = new SentPackets();
    const name = (sequence: number) => ({ ssrc: 1_111, sequence });
    const send = (number: number, ms: number): void =>
      packets.sent({ bytes: 100, of: undefined, repeat: name(number) }, at(ms));
    for (const number of [100, 101, 102]) send(number, 0);
    expect(packets.arrived([arrived(0, undefined), arrived(1, 40)]).missing).toEqual([name(100)]);
    // The peer has asked for it before it told of everything.
    send(102, 50);
    expect(packets.arrived([arrived(2, undefined)]).missing).toEqual([]);
    expect(packets.arrived([arrived(3, undefined)]).missing).toEqual([name(102)]);
  });

  it('keeps no more than half of the numbers of a peer that tells nothing', () => {
    const packets = new SentPackets();
    for (let index = 0; index < 100_000; index += 1)
      packets.sent({ bytes: 1, of: undefined, repeat: undefined }, at(index));
    expect(packets.inFlightBytes).toBeLessThanOrEqual(32_769);
    expect(packets.nextSequence).toBe(100_000 % 65_536);
  });
});

describe('the budget for sending again', () => {
  it('grows with what is sent, and is spent on nothing twice', () => {
    const budget = new RetransmissionBudget();
    expect(budget.ask(1, 60_000, at(0))).toBe('again');
    expect(budget.ask(1, 60_000, at(5))).toBe('soon');
    expect(budget.ask(2, 60_000, at(5))).toBe('never');
    budget.earn(100_000);
    expect(budget.ask(2, 60_000, at(6))).toBe('again');
    expect(budget.ask(1, 1_000, at(20))).toBe('again');
  });
});
