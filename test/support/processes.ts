import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly commandLine: string;
}

/** The living children of a process, the youngest last. */
export function childrenOf(parent: number): readonly ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): ProcessEntry[] => {
      const stat = readProc(`/proc/${name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[1]) !== parent || fields[0] === 'Z') return [];
      const commandLine = readProc(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      return [{ pid: Number(name), commandLine }];
    })
    .sort((a, b) => a.pid - b.pid);
}

/** Resident memory of a process in bytes (VmRSS). */
export function residentBytes(pid: number): number {
  const status = readProc(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Memory of a process in bytes, with its share of what others use too (Pss of smaps_rollup, proc(5)). */
export function proportionalBytes(pid: number): number {
  const memory = readProc(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+) kB/m.exec(memory)?.[1] ?? Number.NaN) * 1024;
}

/** Processor time that a process has used, in seconds; clock ticks are 10 ms on Linux. */
export function processorSeconds(pid: number): number {
  const stat = readProc(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between two looks.
    return '';
  }
}
