/*
 * The least that a server can do, as the ceiling for the fan-out: one thread, epoll, events encoded once into one
 * buffer, one send per reader and turn. Nothing is stored or checked; readers that do not keep up are not written
 * to until they do. Every GET becomes a reader, every POST an event with its body as data.
 *
 *   ceiling PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOG_BYTES (1L << 30)

struct conn {
  int fd, is_reader, in_len;
  long at;
  char in[65536];
};

static char *text; /* everything so far, encoded */
static long end;
static struct conn *readers[65536];
static int reader_count;

static void take(struct conn *c) {
  for (;;) {
    c->in[c->in_len] = 0;
    char *head = strstr(c->in, "\r\n\r\n");
    if (!head) return;
    if (!memcmp(c->in, "GET", 3)) {
      static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: hi\n\n";
      send(c->fd, ok, sizeof ok - 1, MSG_NOSIGNAL);
      c->is_reader = 1;
      c->at = end;
      readers[reader_count++] = c;
      c->in_len = 0;
      return;
    }
    char *length = strcasestr(c->in, "content-length:");
    long body = length ? atol(length + 15) : 0;
    long whole = (head - c->in) + 4 + body;
    if (c->in_len < whole) return;
    end += sprintf(text + end, "data: %.*s\n\n", (int)body, head + 4);
    static const char ok[] = "HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n";
    send(c->fd, ok, sizeof ok - 1, MSG_NOSIGNAL);
    memmove(c->in, c->in + whole, c->in_len - whole);
    c->in_len -= whole;
  }
}

int main(int argc, char **argv) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  text = malloc(LOG_BYTES);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[argc - 1]))};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 4096) < 0) {
    perror("listen");
    return 1;
  }
  int epoll = epoll_create1(0);
  struct epoll_event add = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &add);
  struct epoll_event ready[1024];
  for (;;) {
    int n = epoll_wait(epoll, ready, 1024, -1);
    for (int i = 0; i < n; i++) {
      struct conn *c = ready[i].data.ptr;
      if (!c) {
        int fd;
        while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          struct conn *fresh = calloc(1, sizeof *fresh);
          fresh->fd = fd;
          add.data.ptr = fresh;
          add.events = EPOLLIN;
          epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &add);
        }
        continue;
      }
      ssize_t got = recv(c->fd, c->in + c->in_len, sizeof c->in - 1 - c->in_len, 0);
      if (got > 0) {
        c->in_len += got;
        take(c);
      } else if (got == 0 || errno != EAGAIN) {
        for (int k = 0; k < reader_count; k++)
          if (readers[k] == c) readers[k--] = readers[--reader_count];
        close(c->fd);
        free(c);
      }
    }
    for (int k = 0; k < reader_count; k++) {
      struct conn *c = readers[k];
      if (c->at == end) continue;
      ssize_t sent = send(c->fd, text + c->at, end - c->at, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) c->at += sent;
    }
  }
}
