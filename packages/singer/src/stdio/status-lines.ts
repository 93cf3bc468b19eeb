import { frameStderr, stderrSize, writeStderr } from './stdio.ts';

/** Lines that stay below everything else on the terminal, and are redrawn in place. */
export interface StatusLines {
  /** @param lines plain text without line ends; what is wider than the terminal is cut off */
  draw(lines: readonly string[]): void;
  /** Takes the lines away. */
  end(): void;
}

/**
 * Opens the place for status lines; only for a terminal. The cursor waits on an empty line above
 * them, so that a line which another program writes to the same terminal is not torn either: it
 * fills the empty line, and the next drawing goes below it.
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

/** A line that wraps, or one too many, would take the cursor to another place than is reckoned with. */
function fitting(lines: readonly string[]): string[] {
  const { columns, rows } = stderrSize();
  return lines.slice(0, rows - 2).map((line) => line.slice(0, columns - 1));
}
