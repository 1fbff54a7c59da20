/** The six stages of a frame's way, as the overlay names and draws them. */
import type { LatencyBreakdown } from '../../worker-messages.ts';

/** Names of the stages in the order in which a frame passes them; also the classes of their colours. */
export type StageName = 'encode' | 'queue' | 'network' | 'reassembly' | 'decode' | 'present';

export interface StageShare {
  readonly name: StageName;
  readonly label: string;
  /** What the stage begins and ends with. */
  readonly detail: string;
  /** Of a typical frame, in milliseconds; the six add up to its total. */
  readonly typicalMs: number;
  readonly p95Ms: number;
}

/** The stages of a breakdown, in order. */
export function stageShares({ typical, ...stages }: LatencyBreakdown): readonly StageShare[] {
  const { encode, queue, network, reassembly, decode, present } = stages;
  return [
    {
      name: 'encode',
      label: 'Capture and encode',
      detail: 'Captured to ready to be sent',
      typicalMs: typical.encodeMs,
      p95Ms: encode.p95Ms,
    },
    {
      name: 'queue',
      label: 'Queue',
      detail: 'Ready to be sent to first byte written',
      typicalMs: typical.queueMs,
      p95Ms: queue.p95Ms,
    },
    {
      name: 'network',
      label: 'Network',
      detail: 'First byte written to first byte received',
      typicalMs: typical.networkMs,
      p95Ms: network.p95Ms,
    },
    {
      name: 'reassembly',
      label: 'Reassembly',
      detail: 'First byte received to last byte received',
      typicalMs: typical.reassemblyMs,
      p95Ms: reassembly.p95Ms,
    },
    {
      name: 'decode',
      label: 'Decode',
      detail: 'Last byte received to decoded',
      typicalMs: typical.decodeMs,
      p95Ms: decode.p95Ms,
    },
    {
      name: 'present',
      label: 'Present',
      detail: 'Decoded to drawn',
      typicalMs: typical.presentMs,
      p95Ms: present.p95Ms,
    },
  ];
}

/** A part of the bar, in percent of its width. */
export interface BarPart {
  readonly name: StageName;
  readonly start: number;
  readonly width: number;
}

/** Lays the stages side by side. A stage that the clock's error made negative has no width. */
export function barParts(shares: readonly StageShare[]): readonly BarPart[] {
  const sum = shares.reduce((total, { typicalMs }) => total + Math.max(0, typicalMs), 0);
  let start = 0;
  return shares.map(({ name, typicalMs }) => {
    const width = sum === 0 ? 0 : (Math.max(0, typicalMs) / sum) * 100;
    const part = { name, start, width };
    start += width;
    return part;
  });
}
