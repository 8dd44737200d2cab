import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { project } from './paths.mjs';

/** A step of the preparation failed. The message is for people and needs no stack. */
export class StepFailed extends Error {}

/** Anything shorter is not worth a line. */
const PATIENCE_MS = 2000;
const REPORT_EVERY_MS = 15_000;

const seconds = (since) => Math.round((Date.now() - since) / 1000);

/** Does something, and says so when it takes longer than two seconds. */
export async function announced(title, action) {
  const started = Date.now();
  let spoke = false;
  const timers = [
    setTimeout(() => {
      spoke = true;
      process.stderr.write(`${title} ...\n`);
    }, PATIENCE_MS),
    setInterval(() => process.stderr.write(`  ${title}: ${seconds(started)} s\n`), REPORT_EVERY_MS),
  ];
  try {
    return await action();
  } finally {
    for (const timer of timers) clearTimeout(timer);
    if (spoke) process.stderr.write(`${title}: done after ${seconds(started)} s\n`);
  }
}

/** Runs a program to its end and keeps its output for the case that it fails. */
export function runQuietly(title, program, args) {
  return announced(
    title,
    () =>
      new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
        let output = '';
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', (text) => {
            output += text;
          });
        }
        child.on('error', (error) => reject(new StepFailed(`${title}: ${error.message}`)));
        child.on('close', (code, signal) => {
          if (code === 0) resolve();
          else reject(new StepFailed(`${output.trim()}\n${title}: failed (${signal ?? `exit code ${code}`}).`));
        });
      }),
  );
}

/** Runs a program in the terminal of this one, hands signals on, and ends with its exit code. */
export function runForeground(program, args, { env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: project, env, stdio: 'inherit' });
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const hand = () => {
        // Ctrl-C in a terminal reaches the child anyway; twice would mean "at once" to it.
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      };
      process.on(signal, hand);
      return () => process.off(signal, hand);
    });
    child.on('error', (error) => reject(new StepFailed(error.message)));
    child.on('close', (code, signal) => {
      for (const off of handlers) off();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** The command line of npm: the npm that started this, or the one on PATH. */
export function npm(...args) {
  const script = process.env.npm_execpath;
  return script !== undefined && /\.c?js$/.test(script) ? [process.execPath, [script, ...args]] : ['npm', args];
}
