/*
 * The load client of the benchmarks: readers and publishers in one process, one thread, epoll.
 *
 * Every event carries a marker ~020000123~: publisher (two digits) and its number. Each reader must see the numbers
 * of each publisher one after the other: a gap, a repetition or a wrong order is counted and fails the run.
 *
 *   client fanout --readers N --seconds S --window W --batch B --publishers P   closed loop, as fast as it goes
 *   client rate   --readers N --seconds S --rate R --publishers P --warm S     open loop; latency from the schedule (or --count K events)
 *   client ingest --seconds S --batch B --publishers P                         no readers
 *   client idle   --readers N                                                  connects, says ready, waits for a line
 *   client replay --readers N --count K                                        until all have K events more
 *
 * Common: --port, --path (to read), --post (to publish), --header H (on every request; repeatable),
 * --reader-header H (on reads only), --prefix/--item/--suffix (body: prefix item,item… suffix; ~ in item
 * stands for the marker), --pad N. Prints one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_HEADERS 8
#define MAX_PUBLISHERS 100
#define PER_PUBLISHER 10000000L
#define TIMED_EVENTS (1 << 17) /* of each publisher */
#define STEPS 64 /* of latency to a power of two: under 2 % each */
#define BUCKETS (40 * STEPS)

static const char *mode, *path = "/", *post_path = "/", *prefix = "", *item = "~", *suffix = "";
static const char *headers[MAX_HEADERS], *reader_headers[MAX_HEADERS];
static int header_count, reader_header_count;
static int port, readers = 0, publishers = 1, batch = 1, window = 64, pad = 0;
static double seconds = 2, rate = 50, warm = 0;
static long count = 0;

enum kind { READER, PUBLISHER };

struct conn {
  int fd;
  enum kind kind;
  /* reader */
  long *next;     /* number that must come next, by publisher; -1: any */
  long received;
  int matched;    /* characters of a marker seen so far */
  long value;     /* its digits so far */
  int in_body;    /* response headers are over */
  int crlf;       /* characters of \r\n\r\n seen so far */
  /* publisher */
  int busy;
  int out_len, out_sent;
  char *out;
  char *in;
  int in_len;
};

#define ANSWER_BYTES 8192

static struct conn *conns;
static long *next_of_all; /* MAX_PUBLISHERS for each reader */
static int epoll_fd;
static long sent, gaps, deliveries, failures, answered, opened;
static long published[MAX_PUBLISHERS];
static double *due[MAX_PUBLISHERS]; /* when each event was due, by publisher and number */
static uint64_t histogram[BUCKETS];
static char buffer[1 << 20];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

/* Without a logarithm, as it is asked millions of times a second, on a core that may be half of the server's. */
static int bucket_of(double s) {
  uint64_t us = s > 0 ? s * 1e6 : 0;
  if (us < STEPS) return us;
  int shift = 63 - __builtin_clzll(us) - __builtin_ctz(STEPS);
  int at = shift * STEPS + (us >> shift);
  return at >= BUCKETS ? BUCKETS - 1 : at;
}

static double us_of(int bucket) {
  if (bucket < STEPS) return bucket;
  int shift = bucket / STEPS - 1;
  return (double)((uint64_t)(bucket - shift * STEPS) << shift);
}

static double percentile(double share) {
  uint64_t total = 0, seen = 0;
  for (int i = 0; i < BUCKETS; i++) total += histogram[i];
  for (int i = 0; i < BUCKETS; i++) {
    seen += histogram[i];
    if (total && seen >= share * total) return us_of(i) / 1000;
  }
  return 0;
}

static void connect_one(struct conn *c, enum kind kind) {
  memset(c, 0, sizeof *c);
  c->kind = kind;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e) < 0) die("epoll_ctl");
}

static void queue_request(struct conn *c) {
  c->out = malloc(4096);
  c->next = next_of_all + (c - conns) * MAX_PUBLISHERS;
  for (int i = 0; i < MAX_PUBLISHERS; i++) c->next[i] = strcmp(mode, "replay") ? 0 : -1;
  int n = sprintf(c->out, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n", path, port);
  for (int i = 0; i < header_count; i++) n += sprintf(c->out + n, "%s\r\n", headers[i]);
  for (int i = 0; i < reader_header_count; i++) n += sprintf(c->out + n, "%s\r\n", reader_headers[i]);
  c->out_len = n + sprintf(c->out + n, "\r\n");
}

static void flush(struct conn *c) {
  while (c->out_sent < c->out_len) {
    ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN || errno == ENOTCONN) return;
      failures++;
      return;
    }
    c->out_sent += n;
  }
}

static void publish(struct conn *c, int events, double due_at) {
  static char body[1 << 20];
  int id = (c - conns - readers) % MAX_PUBLISHERS;
  int n = sprintf(body, "%s", prefix);
  for (int i = 0; i < events; i++, sent++) {
    long number = published[id]++;
    if (i) body[n++] = ',';
    for (const char *p = item; *p; p++) {
      if (*p != '~') {
        body[n++] = *p;
        continue;
      }
      n += sprintf(body + n, "~%09ld~", id * PER_PUBLISHER + number);
      memset(body + n, 'x', pad);
      n += pad;
    }
    if (number < TIMED_EVENTS) due[id][number] = due_at;
  }
  n += sprintf(body + n, "%s", suffix);
  if (!c->out) c->out = malloc(1 << 20), c->in = malloc(ANSWER_BYTES);
  int h = sprintf(c->out, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", post_path, port, n);
  for (int i = 0; i < header_count; i++) h += sprintf(c->out + h, "%s\r\n", headers[i]);
  h += sprintf(c->out + h, "\r\n");
  memcpy(c->out + h, body, n);
  c->out_len = h + n;
  c->out_sent = 0;
  c->in_len = 0;
  c->busy = 1;
  flush(c);
}

/* An answer is complete when all of its body is there; 201, 202 and 200 are what a publisher wants. */
static void read_answer(struct conn *c) {
  for (;;) {
    ssize_t n = recv(c->fd, c->in + c->in_len, ANSWER_BYTES - 1 - c->in_len, 0);
    if (n <= 0) {
      if (n == 0 || errno != EAGAIN) failures++;
      break;
    }
    c->in_len += n;
    c->in[c->in_len] = 0;
    if (c->in_len > 4096) { /* a long answer: only its end matters */
      char *body = strstr(c->in, "\r\n\r\n");
      if (!body) failures++;
    }
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) continue;
    char *length = strcasestr(c->in, "content-length:");
    long need = length && length < end ? (end - c->in) + 4 + atol(length + 15) : -1;
    int chunked_over = need < 0 && c->in_len >= 5 && !memcmp(c->in + c->in_len - 5, "0\r\n\r\n", 5);
    if (need > ANSWER_BYTES - 1) {
      /* drain what does not fit */
      long rest = need - c->in_len;
      while (rest > 0) {
        ssize_t m = recv(c->fd, buffer, rest < (long)sizeof buffer ? rest : (long)sizeof buffer, 0);
        if (m < 0 && errno == EAGAIN) { usleep(50); continue; }
        if (m <= 0) { failures++; break; }
        rest -= m;
      }
    } else if (c->in_len < need || (need < 0 && !chunked_over)) {
      continue;
    }
    if (memcmp(c->in + 9, "20", 2)) {
      if (failures++ == 0) fprintf(stderr, "%.300s\n", c->in);
    }
    answered += batch;
    c->busy = 0;
    c->in_len = 0;
    return;
  }
}

static void receive(struct conn *c, long value, double at, int timed) {
  int id = value / PER_PUBLISHER;
  long number = value % PER_PUBLISHER;
  if (number != c->next[id] && c->next[id] >= 0) gaps++;
  c->next[id] = number + 1;
  c->received++;
  deliveries++;
  if (timed && number < TIMED_EVENTS) histogram[bucket_of(at - due[id][number])]++;
}

static void scan(struct conn *c, const char *p, ssize_t n, double at, int timed) {
  const char *end = p + n;
  while (p < end) {
    if (!c->in_body) {
      static const char want[] = "\r\n\r\n";
      char ch = *p++;
      c->crlf = ch == want[c->crlf] ? c->crlf + 1 : ch == '\r';
      if (c->crlf == 4) c->in_body = 1, opened++;
      continue;
    }
    if (c->matched == 0) {
      p = memchr(p, '~', end - p);
      if (!p) return;
      p++;
      if (end - p < 10) { /* the rest may come with the next read */
        c->matched = 1;
        c->value = 0;
        continue;
      }
      long value = 0;
      int digits = 0;
      while (digits < 9 && p[digits] >= '0' && p[digits] <= '9') value = value * 10 + p[digits++] - '0';
      if (digits == 9 && p[9] == '~') {
        receive(c, value, at, timed);
        p += 10;
      }
      continue;
    }
    char ch = *p++;
    if (c->matched <= 9 && ch >= '0' && ch <= '9') {
      c->value = c->value * 10 + ch - '0';
      c->matched++;
    } else if (c->matched == 10 && ch == '~') {
      c->matched = 0;
      receive(c, c->value, at, timed);
    } else {
      c->matched = ch == '~';
    }
  }
}

static void read_stream(struct conn *c, int timed) {
  for (;;) {
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n <= 0) {
      if (n == 0 || errno != EAGAIN) {
        failures++;
        close(c->fd);
      }
      return;
    }
    scan(c, buffer, n, now(), timed);
    if (n < (ssize_t)sizeof buffer) return;
  }
}

static void turn_ns(long timeout_ns, int timed) {
  static struct epoll_event ready[1024];
  struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  int n = epoll_pwait2(epoll_fd, ready, 1024, &timeout, NULL);
  for (int i = 0; i < n; i++) {
    struct conn *c = ready[i].data.ptr;
    if (ready[i].events & EPOLLOUT && c->out_sent < c->out_len) flush(c);
    if (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
      if (c->kind == READER) read_stream(c, timed);
      else read_answer(c);
    }
  }
}

static void turn(int timeout_ms, int timed) { turn_ns(timeout_ms * 1000000L, timed); }

static long slowest(void) {
  long least = sent;
  for (int i = 0; i < readers; i++)
    if (conns[i].received < least) least = conns[i].received;
  return least;
}

static void open_readers(int wait) {
  for (int i = 0; i < readers; i++) {
    connect_one(&conns[i], READER);
    queue_request(&conns[i]);
    /* not more at once than a listen queue takes */
    if (wait && i % 64 == 63) {
      double limit = now() + 10;
      while (opened < i - 32 && now() < limit) turn(1, 0);
    }
  }
  double limit = now() + 30;
  while (wait && opened < readers && now() < limit) turn(1, 0);
  if (wait && opened < readers) {
    fprintf(stderr, "only %ld of %d readers were let in\n", opened, readers);
    exit(1);
  }
}

static void drain(double limit_s) {
  double limit = now() + limit_s;
  while (now() < limit && slowest() < sent) turn(1, 0);
}

static double run_fanout(void) {
  struct conn *p = conns + readers;
  double begun = now(), end = begun + seconds;
  long before = deliveries;
  while (now() < end) {
    long room = window - (sent - slowest());
    for (int i = 0; i < publishers; i++)
      if (!p[i].busy && room >= batch) publish(&p[i], batch, now()), room -= batch;
    turn(1, 0);
  }
  double took = now() - begun;
  double result = (deliveries - before) / took;
  drain(10);
  return result;
}

static void run_rate(void) {
  struct conn *p = conns + readers;
  double begun = now();
  long wanted = count ? count : (long)((warm + seconds) * rate);
  for (long n = 0; n < wanted;) {
    double at = begun + n / rate, t = now();
    if (warm > 0 && t > begun + warm) { /* what came so far does not count */
      warm = 0;
      memset(histogram, 0, sizeof histogram);
    }
    if (t < at) {
      turn_ns((at - t) * 1e9, 1);
      continue;
    }
    /* each in turn: servers close connections that stand idle */
    static int turn_of;
    int i = -1;
    for (int k = 0; k < publishers && i < 0; k++)
      if (!p[(turn_of + k) % publishers].busy) i = (turn_of + k) % publishers;
    turn_of = i + 1;
    if (i < 0) { /* all are busy: the event is sent later, and its latency counts from when it was due */
      turn(1, 1);
      continue;
    }
    /* as many as are due, up to a batch */
    int due_now = 1;
    while (due_now < batch && n + due_now < wanted && begun + (n + due_now) / rate <= t) due_now++;
    publish(&p[i], due_now, at);
    for (int k = 0; k < due_now; k++) {
      long number = published[i] - due_now + k;
      if (number < TIMED_EVENTS) due[i][number] = begun + (n + k) / rate;
    }
    n += due_now;
  }
  double limit = now() + 10;
  while (now() < limit && slowest() < sent) turn(1, 1);
  for (int i = 0; i < publishers; i++)
    while (p[i].busy && now() < limit) turn(1, 1);
}

int main(int argc, char **argv) {
  mode = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
#define IS(x) (!strcmp(name, x))
    if (IS("--port")) port = atoi(value);
    else if (IS("--readers")) readers = atoi(value);
    else if (IS("--publishers")) publishers = atoi(value);
    else if (IS("--batch")) batch = atoi(value);
    else if (IS("--window")) window = atoi(value);
    else if (IS("--pad")) pad = atoi(value);
    else if (IS("--seconds")) seconds = atof(value);
    else if (IS("--warm")) warm = atof(value);
    else if (IS("--rate")) rate = atof(value);
    else if (IS("--count")) count = atol(value);
    else if (IS("--path")) path = value;
    else if (IS("--post")) post_path = value;
    else if (IS("--prefix")) prefix = value;
    else if (IS("--item")) item = value;
    else if (IS("--suffix")) suffix = value;
    else if (IS("--header")) headers[header_count++] = value;
    else if (IS("--reader-header")) reader_headers[reader_header_count++] = value;
    else die(name);
  }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll_fd = epoll_create1(0);
  conns = calloc(readers + publishers, sizeof *conns);
  next_of_all = calloc((long)readers * MAX_PUBLISHERS, sizeof *next_of_all);
  for (int i = 0; i < MAX_PUBLISHERS; i++) due[i] = malloc(sizeof(double) * TIMED_EVENTS);

  if (!strcmp(mode, "replay")) {
    double begun = now();
    open_readers(0);
    double limit = begun + 60;
    long total = count * readers;
    while (deliveries < total && now() < limit) turn(1, 0);
    printf("{\"ms\":%.3f,\"deliveries\":%ld,\"gaps\":%ld,\"failures\":%ld}\n", (now() - begun) * 1000, deliveries, gaps, failures);
    return deliveries < total || gaps;
  }
  open_readers(1);
  if (!strcmp(mode, "idle")) {
    printf("{\"ready\":%ld}\n", opened);
    fflush(stdout);
    char line[8];
    fcntl(0, F_SETFL, O_NONBLOCK);
    while (read(0, line, sizeof line) < 0 && errno == EAGAIN) turn(10, 0);
    return 0;
  }
  for (int i = 0; i < publishers; i++) connect_one(&conns[readers + i], PUBLISHER);
  turn(50, 0);
  double per_second = 0;
  if (!strcmp(mode, "rate")) run_rate();
  else if (!strcmp(mode, "fanout")) per_second = run_fanout();
  else {
    window = 1 << 30;
    double begun = now();
    run_fanout();
    /* wait for the answers that are still missing */
    double limit = now() + 60;
    for (int i = readers; i < readers + publishers; i++)
      while (conns[i].busy && now() < limit) turn(1, 0);
    per_second = answered / (now() - begun);
  }
  long missing = readers ? sent - slowest() : 0;
  printf("{\"perSecond\":%.1f,\"sent\":%ld,\"deliveries\":%ld,\"gaps\":%ld,\"missing\":%ld,\"failures\":%ld,"
         "\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"p999Ms\":%.3f}\n",
         per_second, sent, deliveries, gaps, missing, failures, percentile(0.5), percentile(0.99), percentile(0.999));
  return gaps || missing || failures;
}
