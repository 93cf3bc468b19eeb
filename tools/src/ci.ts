/** True if `CI=true` or `CI=1` is set. Tests then fail if a program that they need is missing. */
export const isCi = ['true', '1'].includes(process.env['CI'] ?? '');
