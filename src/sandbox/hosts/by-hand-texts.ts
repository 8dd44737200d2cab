import { logbackXml } from '../distribution/texts.js';

/** What the config.xml of a broker says that was installed by hand. */
export interface HandMadeConfig {
  readonly address: string;
  readonly members: readonly string[];
  readonly secrets: { readonly keystore: string; readonly key: string };
  /** More elements. */
  readonly more: string;
}

/** As people write it: indented by hand, with comments, and with passwords in clear. */
export function handMadeConfig({ address, members, secrets, more }: HandMadeConfig): string {
  const nodes = members.map((member) => `        <node><host>${member}</host><port>7800</port></node>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Our production brokers. Ask the platform team before you change anything! -->
<hivemq xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <listeners>
    <tcp-listener>
      <port>1883</port>
      <bind-address>${address}</bind-address>
    </tcp-listener>
    <tls-tcp-listener>
      <port>8883</port>
      <bind-address>${address}</bind-address>
      <tls>
        <keystore>
          <path>conf/keystore.p12</path>
          <password>${secrets.keystore}</password>
          <private-key-password>${secrets.key}</private-key-password>
        </keystore>
      </tls>
    </tls-tcp-listener>
  </listeners>
  <cluster>
    <enabled>true</enabled>
    <transport>
      <tcp>
        <bind-address>${address}</bind-address>
        <bind-port>7800</bind-port>
      </tcp>
    </transport>
    <discovery>
      <static>
${nodes}
      </static>
    </discovery>
    <replication><replica-count>2</replica-count></replication>
  </cluster>
  <mqtt>
    <queued-messages><max-queue-size>5000</max-queue-size></queued-messages>
  </mqtt>
  <rest-api>
    <enabled>true</enabled>
    <listeners><http><port>8888</port><bind-address>${address}</bind-address></http></listeners>
  </rest-api>
  <health-api>
    <enabled>true</enabled>
    <listeners><http><port>8889</port><bind-address>${address}</bind-address></http></listeners>
  </health-api>
${more}</hivemq>
`;
}

/** The shipped file with one more logger. */
export const handMadeLogback = logbackXml.replace(
  '    <root ',
  '    <logger name="com.hivemq.extensions" level="DEBUG"/>\n\n    <root ',
);

/** After the hivemq.service of the Community Edition's package. */
export function handMadeUnit(home: string, user: string): string {
  return `[Unit]
Description=HiveMQ
After=network.target

[Service]
LimitNOFILE=1000000
ExecStart=${home}/bin/run.sh
User=${user}
KillSignal=SIGTERM
KillMode=process
Restart=always
SuccessExitStatus=143
TimeoutStopSec=3600

[Install]
WantedBy=multi-user.target
`;
}

/** What \`systemctl edit hivemq\` leaves. */
export const handMadeOverride = `[Service]
Environment="JAVA_OPTS=-Xmx256m -Dcompany.site=north"
RestartSec=2
`;
