import type { ReportValues } from '../../protocol/control/report.ts';
import type { RingState } from '../audio/ring.ts';
import { SAMPLE_RATE } from '../audio/sample-rate.ts';
import type { FromVideoWorkerMedia } from '../video/video-messages.ts';

/** What REPORT says of showing, from the video worker's feedback. */
export function shownValues(
  feedback: Extract<FromVideoWorkerMedia, { type: 'feedback' }>,
): ReportValues {
  const { decodeQueue, renderedSequence, shownLatency, shownStages, droppedFrames } = feedback;
  return {
    decodeQueue,
    lateFrames: droppedFrames,
    ...(renderedSequence === undefined ? {} : { renderedSeq: renderedSequence }),
    ...(shownLatency === undefined
      ? {}
      : { shownLatencyUs: Math.max(0, Math.round(shownLatency)) }),
    ...(shownStages === undefined
      ? {}
      : {
          networkUs: Math.max(0, shownStages.network + shownStages.reassembly),
          decodeUs: Math.max(0, shownStages.decode),
          presentUs: Math.max(0, shownStages.present),
        }),
  };
}

/**
 * What REPORT says of the sound's buffer.
 *
 * @param underrunsBefore of the connections before this one
 */
export function soundValues({ fill, underruns }: RingState, underrunsBefore: number): ReportValues {
  return {
    audioBufferUs: Math.round((fill / SAMPLE_RATE) * 1e6),
    underruns: underruns - underrunsBefore,
  };
}
