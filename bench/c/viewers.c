// A crowd of WebSocket viewers, as cheap as the kernel allows: one epoll loop reads every message, remembers when its
// last byte came, and throws the picture away inside the kernel (MSG_TRUNC), so that the machine's time goes to the server.
//
//   viewers HOST PORT PATH COUNT SECONDS [pong|mute] [SETTLE [WATCH]]
//
// Opens COUNT connections, prints "ready" once all are upgraded, reads for SETTLE seconds (0 if left out) without counting,
// prints "counting", counts for SECONDS, then prints one JSON line. `pong` answers pings, `mute` never does. A published picture carries the text
// "BENCH:<microseconds of CLOCK_MONOTONIC>:<sequence>;" in its first kilobyte: from it come `ages` (publish → last byte, every
// delivery) and `last` (publish → last byte at the last viewer, one value a picture), in milliseconds.
//
// With WATCH, a text that is sent on each connection once it is open, it speaks the protocol of /ws/live: only binary messages are
// pictures, and the `n` in a header is returned as a credit. Their `ages` are from the `timestamp` of the pulse in the header to
// when the first bytes were sent: on the loopback interface the kernel stamps them as received (SO_TIMESTAMPNS) inside the
// sender's system call, however late this program reads them. `seen` is until it has read them.
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
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

#define HEAD 1024    // bytes of each message that are really read
#define MAX_SEQ 100000
#define MAX_AGES 4000000

typedef struct {
  int fd;
  uint8_t head[HEAD + 16];
  size_t have;       // bytes in head
  uint64_t left;     // payload bytes still to discard
  int inside;        // 1 while discarding a payload
  int64_t stamp;     // of the message being read, 0: none
  int seq;
  int is_text;
  long long n;       // to be returned as a credit, 0: none
  int64_t came;      // when the last bytes in head were there, microseconds of CLOCK_REALTIME
} Conn;

static float *ages, *seen;
static size_t age_count, seen_count;
static int64_t last_lag[MAX_SEQ];
static int arrivals[MAX_SEQ];
static uint64_t frames, bytes, pings, closed;
static int64_t started;
static int answer, is_live;

// Sends a text, masked with zeros.
static void send_text(int fd, const char *text) {
  uint8_t out[8 + 1024] = {0x81};
  size_t len = strlen(text), head = 2;
  if (len > 1024) exit(2);
  if (len < 126) out[1] = 0x80 | (uint8_t)len;
  else {
    out[1] = 0x80 | 126;
    out[2] = (uint8_t)(len >> 8);
    out[3] = (uint8_t)len;
    head = 4;
  }
  memcpy(out + head + 4, text, len);
  if (send(fd, out, head + 4 + len, MSG_NOSIGNAL) < 0 && errno != EAGAIN) closed++;
}

// What follows a mark in a text, as a number; 0 if it is not there.
static double number_after(const uint8_t *text, size_t room, const char *mark) {
  const uint8_t *at = memmem(text, room, mark, strlen(mark));
  char digits[32] = {0};
  if (!at) return 0;
  at += strlen(mark);
  size_t left = room - (size_t)(at - text);
  memcpy(digits, at, left < 31 ? left : 31);
  return strtod(digits, NULL);
}

static void delivered(Conn *c) {
  if (c->is_text) return;
  if (c->n) {
    char credit[64];
    snprintf(credit, sizeof credit, "{\"type\":\"credit\",\"n\":%lld}", c->n);
    send_text(c->fd, credit);
  }
  int64_t t = now_us();
  if (t < started) return;
  frames++;
  if (c->stamp > started) {
    int64_t lag = t - c->stamp;
    if (age_count < MAX_AGES) ages[age_count++] = (float)lag / 1000;
    if (c->seq >= 0 && c->seq < MAX_SEQ) {
      if (lag > last_lag[c->seq]) last_lag[c->seq] = lag;
      arrivals[c->seq]++;
    }
  }
}

// Takes whole frames out of head; returns when more bytes are needed.
static void parse(Conn *c) {
  size_t at = 0;
  for (;;) {
    size_t n = c->have - at;
    uint8_t *p = c->head + at;
    if (n < 2) break;
    size_t h = 2;
    uint64_t len = p[1] & 127;
    if (len == 126) {
      h = 4;
      if (n < h) break;
      len = (uint64_t)p[2] << 8 | p[3];
    } else if (len == 127) {
      h = 10;
      if (n < h) break;
      len = 0;
      for (int i = 0; i < 8; i++) len = len << 8 | p[2 + i];
    }
    int op = p[0] & 15;
    if (op >= 8) {
      if (n < h + len) break;
      if (op == 9) {
        pings++;
        if (answer) {
          uint8_t out[6 + 125];
          out[0] = 0x8a;
          out[1] = 0x80 | (uint8_t)len;
          memset(out + 2, 0, 4);
          memcpy(out + 6, p + h, len);
          if (send(c->fd, out, 6 + len, MSG_NOSIGNAL) < 0 && errno != EAGAIN) closed++;
        }
      }
      at += h + len;
      continue;
    }
    size_t want = len < HEAD - 14 ? len : HEAD - 14;
    if (n < h + want) break;
    c->stamp = 0;
    c->seq = -1;
    c->is_text = is_live && op == 1;
    c->n = 0;
    if (is_live && !c->is_text) {
      c->n = (long long)number_after(p + h, want, "\"n\":");
      double pulse = number_after(p + h, want, "\"timestamp\":\"");
      if (pulse && now_us() > started && age_count < MAX_AGES) {
        ages[age_count++] = (float)((double)c->came / 1e3 - pulse * 1e3);
        seen[seen_count++] = (float)((double)realtime_us() / 1e3 - pulse * 1e3);
      }
    }
    uint8_t *mark = memmem(p + h, want, "BENCH:", 6);
    if (mark) {
      char text[48] = {0};
      size_t room = (size_t)(p + h + want - mark);
      memcpy(text, mark + 6, room - 6 < 47 ? room - 6 : 47);
      char *end;
      c->stamp = strtoll(text, &end, 10);
      if (*end == ':') c->seq = atoi(end + 1);
    }
    bytes += h + len;
    if (len <= n - h) {
      at += h + len;
      delivered(c);
      continue;
    }
    c->left = len - (n - h);
    c->inside = 1;
    at = c->have;
    break;
  }
  memmove(c->head, c->head + at, c->have - at);
  c->have -= at;
}

// Reads into head, and notes when the kernel had the bytes.
static ssize_t read_head(Conn *c) {
  char control[256];
  struct iovec to = {.iov_base = c->head + c->have, .iov_len = HEAD - c->have};
  struct msghdr message = {
      .msg_iov = &to, .msg_iovlen = 1, .msg_control = control, .msg_controllen = is_live ? sizeof control : 0};
  ssize_t n = recvmsg(c->fd, &message, MSG_DONTWAIT);
  if (n <= 0) return n;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec t;
    memcpy(&t, CMSG_DATA(part), sizeof t);
    c->came = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
  }
  return n;
}

static int readable(Conn *c) {
  static uint8_t sink[1 << 16];
  for (;;) {
    if (c->inside) {
      ssize_t n = recv(c->fd, sink, c->left, MSG_TRUNC | MSG_DONTWAIT);
      if (n == 0) return 0;
      if (n < 0) return errno == EAGAIN;
      c->left -= (uint64_t)n;
      if (c->left) return 1;
      c->inside = 0;
      delivered(c);
    }
    ssize_t n = read_head(c);
    if (n == 0) return 0;
    if (n < 0) return errno == EAGAIN;
    c->have += (size_t)n;
    parse(c);
    if (!c->inside && c->have < HEAD / 2) return 1;
  }
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "viewers HOST PORT PATH COUNT SECONDS [pong|mute] [SETTLE [WATCH]]\n");
    return 2;
  }
  int count = atoi(argv[4]);
  double seconds = atof(argv[5]);
  answer = argc < 7 || strcmp(argv[6], "mute") != 0;
  is_live = argc > 8;
  ages = malloc(MAX_AGES * sizeof *ages);
  seen = malloc(MAX_AGES * sizeof *seen);
  Conn *conns = calloc((size_t)count, sizeof *conns);
  int ep = epoll_create1(0);
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
  inet_pton(AF_INET, argv[1], &addr.sin_addr);
  started = INT64_MAX;
  for (int i = 0; i < count; i++) {
    Conn *c = &conns[i];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->fd, (struct sockaddr *)&addr, sizeof addr)) {
      perror("connect");
      return 1;
    }
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char request[2048];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                     argv[3], argv[2]);
    if (write(c->fd, request, (size_t)n) != n) return 1;
    // Read byte by byte to the end of the answer's head: what follows is already WebSocket.
    char tail[4] = {0};
    char status[16] = {0};
    for (int k = 0; memcmp(tail, "\r\n\r\n", 4) != 0; k++) {
      memmove(tail, tail + 1, 3);
      if (read(c->fd, tail + 3, 1) != 1) {
        fprintf(stderr, "connection %d: closed during the handshake\n", i);
        return 1;
      }
      if (k < 12) status[k] = tail[3];
    }
    if (memcmp(status, "HTTP/1.1 101", 12) != 0) {
      fprintf(stderr, "connection %d: %s\n", i, status);
      return 1;
    }
    if (is_live) {
      if (setsockopt(c->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) {
        perror("SO_TIMESTAMPNS");
        return 1;
      }
      send_text(c->fd, argv[8]);
    }
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
  }
  printf("ready\n");
  fflush(stdout);
  started = now_us() + (argc < 8 ? 0 : (int64_t)(atof(argv[7]) * 1e6));
  int64_t end = started + (int64_t)(seconds * 1e6);
  int counting = 0;
  struct epoll_event events[512];
  for (int64_t now; (now = now_us()) < end;) {
    if (!counting && now >= started) {
      counting = 1;
      printf("counting\n");
      fflush(stdout);
    }
    int n = epoll_wait(ep, events, 512, 10);
    for (int i = 0; i < n; i++) {
      Conn *c = events[i].data.ptr;
      if (!readable(c)) {
        epoll_ctl(ep, EPOLL_CTL_DEL, c->fd, NULL);
        close(c->fd);
        closed++;
      }
    }
  }
  qsort(ages, age_count, sizeof *ages, by_float);
  qsort(seen, seen_count, sizeof *seen, by_float);
  float *lasts = malloc(MAX_SEQ * sizeof *lasts);
  size_t pictures = 0;
  uint64_t total = 0;
  for (int i = 0; i < MAX_SEQ; i++) {
    if (arrivals[i]) lasts[pictures++] = (float)last_lag[i] / 1000;
    total += (uint64_t)arrivals[i];
  }
  qsort(lasts, pictures, sizeof *lasts, by_float);
  printf("{\"viewers\":%d,\"seconds\":%.3f,\"frames\":%lu,\"bytes\":%lu,\"pings\":%lu,\"closed\":%lu,"
         "\"ages\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f},\"seen\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f},\"pictures\":%zu,\"share\":%.4f,"
         "\"last\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}}\n",
         count, seconds, frames, bytes, pings, closed, pick(ages, age_count, .5), pick(ages, age_count, .99),
         pick(ages, age_count, 1),
         pick(seen, seen_count, .5), pick(seen, seen_count, .99), pick(seen, seen_count, 1), pictures, pictures ? (double)total / ((double)pictures * count) : 0,
         pick(lasts, pictures, .5), pick(lasts, pictures, .99), pick(lasts, pictures, 1));
  return 0;
}
