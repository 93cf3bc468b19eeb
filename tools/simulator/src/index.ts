export { createAccount } from './account/account.ts';
export { startSimulator, type Simulator } from './server/simulator.ts';
export type { Behaviour, Option, Sets } from './server/behaviour.ts';
export type { Fault, FaultRule } from './server/faults.ts';
