/** Flows: independent, ordered sequences of messages inside one session. */

declare const brand: unique symbol;

/** Names a flow; the server opens even ids, a client odd ones. */
export type FlowId = number & { readonly [brand]: 'flow' };

/** Counts every message queued on a flow, abandoned ones too, from 0. */
export type Sequence = number & { readonly [brand]: 'sequence' };

export const flowId = (value: number): FlowId => value as FlowId;
export const sequence = (value: number): Sequence => value as Sequence;

/** What a flow carries (FLOW_OPEN `kind`). */
export const FlowKind = {
  video: 1,
  audio: 2,
  cursor: 3,
  clipboard: 4,
  bulk: 5,
} as const;
export type FlowKindName = keyof typeof FlowKind;

/**
 * Strict priorities, higher first (FLOW_OPEN `prio`, and the three top bits of a message's `layer`).
 * Control units and input acknowledgements (7 and 6) travel outside flows.
 */
export const Priority = {
  control: 7,
  inputAck: 6,
  audio: 5,
  videoBase: 4,
  videoUpper: 3,
  interface: 2,
  bulk: 1,
} as const;
export type PriorityValue = (typeof Priority)[keyof typeof Priority];
