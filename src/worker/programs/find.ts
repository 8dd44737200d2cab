import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Whether the file exists and may be executed by this user. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The first of the folders that holds the program, as a path. */
export async function inFolders(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** The absolute folders of PATH. */
export function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

/** The folders that may hold a program that an earlier run built, in the order in which they are looked at. */
export function cacheFolders({
  env = process.env,
  projectFolder = process.cwd(),
}: {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly projectFolder?: string | undefined;
} = {}): string[] {
  const home = env['HOME'] ?? homedir();
  return [projectFolder, home].map((folder) => path.join(folder, '.hivekeeper', 'cache', 'bin'));
}

/** Where `go install` puts programs; none where Go cannot be asked. */
export async function goBinFolders(go: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(go, ['env', 'GOBIN', 'GOPATH'], { env });
    const [gobin = '', gopath = ''] = stdout.split('\n');
    const folders = gopath.split(path.delimiter).map((folder) => (folder === '' ? '' : path.join(folder, 'bin')));
    return [gobin, ...folders].filter((folder) => folder !== '');
  } catch {
    return [];
  }
}
