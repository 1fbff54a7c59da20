/** docs/protocol.md is the norm: its tables have to say what the code does. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FlowUpdateKey } from '../../../protocol/control/flow-control.ts';
import {
  ProtocolError,
  SessionCode,
  StreamResetCode,
  type ProtocolErrorCode,
} from '../../../protocol/errors.ts';
import { FlowKind } from '../../../protocol/flow.ts';
import { latencyModes } from '../../../protocol/latency-mode.ts';
import { clientLimits } from '../../../protocol/limits.ts';
import {
  rangedNames,
  streamRanges,
  streamSettingNames,
} from '../../../protocol/stream-settings.ts';
import { UnitId } from '../../../protocol/unit-id.ts';

const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** Every code; the type makes the list complete. */
const errorCodes: Readonly<Record<ProtocolErrorCode, true>> = {
  E_TRUNCATED: true,
  E_RANGE: true,
  E_RESERVED: true,
  E_DEP_ON_KEY: true,
  E_DEP_RANGE: true,
  E_EXT_SIZE: true,
  E_EXT_UNKNOWN_CRITICAL: true,
  E_TRAILING: true,
  E_UNIT_UNKNOWN: true,
  E_TEXT: true,
  E_JSON: true,
  E_FRAGMENT: true,
  E_SIZE: true,
  E_COUNT: true,
  E_RATE: true,
  E_ACK_RANGE: true,
  E_STATE: true,
  E_FLOW_STATE: true,
  E_CREDIT: true,
};

/** The cells of every table row whose first cell matches. */
const rows = (first: RegExp): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([cell]) => first.test(cell ?? ''));

/** The text of the section under a heading, up to the next one. */
const section = (heading: string): string => text.split(`# ${heading}\n`)[1]?.split('\n#')[0] ?? '';

const numberOf = (cell: string | undefined): number => Number(cell?.replaceAll(',', ''));
const words = (name: string): string => name.replaceAll(/[^a-z]/gi, '').toLowerCase();

describe('docs/protocol.md', () => {
  it('lists every control unit under its id', () => {
    // The names of the wire are shorter than those of the code.
    const short: Readonly<Record<string, string>> = { keyRequest: 'KEYREQ', ackConfig: 'ACK_CFG' };
    const documented = rows(/^0x/).map(([id, name]) => [Number(id), words(name ?? '')]);
    const coded = Object.entries(UnitId)
      .filter(([, id]) => id >= UnitId.auth)
      .map(([type, id]) => [id, words(short[type] ?? type)]);
    expect(documented).toEqual(coded);
  });

  it('shows every data unit with its id', () => {
    const shown = [...section('Data units').matchAll(/^[A-Z_]+ +0x([0-9a-f]{2})/gm)];
    const dataUnits = Object.values(UnitId).filter((id) => id < UnitId.auth);
    expect(shown.map(([, hex]) => parseInt(hex ?? '', 16))).toEqual(dataUnits);
  });

  it('has the codes of sessions and streams', () => {
    const documented = rows(/^\d+$/)
      .filter(([, name]) => /^[A-Z_]+$/.test(name ?? ''))
      .map(([code, name]) => [Number(code), words(name ?? '')]);
    const short: Readonly<Record<string, string>> = { dependencyLost: 'DEP_LOST' };
    const coded = [...Object.entries(SessionCode), ...Object.entries(StreamResetCode)].map(
      ([name, code]) => [code, words(short[name] ?? name)],
    );
    expect(documented).toEqual(coded);
  });

  it('has the error names, each with the code that it closes with', () => {
    const documented = rows(/^E_/);
    expect(documented.length).toBeGreaterThan(15);
    for (const [name, , session] of documented) {
      const error = new ProtocolError(name as ProtocolErrorCode, 'unit: expected one, got another');
      const code = Object.entries(SessionCode).find(([key]) => words(key) === words(session ?? ''));
      expect([name, error.closeCode]).toEqual([name, code?.[1]]);
    }
    const names = documented.map(([name]) => name).sort();
    expect(names).toEqual(Object.keys(errorCodes).sort());
    // Nothing else in the text is called E_...
    expect([...new Set(text.match(/\bE_[A-Z_]+/g))].sort()).toEqual(names);
  });

  it('has the limits of a client', () => {
    const limits = rows(/^`[a-z]\w+`$/i)
      .filter(([name]) => (name ?? '').slice(1, -1) in clientLimits)
      .map(([name, value]) => [name?.slice(1, -1), numberOf(value)]);
    expect(Object.fromEntries(limits)).toEqual(clientLimits);
  });

  it('has the kinds of flows and the keys of FLOW_UPDATE', () => {
    const numbered = rows(/^\d$/).map(([id, name]) => `${id ?? ''} ${name ?? ''}`);
    for (const [name, id] of [...Object.entries(FlowKind), ...Object.entries(FlowUpdateKey)]) {
      expect(numbered).toContain(`${id} ${name}`);
    }
  });

  it('has the numbers of the latency modes', () => {
    for (const [name, mode] of Object.entries(latencyModes)) {
      const [row] = rows(new RegExp(`^${name}$`));
      const [delayTarget, video, audio, buffer, cap, packet] = (row ?? [])
        .slice(1)
        .map((cell) => Number(/(\d+) ms/.exec(cell)?.[1]));
      expect([name, delayTarget, video, audio, buffer, cap, packet]).toEqual([
        name,
        mode.delayTarget,
        mode.videoBudget,
        mode.audioBudget,
        mode.audioBuffer,
        mode.audioCap,
        mode.audioFrameMs,
      ]);
    }
  });

  it('has every setting, and the ranges of those that are numbers', () => {
    const documented = rows(/^`[a-z]\w+`$/i).map(([name, value]) => [name?.slice(1, -1), value]);
    const names = documented.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining([...streamSettingNames, 'custom']));
    for (const name of rangedNames) {
      const { least, most } = streamRanges[name];
      const range = `${least} to ${most.toLocaleString('en')}`;
      expect(documented).toContainEqual([name, range]);
    }
  });
});
