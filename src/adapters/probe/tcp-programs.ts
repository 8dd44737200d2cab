/**
 * The two ends of a TCP probe, for whichever interpreter a host has.
 *
 * `listen <address> <port> <seconds>`: accepts and closes connections; prints `ready <process id>`, or
 * `error bind: <why>`, and then empty lines, so that it ends when nobody reads them any more. An address that the host
 * does not have (it is translated on the way) is listened for on all of its own.
 * `connect <seconds> <address> <port> ...`: tries all at once and prints `<index> open`, or `<index> <system's error
 * number by name>`, `<index> timeout`.
 */
const python = `
import errno, os, select, signal, socket, sys, threading, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
role, rest = sys.argv[1], sys.argv[2:]
def family(address): return socket.AF_INET6 if ':' in address else socket.AF_INET
def listen(address, port, seconds):
    s = socket.socket(family(address), socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        try: s.bind((address, int(port)))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL: raise
            s.bind(('', int(port)))
        s.listen(64)
    except OSError as error:
        print('error bind: %s' % (error.strerror or error), flush=True)
        return
    print('ready %d' % os.getpid(), flush=True)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        print(flush=True)
        if select.select([s], [], [], 0.2)[0]: s.accept()[0].close()
def connect(index, address, port, seconds):
    s = socket.socket(family(address), socket.SOCK_STREAM)
    s.settimeout(float(seconds))
    try:
        s.connect((address, int(port)))
        word = 'open'
    except socket.timeout: word = 'timeout'
    except OSError as error: word = errno.errorcode.get(error.errno, str(error))
    print('%d %s' % (index, word), flush=True)
if role == 'listen': listen(*rest)
else:
    pairs = list(zip(rest[1::2], rest[2::2]))
    threads = [threading.Thread(target=connect, args=(i, a, p, rest[0])) for i, (a, p) in enumerate(pairs)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
`;

const perl = `
use strict; use warnings; use Socket qw(:all); use Errno; use Fcntl; $| = 1;
my ($role, @rest) = @ARGV;
sub place {
  my ($address, $port) = @_;
  return (PF_INET6, pack_sockaddr_in6($port, inet_pton(AF_INET6, $address))) if $address =~ /:/;
  return (PF_INET, pack_sockaddr_in($port, inet_aton($address)));
}
sub word { my $number = shift; for (keys %!) { no strict 'refs'; return $_ if &{"Errno::$_"}() == $number } return "error$number" }
if ($role eq 'listen') {
  my ($address, $port, $seconds) = @rest;
  my ($family, $where) = place($address, $port);
  socket(my $s, $family, SOCK_STREAM, 0) or die;
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack('i', 1));
  my $done = bind($s, $where);
  $done = bind($s, $family == PF_INET6 ? pack_sockaddr_in6($port, IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY)) if !$done && $!{EADDRNOTAVAIL};
  unless ($done && listen($s, 64)) { print "error bind: $!\\n"; exit 0 }
  print "ready $$\\n";
  my $end = time + $seconds;
  while (time < $end) {
    print "\n";
    my $read = ''; vec($read, fileno($s), 1) = 1;
    if (select($read, undef, undef, 0.2) > 0) { my $c; accept($c, $s); close $c }
  }
} else {
  my $seconds = shift @rest;
  my ($index, %open) = (0);
  while (@rest) {
    my ($family, $where) = place(splice @rest, 0, 2);
    socket(my $s, $family, SOCK_STREAM, 0) or die;
    fcntl($s, F_SETFL, fcntl($s, F_GETFL, 0) | O_NONBLOCK);
    if (connect($s, $where)) { print "$index open\\n" }
    elsif ($!{EINPROGRESS}) { $open{$index} = $s }
    else { print "$index ", word($! + 0), "\\n" }
    $index++;
  }
  my $end = time + $seconds;
  while (%open && time < $end) {
    my $write = '';
    vec($write, fileno($_), 1) = 1 for values %open;
    next unless select(undef, $write, undef, 0.2) > 0;
    for (sort keys %open) {
      next unless vec($write, fileno($open{$_}), 1);
      my $number = unpack('i', getsockopt($open{$_}, SOL_SOCKET, SO_ERROR));
      print "$_ ", ($number ? word($number) : 'open'), "\\n";
      delete $open{$_};
    }
  }
  print "$_ timeout\\n" for keys %open;
}
`;

export const tcpPrograms = { python3: python, perl } as const;
