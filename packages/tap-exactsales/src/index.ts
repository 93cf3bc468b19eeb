export { program } from './settings.ts';
