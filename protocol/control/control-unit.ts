/** Control units: everything but messages (docs/protocol.md, "Control units"). */

import { ByteReader, ByteWriter } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { maxUnitBytes } from '../limits.ts';
import { UnitId } from '../unit-id.ts';
import * as abandon from './abandon.ts';
import * as acknowledgement from './acknowledgement.ts';
import * as clock from './clock.ts';
import * as flowControl from './flow-control.ts';
import * as hello from './hello.ts';
import * as inputUnit from './input-unit.ts';
import * as move from './move.ts';
import * as report from './report.ts';
import * as request from './request.ts';
import * as role from './role.ts';
import * as session from './session.ts';
import * as stream from './stream.ts';

/** Any control unit, told apart by `type`. */
export type ControlUnit =
  | session.AuthUnit
  | hello.HelloUnit
  | hello.HelloAckUnit
  | session.ErrorUnit
  | session.GoawayUnit
  | flowControl.FlowOpenUnit
  | flowControl.FlowAcceptUnit
  | flowControl.FlowCloseUnit
  | flowControl.FlowUpdateUnit
  | flowControl.CreditUnit
  | abandon.AbandonUnit
  | abandon.ReviseUnit
  | abandon.KeyRequestUnit
  | role.RoleUnit
  | stream.SettingsUnit
  | stream.StreamUnit
  | move.MoveUnit
  | clock.PingUnit
  | clock.PongUnit
  | acknowledgement.AckConfigUnit
  | acknowledgement.AckUnit
  | report.ReportUnit
  | report.RateUnit
  | inputUnit.InputUnit
  | inputUnit.InputAckUnit
  | request.RequestUnit
  | request.ResponseUnit
  | request.BodyUnit;

type UnitOf<Type extends ControlUnit['type']> = Extract<ControlUnit, { readonly type: Type }>;

interface Codec<Unit> {
  readonly write: (writer: ByteWriter, unit: Unit) => void;
  readonly read: (reader: ByteReader) => Unit;
}

const codecs: { readonly [Type in ControlUnit['type']]: Codec<UnitOf<Type>> } = {
  auth: { write: session.writeAuth, read: session.readAuth },
  hello: { write: hello.writeHello, read: hello.readHello },
  helloAck: { write: hello.writeHelloAck, read: hello.readHelloAck },
  error: { write: session.writeError, read: session.readError },
  goaway: { write: session.writeGoaway, read: session.readGoaway },
  flowOpen: { write: flowControl.writeFlowOpen, read: flowControl.readFlowOpen },
  flowAccept: { write: flowControl.writeFlowAccept, read: flowControl.readFlowAccept },
  flowClose: { write: flowControl.writeFlowClose, read: flowControl.readFlowClose },
  flowUpdate: { write: flowControl.writeFlowUpdate, read: flowControl.readFlowUpdate },
  credit: { write: flowControl.writeCredit, read: flowControl.readCredit },
  abandon: { write: abandon.writeAbandon, read: abandon.readAbandon },
  revise: { write: abandon.writeRevise, read: abandon.readRevise },
  keyRequest: { write: abandon.writeKeyRequest, read: abandon.readKeyRequest },
  role: { write: role.writeRole, read: role.readRole },
  settings: { write: stream.writeSettings, read: stream.readSettings },
  stream: { write: stream.writeStream, read: stream.readStream },
  move: { write: move.writeMove, read: move.readMove },
  ping: { write: clock.writePing, read: clock.readPing },
  pong: { write: clock.writePong, read: clock.readPong },
  ackConfig: { write: acknowledgement.writeAckConfig, read: acknowledgement.readAckConfig },
  ack: { write: acknowledgement.writeAck, read: acknowledgement.readAck },
  report: { write: report.writeReport, read: report.readReport },
  rate: { write: report.writeRate, read: report.readRate },
  input: { write: inputUnit.writeInput, read: inputUnit.readInput },
  inputAck: { write: inputUnit.writeInputAck, read: inputUnit.readInputAck },
  request: { write: request.writeRequest, read: request.readRequest },
  response: { write: request.writeResponse, read: request.readResponse },
  body: { write: request.writeBody, read: request.readBody },
};

const readers = new Map<number, (reader: ByteReader) => ControlUnit>(
  Object.entries(codecs).map(([type, codec]) => [UnitId[type as ControlUnit['type']], codec.read]),
);

/**
 * Encodes one control unit, without the length prefix of the control stream.
 *
 * @throws RangeError when a field does not fit.
 */
export function encodeControl(unit: ControlUnit): Uint8Array<ArrayBuffer> {
  return write(unit);
}

function write<Type extends ControlUnit['type']>(unit: UnitOf<Type>): Uint8Array<ArrayBuffer> {
  const type: Type = unit.type;
  const writer = new ByteWriter();
  writer.u8(UnitId[type], 'unit');
  const codec: Codec<UnitOf<Type>> = codecs[type];
  codec.write(writer, unit);
  return writer.finish();
}

/**
 * Decodes one control unit. Nothing in it is a view of `bytes`.
 *
 * @throws {@link ProtocolError} when the unit is malformed or no control unit.
 */
export function decodeControl(bytes: Uint8Array): ControlUnit {
  if (bytes.length > maxUnitBytes) {
    const message = `unit: expected at most ${maxUnitBytes} bytes, got ${bytes.length}`;
    throw new ProtocolError('E_SIZE', message);
  }
  const reader = new ByteReader(bytes);
  const id = reader.u8('unit');
  const read = readers.get(id);
  if (read === undefined) {
    const message = `unit: expected a control unit, got 0x${id.toString(16)}`;
    throw new ProtocolError('E_UNIT_UNKNOWN', message);
  }
  const unit = read(reader);
  reader.end(unit.type);
  return unit;
}
