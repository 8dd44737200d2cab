import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../conformance/support/certificates.js';
import { Sim } from '../../conformance/support/sim.js';

describe('the control center', () => {
  const authority = new Authority('test authority');
  let sim: Sim;
  beforeAll(async () => {
    sim = await Sim.create({ nodes: 1 });
    const node = sim.node(0);
    const hash = createHash('sha256').update('adminsecret').digest('hex');
    const bind = `<bind-address>${node.address}</bind-address>`;
    const key = `<keystore><path>key.p12</path><password>${Authority.password}</password><private-key-password>${Authority.password}</private-key-password></keystore>`;
    sim.configure(
      node,
      [node],
      `<control-center><listeners><http><port>8080</port>${bind}</http><https><port>8443</port>${bind}<tls>${key}</tls></https></listeners>
       <users><user><name>admin</name><password>${hash}</password></user></users></control-center>`,
    );
    writeFileSync(path.join(node.home, 'key.p12'), authority.issue('control center', node.address).store);
    await sim.startAll();
  });
  afterAll(() => sim.remove());

  it('shows a page over HTTP and over HTTPS', async () => {
    const { address } = sim.node(0);
    const response = await fetch(`http://${address}:8080/`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('HiveMQ Control Center');
    const secure = (ca: string) =>
      new Promise((resolve, reject) => {
        request({ host: address, port: 8443, ca }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .once('error', reject)
          .end();
      });
    expect(await secure(authority.certificate)).toBe(200);
    await expect(secure(new Authority('foreign').certificate)).rejects.toThrow();
  });

  it('lets in who knows the password, nobody else', async () => {
    const login = async (username: string, password: string): Promise<number> => {
      const body = new URLSearchParams({ username, password });
      return (await fetch(`http://${sim.node(0).address}:8080/login`, { method: 'POST', body })).status;
    };
    expect(await login('admin', 'secret')).toBe(200);
    expect(await login('admin', 'wrong')).toBe(401);
    expect(await login('admins', 'ecret')).toBe(401);
  });
});
