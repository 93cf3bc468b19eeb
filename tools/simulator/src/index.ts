export { createAccount } from './sets/create-account.ts';
export { startSimulator } from './server/start.ts';
export type { Simulator } from './server/simulator.ts';
export type { Behaviour, Option, Sets } from './behaviour/behaviour.ts';
export type { Fault, FaultRule } from './behaviour/fault-plan.ts';
