const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Aborts on the first SIGTERM or SIGINT, so that the run can end in order; a second one ends the
 * process at once, with the shell's usual code.
 */
export function terminationSignal(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort(name);
    });
  }
  return controller.signal;
}
