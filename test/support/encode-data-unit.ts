import {
  encodeFragmentFirst,
  encodeFragmentLast,
  encodeFragmentMiddle,
} from '../../protocol/fragment.ts';
import { encodeMessage, encodePadding, type DataUnit } from '../../protocol/message.ts';

/** Encodes a data unit of any type. */
export function encodeDataUnit(unit: DataUnit): Uint8Array {
  switch (unit.type) {
    case 'message':
      return encodeMessage(unit.sendTime, unit.header, unit.payload);
    case 'fragmentFirst':
      return encodeFragmentFirst(unit.sendTime, unit.header, unit.totalLength, unit.bytes);
    case 'fragmentMiddle':
      return encodeFragmentMiddle(unit.sendTime, unit.flow, unit.bytes);
    case 'fragmentLast':
      return encodeFragmentLast(unit.sendTime, unit.flow, unit.bytes);
    case 'padding':
      return encodePadding(unit.length);
  }
}
