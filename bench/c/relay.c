// A slow link: takes connections, passes what the clients say to the server at once, and what the server says to each
// client at exactly RATE bytes a second. Its receive buffer toward the server is 64 KB, so that what does not fit the link
// waits where it would behind a real one: in the server's kernel, or in the server.
//
//   relay SERVER_PORT RATE
//
// Prints "listening PORT". Each connection is a link of its own. A byte arrives when the link has carried it: pieces of
// 2 KB, each handed on when its last byte is due, so that a picture's last byte is as late as its size and RATE make it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIECE 2048
#define RECEIVE_BUFFER (64 * 1024)
#define LATE_NS 50000000  // what the scheduler may take from us and we still catch up with

typedef struct {
  int client, server;
} Link;

static uint16_t server_port;
static double rate;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t when) {
  struct timespec t = {.tv_sec = when / 1000000000, .tv_nsec = when % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
  }
}

static int write_all(int fd, const uint8_t *data, size_t size) {
  while (size) {
    ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
    if (n <= 0) return 0;
    data += n;
    size -= (size_t)n;
  }
  return 1;
}

static void *upstream(void *arg) {
  Link *link = arg;
  uint8_t data[16384];
  ssize_t n;
  while ((n = recv(link->client, data, sizeof data, 0)) > 0)
    if (!write_all(link->server, data, (size_t)n)) break;
  shutdown(link->server, SHUT_RDWR);
  return NULL;
}

static void *downstream(void *arg) {
  Link *link = arg;
  pthread_t up;
  pthread_create(&up, NULL, upstream, link);
  uint8_t data[PIECE];
  int64_t due = now_ns();
  for (;;) {
    ssize_t n = recv(link->server, data, sizeof data, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
      // The link ran empty: time that passed without anything to carry is lost.
      n = recv(link->server, data, sizeof data, 0);
      due = now_ns();
    }
    if (n <= 0) break;
    int64_t now = now_ns();
    if (due < now - LATE_NS) due = now;
    due += (int64_t)((double)n * 1e9 / rate);
    if (due > now) sleep_until(due);
    if (!write_all(link->client, data, (size_t)n)) break;
  }
  shutdown(link->client, SHUT_RDWR);
  shutdown(link->server, SHUT_RDWR);
  pthread_join(up, NULL);
  close(link->client);
  close(link->server);
  free(link);
  return NULL;
}

static int connect_to_server(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1, size = RECEIVE_BUFFER;
  // Before connect, or the window that was announced is already larger.
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(server_port)};
  inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr);
  if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0) return fd;
  close(fd);
  return -1;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "relay SERVER_PORT RATE\n");
    return 2;
  }
  server_port = (uint16_t)atoi(argv[1]);
  rate = atof(argv[2]);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in addr = {.sin_family = AF_INET};
  inet_pton(AF_INET, "127.0.0.1", &addr.sin_addr);
  socklen_t size = sizeof addr;
  if (bind(listener, (struct sockaddr *)&addr, size) || listen(listener, 64) ||
      getsockname(listener, (struct sockaddr *)&addr, &size)) {
    perror("listen");
    return 1;
  }
  printf("listening %d\n", ntohs(addr.sin_port));
  fflush(stdout);
  for (;;) {
    int client = accept(listener, NULL, NULL), on = 1;
    if (client < 0) continue;
    int server = connect_to_server();
    if (server < 0) {
      close(client);
      continue;
    }
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Link *link = malloc(sizeof *link);
    link->client = client;
    link->server = server;
    pthread_t down;
    pthread_create(&down, NULL, downstream, link);
    pthread_detach(down);
  }
}
