/** True if `CI=true` or `CI=1` is set, which makes missing requirements of tests an error. */
export const isCi = ['true', '1'].includes(process.env['CI'] ?? '');
