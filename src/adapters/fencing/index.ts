export { commandFencing, type FencingHook, type FencingHooks } from './command-fencing.js';
