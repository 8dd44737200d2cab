/**
 * The argument list and input that run a POSIX sh program. The program is one compound command: a transmission that is
 * cut runs nothing, and commands inside read nothing, instead of eating the rest of the program.
 */
export function scriptCommand(
  program: string,
  parameters: readonly string[],
): { argv: [string, ...string[]]; stdin: string } {
  return { argv: ['sh', '-s', '--', ...parameters], stdin: `{\n${program}\n} </dev/null\nexit $?\n` };
}

/** For programs whose standard input is data: the program travels as an argument, so it must hold no secret. */
export function inlineCommand(program: string, parameters: readonly string[]): [string, ...string[]] {
  return ['sh', '-c', program, 'sh', ...parameters];
}
