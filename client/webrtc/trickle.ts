/**
 * The candidates of one connection on their way to the gateway as they are found (RFC 8840). A pure core: what has been found since the
 * last fragment goes into the next one.
 */
export class Trickle {
  readonly #lines: string[] = [];
  #isComplete = false;

  /** @param candidate as RTCIceCandidate has it; undefined: there are no more */
  found(candidate: string | undefined): void {
    if (candidate === undefined) this.#isComplete = true;
    // The one at the end of a generation is empty.
    else if (candidate !== '') this.#lines.push(`a=${candidate}`);
  }

  /**
   * The next fragment; undefined when there is nothing to say.
   *
   * @param sdp the offer, of which it names the ICE session and the first section
   */
  next(sdp: string): string | undefined {
    if (this.#lines.length === 0 && !this.#isComplete) return undefined;
    const session = ['ice-ufrag', 'ice-pwd'].map((name) => lineOf(sdp, name));
    const section = [/^m=.*$/m.exec(sdp)?.[0].trim() ?? '', lineOf(sdp, 'mid')];
    const found = this.#lines.splice(0);
    const end = this.#isComplete ? ['a=end-of-candidates'] : [];
    this.#isComplete = false;
    const lines = [...session, ...section, ...found, ...end].filter((line) => line !== '');
    return `${lines.join('\r\n')}\r\n`;
  }
}

const lineOf = (sdp: string, name: string): string =>
  new RegExp(`^a=${name}:.*$`, 'm').exec(sdp)?.[0].trim() ?? '';
