/*
 * A network path in user space: joins one TUN device in each of two network namespaces.
 *
 *     link <namespace a> <namespace b> <device> <seed>
 *
 *   device in a -> drop UDP? -> queue (bytes, drop tail) -> rate -> loss -> delay + jitter -> device in b      "ab"
 *   device in a <- ........................ the same, with settings of its own ................. device in b   "ba"
 *
 * Commands, one a line on standard input; `at MS` puts one off by so many milliseconds from its reading:
 *
 *     [at MS] ab|ba|both rate BITS_PER_SECOND      0: as fast as it goes
 *     [at MS] ab|ba|both queue BYTES               what may wait for the rate, the packet being sent included
 *     [at MS] ab|ba|both delay MICROSECONDS
 *     [at MS] ab|ba|both jitter MICROSECONDS       more delay from 0 to this, drawn anew every 20 ms; order is kept
 *     [at MS] ab|ba|both loss P                    each packet by itself (Bernoulli)
 *     [at MS] ab|ba|both gilbert P R GOOD BAD      good to bad with P, back with R, at each packet; loss in either state
 *     [at MS] ab|ba|both udp pass|drop
 *     counters ID                                  answered by one line of JSON
 *
 * `{"ready":true}` comes when both devices exist; a bad command is answered by {"error":...}. The end of standard input ends the
 * program, and the devices go with it. Sizes are those of IP packets; what is not IPv4 is dropped and not counted.
 *
 * Chance is a function of the seed and a packet's number (loss), or of the seed and the 20 ms slot (jitter), not of when this
 * program was scheduled: the same packets on the same seed meet the same fate. A lost packet has used the link, as in the air.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* All times are nanoseconds of CLOCK_MONOTONIC. */
typedef int64_t Time;
#define MICROSECOND ((Time)1000)
#define MILLISECOND ((Time)1000000)
#define SECOND ((Time)1000000000)
#define NEVER INT64_MAX

#define MAX_PACKET 2048
#define JITTER_SLOT (20 * MILLISECOND)
/* Packets read in one turn, so that a flood one way does not hold up the other. */
#define TURN 64
#define MAX_SCHEDULED 256
#define PROTOCOL_UDP 17

typedef struct Packet {
  struct Packet *next;
  Time time; /* while it waits: when it came; in flight: when it is due */
  int length;
  uint8_t bytes[MAX_PACKET];
} Packet;

typedef struct {
  Packet *first, *last;
  int64_t bytes;
} Fifo;

typedef struct {
  int64_t packets, bytes, delivered, delivered_bytes, lost, tail_dropped, udp_dropped, refused, late;
  Time latest, longest_wait;
} Counters;

typedef struct {
  int in, out;
  uint64_t seed;
  int64_t rate, queue_limit;
  Time delay, jitter;
  double to_bad, to_good, loss_good, loss_bad;
  bool is_bad, drops_udp;
  uint64_t draws;
  Time free_at, last_due;
  Fifo waiting, flying;
  Counters counters;
} Direction;

typedef struct {
  Time due;
  char line[160];
} Scheduled;

static Direction directions[2]; /* ab, ba */
static Time started;
static Scheduled scheduled[MAX_SCHEDULED];
static int scheduled_count;

static Time now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * SECOND + t.tv_nsec;
}

/* A number from 0 to 1 that only seed and index decide (SplitMix64). */
static double chance(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static void push(Fifo *fifo, Packet *packet) {
  packet->next = NULL;
  if (fifo->last) fifo->last->next = packet;
  else fifo->first = packet;
  fifo->last = packet;
  fifo->bytes += packet->length;
}

static Packet *pop(Fifo *fifo) {
  Packet *packet = fifo->first;
  fifo->first = packet->next;
  if (!fifo->first) fifo->last = NULL;
  fifo->bytes -= packet->length;
  return packet;
}

static bool is_lost(Direction *d) {
  double step = chance(d->seed, 2 * d->draws), loss = chance(d->seed, 2 * d->draws + 1);
  d->draws++;
  if (step < (d->is_bad ? d->to_good : d->to_bad)) d->is_bad = !d->is_bad;
  return loss < (d->is_bad ? d->loss_bad : d->loss_good);
}

/* When the packet at the head has gone through the bottleneck. */
static Time sent_at(const Direction *d) {
  const Packet *head = d->waiting.first;
  if (!head) return NEVER;
  Time start = head->time > d->free_at ? head->time : d->free_at;
  return d->rate == 0 ? start : start + head->length * 8 * SECOND / d->rate;
}

/* Does everything that was due by `time`. */
static void advance(Direction *d, Time time) {
  for (Time sent; (sent = sent_at(d)) <= time;) {
    Packet *packet = pop(&d->waiting);
    if (sent - packet->time > d->counters.longest_wait) d->counters.longest_wait = sent - packet->time;
    d->free_at = sent;
    if (is_lost(d)) {
      d->counters.lost++;
      free(packet);
      continue;
    }
    Time more = (Time)(d->jitter * chance(~d->seed, (uint64_t)((sent - started) / JITTER_SLOT)));
    packet->time = sent + d->delay + more;
    if (packet->time < d->last_due) packet->time = d->last_due;
    d->last_due = packet->time;
    push(&d->flying, packet);
  }
  while (d->flying.first && d->flying.first->time <= time) {
    Packet *packet = pop(&d->flying);
    Time lateness = time - packet->time;
    if (lateness > d->counters.latest) d->counters.latest = lateness;
    if (lateness > MILLISECOND) d->counters.late++;
    if (write(d->out, packet->bytes, packet->length) == packet->length) {
      d->counters.delivered++;
      d->counters.delivered_bytes += packet->length;
    } else {
      d->counters.refused++;
    }
    free(packet);
  }
}

static Time next_event(const Direction *d) {
  Time sent = sent_at(d);
  Time due = d->flying.first ? d->flying.first->time : NEVER;
  return sent < due ? sent : due;
}

static void take_packets(Direction *d) {
  for (int i = 0; i < TURN; i++) {
    Packet *packet = malloc(sizeof *packet);
    if (!packet) abort();
    packet->length = (int)read(d->in, packet->bytes, MAX_PACKET);
    if (packet->length <= 0) {
      free(packet);
      return;
    }
    packet->time = now();
    bool is_ipv4 = packet->length >= 20 && packet->bytes[0] >> 4 == 4;
    bool is_full = d->waiting.first && d->waiting.bytes + packet->length > d->queue_limit;
    if (is_ipv4) {
      d->counters.packets++;
      d->counters.bytes += packet->length;
    }
    if (!is_ipv4) {
      free(packet);
    } else if (d->drops_udp && packet->bytes[9] == PROTOCOL_UDP) {
      d->counters.udp_dropped++;
      free(packet);
    } else if (is_full) {
      d->counters.tail_dropped++;
      free(packet);
    } else {
      push(&d->waiting, packet);
    }
  }
}

static void print_counters(const char *name, const Direction *d) {
  const Counters *c = &d->counters;
  printf("\"%s\":{\"packets\":%ld,\"bytes\":%ld,\"deliveredPackets\":%ld,\"deliveredBytes\":%ld,\"lost\":%ld,\"tailDropped\":%ld,"
         "\"udpDropped\":%ld,\"refused\":%ld,\"queuedBytes\":%ld,\"longestWaitUs\":%ld,\"latePackets\":%ld,\"latestUs\":%ld,"
         "\"rateBps\":%ld}",
         name, c->packets, c->bytes, c->delivered, c->delivered_bytes, c->lost, c->tail_dropped, c->udp_dropped, c->refused,
         d->waiting.bytes, c->longest_wait / MICROSECOND, c->late, c->latest / MICROSECOND, d->rate);
}

/* One setting of one direction; false when it cannot be understood. */
static bool set(Direction *d, const char *key, const char *rest) {
  double a = 0, b = 0, c = 0, e = 0;
  int numbers = sscanf(rest, "%lf %lf %lf %lf", &a, &b, &c, &e);
  if (!strcmp(key, "udp")) {
    d->drops_udp = !strcmp(rest, "drop");
    return d->drops_udp || !strcmp(rest, "pass");
  }
  if (numbers < 1 || a < 0) return false;
  if (!strcmp(key, "rate")) d->rate = (int64_t)a;
  else if (!strcmp(key, "queue")) d->queue_limit = (int64_t)a;
  else if (!strcmp(key, "delay")) d->delay = (Time)a * MICROSECOND;
  else if (!strcmp(key, "jitter")) d->jitter = (Time)a * MICROSECOND;
  else if (!strcmp(key, "loss")) {
    d->to_bad = d->to_good = 0;
    d->loss_good = d->loss_bad = a;
  } else if (!strcmp(key, "gilbert") && numbers == 4) {
    d->to_bad = a;
    d->to_good = b;
    d->loss_good = c;
    d->loss_bad = e;
  } else return false;
  return true;
}

static void obey(const char *line) {
  char which[8], key[16];
  int at = 0, end = 0;
  if (sscanf(line, "at %d %n", &at, &end) == 1 && end > 0 && scheduled_count < MAX_SCHEDULED) {
    Scheduled *one = &scheduled[scheduled_count++];
    one->due = now() + at * MILLISECOND;
    snprintf(one->line, sizeof one->line, "%s", line + end);
    return;
  }
  int id = 0;
  if (sscanf(line, "counters %d", &id) == 1) {
    printf("{\"id\":%d,\"timeUs\":%ld,", id, now() / MICROSECOND);
    print_counters("ab", &directions[0]);
    printf(",");
    print_counters("ba", &directions[1]);
    printf("}\n");
    return;
  }
  bool is_good = sscanf(line, "%7s %15s %n", which, key, &end) == 2 && end > 0;
  bool is_ab = is_good && strcmp(which, "ba"), is_ba = is_good && strcmp(which, "ab");
  is_good = is_good && (is_ab != is_ba || !strcmp(which, "both"));
  if (is_good && is_ab) is_good = set(&directions[0], key, line + end);
  if (is_good && is_ba) is_good = set(&directions[1], key, line + end);
  if (!is_good) printf("{\"error\":\"not understood\"}\n");
}

static Time obey_scheduled(Time time) {
  Time next = NEVER;
  for (int i = 0; i < scheduled_count;) {
    if (scheduled[i].due > time) {
      if (scheduled[i].due < next) next = scheduled[i].due;
      i++;
      continue;
    }
    obey(scheduled[i].line);
    /* Order is kept: of two commands for the same moment the later one counts. */
    memmove(&scheduled[i], &scheduled[i + 1], (size_t)(--scheduled_count - i) * sizeof scheduled[0]);
  }
  return next;
}

/* Returns false at the end of standard input. */
static bool read_commands(void) {
  static char buffer[4096];
  static size_t used;
  ssize_t got = read(STDIN_FILENO, buffer + used, sizeof buffer - 1 - used);
  if (got <= 0) return false;
  used += (size_t)got;
  buffer[used] = 0;
  char *line = buffer;
  for (char *end; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    obey(line);
  }
  used -= (size_t)(line - buffer);
  memmove(buffer, line, used);
  return used < sizeof buffer - 1;
}

static void fail(const char *what) {
  printf("{\"error\":\"%s: %s\"}\n", what, strerror(errno));
  fflush(stdout);
  exit(1);
}

static int open_device(const char *namespace, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, CLONE_NEWNET) < 0) fail("entering a network namespace");
  close(space);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) fail("making a tun device");
  return device;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: link <namespace a> <namespace b> <device> <seed>\n");
    return 2;
  }
  int a = open_device(argv[1], argv[3]), b = open_device(argv[2], argv[3]);
  uint64_t seed = strtoull(argv[4], NULL, 10);
  directions[0] = (Direction){.in = a, .out = b, .seed = seed * 2 + 1, .queue_limit = 1 << 20};
  directions[1] = (Direction){.in = b, .out = a, .seed = seed * 2 + 2, .queue_limit = 1 << 20};
  /* The link must not be slower than it says because the machine is busy; where this is forbidden, `latePackets` tells. */
  struct sched_param priority = {.sched_priority = 10};
  if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0) setpriority(PRIO_PROCESS, 0, -20);
  prctl(PR_SET_TIMERSLACK, 1);
  started = now();
  printf("{\"ready\":true}\n");
  for (bool is_open = true; is_open;) {
    Time time = now(), wake = obey_scheduled(time);
    for (int i = 0; i < 2; i++) {
      advance(&directions[i], time);
      Time next = next_event(&directions[i]);
      if (next < wake) wake = next;
    }
    fflush(stdout);
    Time wait = wake - now();
    if (wait < 0) wait = 0;
    struct timespec timeout = {.tv_sec = wait / SECOND, .tv_nsec = wait % SECOND};
    struct pollfd fds[3] = {{a, POLLIN, 0}, {b, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    if (ppoll(fds, 3, wake == NEVER ? NULL : &timeout, NULL) < 0 && errno != EINTR) fail("waiting");
    /* A device that is gone would be reported for ever. */
    if ((fds[0].revents | fds[1].revents) & (POLLERR | POLLNVAL)) return 1;
    if (fds[0].revents & POLLIN) take_packets(&directions[0]);
    if (fds[1].revents & POLLIN) take_packets(&directions[1]);
    if (fds[2].revents) is_open = read_commands();
  }
  return 0;
}
