import { css } from 'lit';

/**
 * Colours of the candidates: of the palette of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people tell apart however they see
 * colours; each line has a pattern of its own besides. Lighter on a dark page, darker on a light one, at least 3 : 1 against it.
 */
export const candidateColours = css`
  :host {
    --candidate-1: light-dark(#0072b2, #56b4e9);
    --candidate-2: light-dark(#b25e00, #f0a33a);
    --candidate-3: light-dark(#a8487f, #e39bc6);
    --candidate-4: light-dark(#00735a, #d9e06a);
  }

  .swatch {
    display: inline-grid;
    place-items: center;
    width: 20px;
    height: 20px;
    flex: none;
    border: 1px solid var(--line-strong);
    border-radius: 6px;
    font-size: 0.72rem;
    font-weight: 700;
    line-height: 1;
  }

  .swatch[class*='candidate-'] {
    border-color: transparent;
    color: light-dark(#fff, #10131a);
  }

  .swatch.candidate-1 {
    background: var(--candidate-1);
  }

  .swatch.candidate-2 {
    background: var(--candidate-2);
  }

  .swatch.candidate-3 {
    background: var(--candidate-3);
  }

  .swatch.candidate-4 {
    background: var(--candidate-4);
  }

  line.candidate-1 {
    stroke: var(--candidate-1);
  }

  line.candidate-2 {
    stroke: var(--candidate-2);
    stroke-dasharray: 7 3;
  }

  line.candidate-3 {
    stroke: var(--candidate-3);
    stroke-dasharray: 2 2.5;
  }

  line.candidate-4 {
    stroke: var(--candidate-4);
    stroke-dasharray: 9 3 2 3;
  }
`;

/** Patterns of the lines, as canvas dashes; the same as above. */
export const candidateDashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [9, 3, 2, 3]];
