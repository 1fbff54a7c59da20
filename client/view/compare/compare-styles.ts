import { css } from 'lit';
import { candidateColours } from './candidate-colours.ts';
import { captions } from '../sheet-styles.ts';
import { reportStyles } from './report-styles.ts';

/** Styles that the pages of the compare sheet share. */
export const compareStyles = [
  candidateColours,
  captions,
  css`
    :host {
      display: block;
    }

    .soft,
    .about,
    .lead,
    .estimate {
      color: var(--text-soft);
    }

    .lead {
      max-width: 64ch;
      margin: 0 0 18px;
      text-wrap: pretty;
    }

    .problem {
      margin: 0 0 18px;
      padding: 12px 16px;
      border: 1px solid color-mix(in srgb, var(--warn) 45%, transparent);
      border-radius: var(--radius);
      background: color-mix(in srgb, var(--warn) 10%, transparent);
    }

    .problem p {
      margin: 0;
    }

    pre {
      margin: 8px 0;
      padding: 8px 12px;
      border-radius: 8px;
      background: var(--page);
      font: 0.92em var(--mono);
      overflow: auto;
    }

    fieldset {
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }

    legend,
    h3 {
      margin: 0 0 8px;
    }

    .groups {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
      gap: 20px 28px;
    }

    .chips {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }

    .chip {
      display: inline-flex;
      align-items: center;
      gap: 9px;
      min-height: 40px;
      padding: 0 14px 0 10px;
      border: 1px solid var(--line);
      border-radius: 99px;
      background: var(--raised);
      color: var(--text);
      font-weight: 550;
    }

    .chip:hover:not(:disabled) {
      background: var(--hover);
    }

    .chip[aria-pressed='true'] {
      border-color: var(--line-strong);
      background: var(--hover);
    }

    .chip:disabled {
      cursor: default;
      opacity: 0.5;
    }

    .numbers {
      display: flex;
      flex-wrap: wrap;
      align-items: end;
      gap: 14px 20px;
      margin-top: 24px;
    }

    .numbers label {
      display: grid;
      gap: 6px;
      color: var(--text-soft);
      font-size: 0.88rem;
    }

    input[type='number'] {
      width: 7.5rem;
      min-height: 42px;
      padding: 0 12px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--page);
      color: var(--text);
      font: inherit;
      font-size: 16px;
    }

    .kinds {
      align-self: center;
    }

    .kinds label {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      min-height: 42px;
      margin-right: 18px;
      color: var(--text);
      font-size: 0.95rem;
    }

    input[type='radio'] {
      width: 18px;
      height: 18px;
      margin: 0;
      accent-color: var(--accent);
    }

    .start {
      min-width: 7.5rem;
      min-height: 42px;
    }

    .estimate {
      margin: 0;
      padding-bottom: 9px;
      font-size: 0.9rem;
    }

    .history {
      margin-top: 28px;
      padding-top: 20px;
      border-top: 1px solid var(--line);
    }

    .history ul {
      display: grid;
      gap: 4px;
      margin: 0;
      padding: 0;
      list-style: none;
    }

    .history li {
      display: flex;
      align-items: center;
      gap: 4px;
    }

    .entry {
      display: flex;
      flex: 1;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 12px;
      min-width: 0;
      padding: 8px 10px;
      border: 0;
      border-radius: var(--radius);
      background: transparent;
      text-align: left;
    }

    .entry:hover {
      background: var(--raised);
    }

    .names {
      font-weight: 600;
    }

    .line {
      flex-basis: 100%;
      overflow: hidden;
      font-size: 0.88rem;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    .strip {
      display: grid;
      grid-template-columns: 1fr auto;
      align-items: center;
      gap: 12px 16px;
    }

    .now {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 10px;
      margin: 0;
    }

    .steps,
    progress {
      display: flex;
      grid-column: 1 / -1;
      gap: 4px;
      width: 100%;
      height: 6px;
    }

    progress {
      accent-color: var(--accent);
    }

    .step {
      position: relative;
      flex: 1;
      overflow: hidden;
      border-radius: 3px;
      background: var(--hover);
    }

    .step.done,
    .step.now::after {
      background: var(--accent);
    }

    .step.now::after {
      position: absolute;
      inset: 0 auto 0 0;
      width: 100%;
      animation: grow var(--seconds, 1s) linear both;
      content: '';
    }

    @keyframes grow {
      from {
        width: 0;
      }
    }
  `,
  reportStyles,
];
