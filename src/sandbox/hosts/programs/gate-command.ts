/** The command `gate` on the host of the traffic gate: hands its arguments to the proxy and prints its answer. */
import { connect } from 'node:net';

const [address = '', port = '', ...words] = process.argv.slice(2);

function fail(message: string): void {
  process.stderr.write(`gate: ${message}\n`);
  process.exitCode = 1;
}

let received = '';
const socket = connect({ host: address, port: Number(port) }, () => {
  socket.write(`${words.join(' ')}\n`);
});
socket
  .setEncoding('utf8')
  .on('data', (text: string) => {
    received += text;
  })
  .on('error', (error) => {
    fail(`the proxy does not answer: ${error.message}`);
  })
  .on('end', () => {
    const [, verdict, rest = ''] = /^(ok|error) ?(.*)\n$/s.exec(received) ?? [];
    if (verdict !== 'ok') fail(rest === '' ? 'the proxy gave no answer' : rest);
    else if (rest !== '') process.stdout.write(`${rest}\n`);
  });
