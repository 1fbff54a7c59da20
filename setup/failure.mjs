/**
 * A reason why a job cannot run, for a person: one sentence, and the command that helps.
 * Thrown by the steps, caught once in main.mjs.
 */
export class SetupFailure extends Error {
  /**
   * @param {string} sentence what is wrong, as one sentence
   * @param {string} [command] what to run next, when a command helps
   * @param {string} [detail] the last words of the program that failed
   */
  constructor(sentence, command, detail) {
    super(sentence);
    this.name = 'SetupFailure';
    this.command = command;
    this.detail = detail;
  }
}
