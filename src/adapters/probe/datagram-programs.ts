/**
 * The two ends of a datagram probe, for whichever interpreter a host has. Arguments: role, kind, destination, port, own
 * address, seconds, text. `listen` prints `ready <process id>`, then `got <text>` for each datagram of a probe; `send`
 * prints `sent`.
 * What the system refuses is printed as `error <what>: <why>`, and is no failure of the program. A listener prints empty
 * lines as well: it ends when nobody reads them any more (SIGPIPE), also where sshd does not pass signals on.
 *
 * The socket is shared (SO_REUSEADDR) as a broker's own multicast socket is, so that a running broker is not in the way.
 * Multicast leaves with a time to live of 8, as JGroups, the broker's transport, sends it.
 */
export const DATAGRAM_MARK = 'hivekeeper-probe';

const python = `
import os, select, signal, socket, sys, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
role, kind, group, port, own, seconds, text = sys.argv[1:8]
port = int(port)
def attempt(what, call):
    try:
        call()
        return True
    except OSError as error:
        print('error %s: %s' % (what, error.strerror or error), flush=True)
        return False
def quietly(*calls):
    for call in calls:
        try:
            return call()
        except OSError:
            pass
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if role == 'listen':
    if not attempt('bind', lambda: s.bind(('', port))): sys.exit(0)
    if kind == 'multicast':
        def join(at): s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(at))
        try: join(own)
        except OSError:
            if not attempt('join', lambda: join('0.0.0.0')): sys.exit(0)
    print('ready %d' % os.getpid(), flush=True)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        print(flush=True)
        if select.select([s], [], [], 0.2)[0]:
            data = s.recv(2048)
            if data.startswith(b'${DATAGRAM_MARK}'): print('got ' + data.decode('ascii', 'replace'), flush=True)
else:
    if kind == 'multicast':
        s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
        quietly(lambda: s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own)))
    else:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    quietly(lambda: s.bind((own, 0)))
    for turn in range(3):
        if turn: time.sleep(0.1)
        if not attempt('send', lambda: s.sendto(text.encode('ascii'), (group, port))): sys.exit(0)
    print('sent', flush=True)
`;

const perl = `
use strict; use warnings; use Socket qw(:all); $| = 1;
my ($role, $kind, $group, $port, $own, $seconds, $text) = @ARGV;
sub refused { print "error $_[0]: $!\\n"; exit 0 }
socket(my $s, PF_INET, SOCK_DGRAM, 0) or refused('socket');
setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack('i', 1));
if ($role eq 'listen') {
  bind($s, pack_sockaddr_in($port, INADDR_ANY)) or refused('bind');
  if ($kind eq 'multicast') {
    setsockopt($s, IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton($group) . inet_aton($own))
      or setsockopt($s, IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton($group) . INADDR_ANY)
      or refused('join');
  }
  print "ready $$\\n";
  my $end = time + $seconds;
  while (time < $end) {
    print "\n";
    my $read = ''; vec($read, fileno($s), 1) = 1;
    next unless select($read, undef, undef, 0.2) > 0;
    next unless defined recv($s, my $data, 2048, 0);
    print "got $data\\n" if index($data, '${DATAGRAM_MARK}') == 0;
  }
} else {
  if ($kind eq 'multicast') {
    setsockopt($s, IPPROTO_IP, IP_MULTICAST_TTL, pack('i', 8));
    setsockopt($s, IPPROTO_IP, IP_MULTICAST_IF, inet_aton($own));
  } else {
    setsockopt($s, SOL_SOCKET, SO_BROADCAST, pack('i', 1));
  }
  bind($s, pack_sockaddr_in(0, inet_aton($own)));
  for my $turn (0 .. 2) {
    select(undef, undef, undef, 0.1) if $turn;
    defined send($s, $text, 0, pack_sockaddr_in($port, inet_aton($group))) or refused('send');
  }
  print "sent\\n";
}
`;

export const datagramPrograms = { python3: python, perl } as const;
