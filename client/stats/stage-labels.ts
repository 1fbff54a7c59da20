/** The stages in the order in which a frame passes them. */
export const stageNames = [
  'capture',
  'encode',
  'queue',
  'network',
  'reassembly',
  'decode',
  'present',
] as const;

/** Names one of them. */
export type StageName = (typeof stageNames)[number];

/** How a stage is called, and what it begins and ends with. */
export interface StageLabel {
  readonly label: string;
  readonly detail: string;
}

/** The stages in words for the user. */
export const stageLabels: Readonly<Record<StageName, StageLabel>> = {
  capture: { label: 'Capture', detail: 'Changed on the screen to captured' },
  encode: { label: 'Encode', detail: 'Captured to ready to be sent' },
  queue: { label: 'Queue', detail: 'Ready to be sent to first byte written' },
  network: { label: 'Network', detail: 'First byte written to first byte received' },
  reassembly: { label: 'Reassembly', detail: 'First byte received to last byte received' },
  decode: { label: 'Decode', detail: 'Last byte received to decoded' },
  present: { label: 'Present', detail: 'Decoded to drawn' },
};
