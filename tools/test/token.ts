/** The token of every simulated account. A test that finds it in a message has found a leak. */
export const TOKEN = 'canary-token';
