/** conf/config.xml as shipped: one listener, no cluster (Community Edition). */
export const configXml = `<?xml version="1.0"?>
<hivemq xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">

    <listeners>
        <tcp-listener>
            <port>1883</port>
            <bind-address>127.0.0.1</bind-address>
        </tcp-listener>
    </listeners>

</hivemq>
`;

/** conf/logback.xml: what of it the stand-in reads are the levels, `scan` and `scanPeriod`. */
export const logbackXml = `<configuration scan="true" scanPeriod="60 seconds">

    <appender name="FILE" class="ch.qos.logback.core.rolling.RollingFileAppender">
        <file>\${hivemq.log.folder}/hivemq.log</file>
        <rollingPolicy class="ch.qos.logback.core.rolling.TimeBasedRollingPolicy">
            <fileNamePattern>\${hivemq.log.folder}/hivemq.%d{yyyy-MM-dd}.log</fileNamePattern>
            <maxHistory>30</maxHistory>
        </rollingPolicy>
        <encoder>
            <pattern>%-30(%d %level)- %msg%n%ex</pattern>
        </encoder>
    </appender>

    <root level="\${HIVEMQ_LOG_LEVEL:-INFO}">
        <appender-ref ref="FILE"/>
    </root>

</configuration>
`;

/** The extension that every HiveMQ package brings along. */
export const allowAllExtensionXml = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<hivemq-extension>
    <id>hivemq-allow-all-extension</id>
    <name>Allow All Extension</name>
    <version>1.0.0</version>
    <priority>0</priority>
    <start-priority>1000</start-priority>
    <author>HiveMQ</author>
</hivemq-extension>
`;
