/** Where things lie below the home of the balancer. */
export const configPath = 'haproxy.cfg';
export const adminSocketPath = 'admin.sock';
export const masterSocketPath = 'master.sock';
export const statePath = 'server-state';
export const pidPath = 'haproxy.pid';
export const keepalivedPath = 'keepalived.conf';
export const aliveProgramPath = 'haproxy-alive';

/** Certificate of the frontend at this port; HAProxy looks for the key beside it, with `.key` behind the name. */
export const certificatePath = (port: number): string => `certificates/${port}.pem`;
export const privateKeyPath = (port: number): string => `${certificatePath(port)}.key`;

/** As Debian and Red Hat install them; the PATH of a log-in without a shell often lacks the folder. */
export const haproxyProgram = '/usr/sbin/haproxy';
export const keepalivedProgram = '/usr/sbin/keepalived';
