/**
 * The keeper is the first process of a host. It adopts what its children leave behind (a subreaper), reaps it at once,
 * starts services on request and ends everything when its standard input closes, which the kernel does even when the
 * stage is killed. Perl, because making a process a subreaper takes a system call and Perl is in Debian's base.
 *
 * Protocol on standard input: `run <shell command>`, answered by `pid <number>`. At its start it says `ready subreaper`
 * or `ready plain`.
 */
export const PERL_KEEPER = `
use strict; use warnings; use POSIX ();
my %prctl = (x86_64 => 157, aarch64 => 167, riscv64 => 167, i686 => 172, armv7l => 172, ppc64le => 171, s390x => 172);
my $number = $prctl{(POSIX::uname())[4]};
my $subreaper = defined $number && syscall($number, 36, 1, 0, 0, 0) == 0;
$SIG{CHLD} = sub { 1 while waitpid(-1, POSIX::WNOHANG()) > 0 };
$SIG{$_} = 'IGNORE' for qw(INT HUP PIPE TERM);
$| = 1;
print $subreaper ? "ready subreaper\\n" : "ready plain\\n";
while (defined(my $line = <STDIN>)) {
  chomp $line;
  next unless $line =~ s/^run //;
  my $pid = fork;
  die "fork: $!" unless defined $pid;
  if ($pid == 0) {
    $SIG{$_} = 'DEFAULT' for qw(CHLD INT HUP PIPE TERM);
    POSIX::setsid();
    open STDIN, '<', '/dev/null';
    exec '/bin/sh', '-c', $line;
    POSIX::_exit(127);
  }
  print "pid $pid\\n";
}
sub offspring {
  my %children;
  opendir my $proc, '/proc' or return;
  for my $pid (grep { /^\\d+$/ } readdir $proc) {
    open my $stat, '<', "/proc/$pid/stat" or next;
    my $text = do { local $/; <$stat> };
    next unless defined $text && $text =~ /.*\\) (\\S) (\\d+)/s && $1 ne 'Z';
    push @{$children{$2}}, $pid;
  }
  my (@found, @open);
  @open = ($$);
  while (defined(my $pid = shift @open)) { push @found, @{$children{$pid} || []}; push @open, @{$children{$pid} || []}; }
  return @found;
}
for (1 .. 500) {
  my @left = offspring() or last;
  kill 'KILL', @left;
  select undef, undef, undef, 0.01;
}
1 while waitpid(-1, POSIX::WNOHANG()) > 0;
`;

/**
 * The keeper of a machine without Perl. It adopts nothing: what daemons leave behind goes to the machine's first
 * process, and the host's processes are told by the marks in their environment, which it takes as arguments.
 */
export const SHELL_KEEPER = `
trap '' INT HUP PIPE TERM
services=
echo 'ready plain'
while read -r word rest; do
  [ "$word" = run ] || continue
  (trap - INT HUP PIPE TERM; exec setsid /bin/sh -c "$rest") </dev/null &
  services="$services $!"
  echo "pid $!"
done
# A server may have written its title over its environment.
kill -KILL $services 2>/dev/null
for folder in /proc/[0-9]*; do
  marks=$(tr '\\0' '\\n' <"$folder/environ" 2>/dev/null | grep -cxF -e "$1" -e "$2")
  [ "$marks" = 2 ] && kill -KILL "\${folder#/proc/}" 2>/dev/null
done
exit 0
`;
