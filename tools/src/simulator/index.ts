export { createAccount } from './account/account.ts';
export { startSimulator, type Simulator } from './server/simulator.ts';
