import { css, type CSSResultGroup } from 'lit';
import { choiceStyles } from './choice-styles.ts';
import { rangeStyles } from './range-styles.ts';
import { switchStyles } from './switch-styles.ts';

/** What every control has: its name, its value, the mark that says whether it holds, the note below. */
const frameStyles = css`
  .control {
    margin: 0;
    padding: 0;
    border: 0;
    min-width: 0;
  }

  .control + .control {
    margin-top: 18px;
  }

  .head {
    display: flex;
    align-items: baseline;
    gap: 8px;
    width: 100%;
    padding: 0;
    margin-bottom: 6px;
  }

  .head .label {
    flex: 1;
    font-weight: 550;
  }

  .head output {
    color: var(--text-soft);
    font-size: 0.9rem;
    font-variant-numeric: tabular-nums;
    text-align: right;
  }

  .note {
    margin: 5px 0 0;
    color: var(--text-soft);
    font-size: 0.84rem;
    line-height: 1.4;
  }

  .note:empty {
    display: none;
  }

  .refused {
    color: var(--warn);
  }

  .control.closed .label,
  .control.closed output {
    opacity: 0.6;
  }

  .mark {
    display: inline-grid;
    place-items: center;
    width: 16px;
    height: 16px;
    flex: none;
    align-self: center;
    color: var(--good);
  }

  .mark svg {
    width: 16px;
    height: 16px;
  }

  .mark.applied {
    animation: settle 2.4s ease-in forwards;
  }

  .mark.waiting::before {
    width: 10px;
    height: 10px;
    border: 2px solid var(--line-strong);
    border-top-color: transparent;
    border-radius: 50%;
    content: '';
    animation: turn 700ms linear infinite;
  }

  .mark.refused {
    color: var(--warn);
  }

  @keyframes settle {
    0%,
    60% {
      opacity: 1;
    }

    100% {
      opacity: 0;
    }
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
`;

/** Styles of the controls in controls.ts. */
export const controls: CSSResultGroup = [frameStyles, rangeStyles, choiceStyles, switchStyles];
