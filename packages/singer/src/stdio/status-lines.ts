import { frameStderr, stderrSize, writeStderr } from './stdio.ts';

/** Lines at the bottom of the terminal that are redrawn in place. */
export interface StatusLines {
  /** @param lines plain text without line ends; cut off at the width of the terminal */
  draw(lines: readonly string[]): void;
  /** Removes the lines. */
  end(): void;
}

/**
 * Starts showing status lines. Call this only if stderr is a terminal. The cursor is left on an
 * empty line above the status lines, so that the output of another program on the same terminal
 * remains readable: that output fills the empty line, and the status lines are redrawn below it.
 */
export async function openStatusLines(): Promise<StatusLines> {
  const { cursorLeft, cursorUp, eraseDown } = await import('ansi-escapes');
  let shown: readonly string[] = [];
  const end = (): void => {
    frameStderr((text) => text);
    writeStderr(eraseDown);
  };
  frameStderr((text) => {
    const lines = fitting(shown);
    const below = lines.map((line) => `\n${line}`).join('');
    const back = lines.length > 0 ? `${cursorLeft}${cursorUp(lines.length)}` : '';
    return `${eraseDown}${text}${below}${back}`;
  });
  process.once('exit', end);
  return {
    draw(lines) {
      shown = lines;
      writeStderr('');
    },
    end() {
      process.off('exit', end);
      end();
    },
  };
}

/**
 * Cuts the lines to the terminal's size: a wrapped line would put the cursor in the wrong place.
 */
function fitting(lines: readonly string[]): string[] {
  const { columns, rows } = stderrSize();
  return lines.slice(0, rows - 2).map((line) => line.slice(0, columns - 1));
}
