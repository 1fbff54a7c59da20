/** The two standard streams of a process, by what goes there. */
export interface LogStreams {
  readonly log: NodeJS.WriteStream;
  /** What is said to people: the link. A script can take the one without the other. */
  readonly words: NodeJS.WriteStream;
}

/** @param output where the log goes (`log.output`) */
export function logStreams(output: 'stderr' | 'stdout'): LogStreams {
  const { stdout, stderr } = process;
  return output === 'stdout' ? { log: stdout, words: stderr } : { log: stderr, words: stdout };
}
