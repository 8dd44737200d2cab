/** What `show servers state` tells of one server; HAProxy's management guide, 9.3. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly address: string;
  readonly port: number;
  /** 0 stopped, 1 starting, 2 running, 3 stopping. */
  readonly operational: number;
  /** Mask: 0x01, 0x02, 0x04 and 0x20, 0x40 are maintenance, 0x08 and 0x10 drain. */
  readonly admin: number;
}

const drainMask = 0x08 | 0x10;
const maintenanceMask = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;

export type AdminState = 'ready' | 'drain' | 'maint';

/** As `set server … state` names it; maintenance wins, since nothing is sent there in either case. */
export function adminState({ admin }: Pick<ServerState, 'admin'>): AdminState {
  if ((admin & maintenanceMask) !== 0) return 'maint';
  return (admin & drainMask) === 0 ? 'ready' : 'drain';
}

/** Rows of words under a header, by the names in the header: columns were added from version to version. */
function table(header: string, rows: readonly string[], separator: string): Readonly<Record<string, string>>[] {
  const names = header.replace(/^# /, '').split(separator);
  return rows.map((row) => {
    const values = row.split(separator);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

/** Null where the text is no answer to `show servers state`. */
export function parseServersState(text: string): ServerState[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const header = lines.findIndex((line) => line.startsWith('# be_id'));
  if (header < 0) return null;
  return table(lines[header] ?? '', lines.slice(header + 1), ' ').map((row) => ({
    backend: row['be_name'] ?? '',
    server: row['srv_name'] ?? '',
    address: row['srv_addr'] ?? '',
    port: Number(row['srv_port']),
    operational: Number(row['srv_op_state']),
    admin: Number(row['srv_admin_state']),
  }));
}

/** One line of `show stat`: a frontend, a backend or a server. */
export interface Stat {
  readonly proxy: string;
  /** `FRONTEND`, `BACKEND` or the name of the server. */
  readonly service: string;
  /** E.g. `UP`, `UP 1/3`, `DOWN`, `DRAIN`, `MAINT`, `no check`. */
  readonly status: string;
  /** Sessions that are open now. */
  readonly sessions: number;
  /** Most sessions at once; null: no limit of its own. */
  readonly limit: number | null;
  /** E.g. `L4OK`; empty where nothing is checked. */
  readonly check: string;
}

/** Null where the text is no answer to `show stat`. No field holds a comma in quotes that we look at: they come first. */
export function parseStat(text: string): Stat[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [header, ...rows] = lines;
  if (header?.startsWith('# pxname') !== true) return null;
  return table(header, rows, ',').map((row) => ({
    proxy: row['pxname'] ?? '',
    service: row['svname'] ?? '',
    status: row['status'] ?? '',
    sessions: Number(row['scur'] ?? 0),
    limit: row['slim'] === undefined || row['slim'] === '' ? null : Number(row['slim']),
    check: row['check_status'] ?? '',
  }));
}

/** What a process of HAProxy says of itself. */
export interface Info {
  readonly pid: number;
  readonly version: string;
  /** Connections that it takes at once, and those that are open. */
  readonly maxconn: number;
  readonly connections: number;
}

/** Null where the text is no answer to `show info`. */
export function parseInfo(text: string): Info | null {
  const facts = new Map(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()] as const];
    }),
  );
  const number = (name: string): number => Number(facts.get(name) ?? Number.NaN);
  const info = {
    pid: number('Pid'),
    version: facts.get('Version') ?? '',
    maxconn: number('Maxconn'),
    connections: number('CurrConns'),
  };
  return [info.pid, info.maxconn, info.connections].some(Number.isNaN) ? null : info;
}
