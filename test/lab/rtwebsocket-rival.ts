import type { WebSocket } from 'ws';
import { ACK_INTERVAL_MS, RtWebSocketWindow } from './rtwebsocket-window.ts';

/*
 * Units of one byte and a rest:
 *
 *     CHUNK   payload     a part of a frame; LAST ends it, FIRST begins it, and drops what was begun before
 *     WINDOW  bytes:u32   to the receiver: acknowledge after so many bytes
 *     ACK     bytes:u32   to the sender: payload so far
 */
const [FIRST, LAST, WINDOW, ACK] = [1, 2, 4, 8];

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

function unit(kind: number, value: number): Buffer {
  const buffer = Buffer.alloc(5, kind);
  buffer.writeUInt32BE(value, 1);
  return buffer;
}

/** Sends frames as RTWebSocket would; call the result for each frame. */
export function rtWebSocketSender(socket: WebSocket): (frame: Buffer) => void {
  const window = new RtWebSocketWindow<Buffer>();
  let announced = 0;
  const pump = (): void => {
    const now = nowMs();
    for (let chunk = window.next(now); chunk !== undefined; chunk = window.next(now)) {
      const { message, from, to, isLast } = chunk;
      const kind = (from === 0 ? FIRST : 0) | (isLast ? LAST : 0);
      socket.send(Buffer.concat([Buffer.of(kind), message.subarray(from, to)]));
    }
    window.settle(now);
    if (window.ackBytes === announced) return;
    announced = window.ackBytes;
    socket.send(unit(WINDOW, announced));
  };
  socket.on('message', (acknowledgement: Buffer) => {
    if (acknowledgement[0] !== ACK) return;
    window.acknowledge(acknowledgement.readUInt32BE(1), nowMs());
    pump();
  });
  const interval = setInterval(pump, ACK_INTERVAL_MS);
  socket.on('close', () => {
    clearInterval(interval);
  });
  return (frame) => {
    window.push(frame, frame.length, nowMs());
    pump();
  };
}

/** Puts frames together again and acknowledges as RTWebSocket's receiver does. */
export function receiveRtWebSocket(socket: WebSocket, onFrame: (frame: Buffer) => void): void {
  let [received, acknowledged, ackBytes] = [0, 0, 0];
  let parts: Buffer[] = [];
  const acknowledge = (): void => {
    if (acknowledged === received) return;
    acknowledged = received;
    socket.send(unit(ACK, received));
  };
  socket.on('message', (message: Buffer) => {
    const kind = message[0] ?? 0;
    if (kind === WINDOW) {
      ackBytes = message.readUInt32BE(1);
      return;
    }
    const part = message.subarray(1);
    received += part.length;
    parts = (kind & FIRST) !== 0 ? [part] : [...parts, part];
    if ((kind & LAST) !== 0) onFrame(Buffer.concat(parts));
    if (received - acknowledged >= ackBytes) acknowledge();
  });
  const interval = setInterval(acknowledge, ACK_INTERVAL_MS);
  socket.on('close', () => {
    clearInterval(interval);
  });
}
