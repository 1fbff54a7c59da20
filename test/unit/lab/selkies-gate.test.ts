import { expect, it } from 'vitest';
import { SelkiesGate } from '../../lab/selkies-gate.ts';

it('closes when two seconds of frames are not acknowledged, and opens when they are', () => {
  const gate = new SelkiesGate(60);
  for (let frame = 0; frame <= 119; frame += 1) gate.onSent(frame, frame);
  expect(gate.check()).toBe(false);
  expect(gate.isOpen).toBe(true);
  gate.onSent(120, 120);
  gate.check();
  expect(gate.isOpen).toBe(false);
  gate.onAcknowledged(60, 100);
  expect(gate.check()).toBe(true);
  expect(gate.isOpen).toBe(true);
  expect(gate.check()).toBe(false);
});

it('forgives a round trip above 50 ms, and at most one second of it', () => {
  const gate = new SelkiesGate(60);
  for (let frame = 0; frame <= 200; frame += 1) gate.onSent(frame, 0);
  gate.onAcknowledged(50, 600);
  gate.check();
  // 150 frames are 2.5 s: 0.6 s of them are forgiven.
  expect(gate.isOpen).toBe(true);
  for (let frame = 201; frame <= 260; frame += 1) gate.onSent(frame, 0);
  gate.onAcknowledged(70, 60_000);
  gate.check();
  // 190 frames are 3.17 s: of a round trip of half a minute one second is forgiven.
  expect(gate.isOpen).toBe(false);
});
