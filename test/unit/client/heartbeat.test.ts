import { expect, it } from 'vitest';
import { Heartbeat } from '../../../client/transport/heartbeat.ts';
import type { PingUnit, PongUnit } from '../../../protocol/control/clock.ts';
import { micros } from '../../../protocol/time.ts';

function begin() {
  const sent: (PingUnit | PongUnit)[] = [];
  const offsets: number[] = [];
  const heartbeat = new Heartbeat({
    now: 0,
    send: (unit) => sent.push(unit),
    onClock: (offset) => offsets.push(offset),
  });
  return { heartbeat, sent, offsets };
}

it('says nothing before HELLO_ACK', () => {
  const { heartbeat, sent } = begin();
  heartbeat.tick(100_000);
  expect(sent).toEqual([]);
});

it('pings at every tick at first, then every 400 ms', () => {
  const { heartbeat, sent } = begin();
  heartbeat.begin(micros(5_000_000), 0);
  for (let now = 100_000; now <= 1_500_000; now += 100_000) heartbeat.tick(now);
  const times = sent.map((unit) => Number(unit.t0));
  expect(times).toEqual([0, 100_000, 200_000, 300_000, 700_000, 1_100_000, 1_500_000]);
});

it('begins with the clock of HELLO_ACK and corrects it by the pongs', () => {
  const { heartbeat, offsets } = begin();
  heartbeat.begin(micros(5_000_000), 0);
  const pong = { type: 'pong', id: 1, t0: micros(0) } as const;
  heartbeat.answered({ ...pong, t1: micros(5_010_000), t2: micros(5_010_000) }, 10_000);
  heartbeat.answered({ ...pong, t1: micros(5_010_050), t2: micros(5_010_050) }, 10_000);
  expect(offsets).toEqual([5_000_000, 5_005_000]);
  expect(heartbeat.sessionStamp(10_000)).toBe(5_015_000);
});

it('answers a ping by its estimate of the session clock', () => {
  const { heartbeat, sent } = begin();
  heartbeat.begin(micros(5_000_000), 0);
  heartbeat.answer({ type: 'ping', id: 9, t0: micros(77) }, 1000);
  const at = micros(5_001_000);
  expect(sent.at(-1)).toEqual({ type: 'pong', id: 9, t0: 77, t1: at, t2: at });
});
