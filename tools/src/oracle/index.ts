export { differences } from './compare.ts';
