import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';
import type { ReceivedMessage } from '../../../client/receive/ordered-flow.ts';

/** A received message with the fields that ordering looks at; the payload is its number. */
export function received(
  seq: number,
  fields: { readonly key?: boolean; readonly dependency?: number; readonly flow?: number } = {},
): ReceivedMessage {
  const { key = false, dependency = key ? 0 : 1, flow = 2 } = fields;
  return {
    begunAt: seq * 1000,
    receivedAt: seq * 1000,
    message: {
      header: {
        flow: flowId(flow),
        seq: sequence(seq),
        captureTime: micros(seq * 16_667),
        budget: millis(150),
        key,
        discardable: false,
        recovery: false,
        late: false,
        epoch: false,
        layer: { temporal: 0, spatial: 0, priority: 4 },
        dependency,
        extensions: [],
      },
      payload: Uint8Array.of(seq & 0xff),
      sendTimeFirst: micros32(0),
      sendTimeLast: micros32(0),
    },
  };
}
