// Receives a bsread stream with libzmq (PULL), and sends the largest part of each message, the image, to one TCP client: all that has
// to be done for a viewer of values as they were sent.
//
//   forward ADDRESS
//
// Prints "listening PORT", and takes one client, which it answers as if it had asked for a WebSocket. Prints "forwarding" after the
// first message. On SIGTERM it prints how many messages and bytes it has sent since SIGUSR1, as a line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

static volatile sig_atomic_t has_ended, is_reset;

static void end(int signal) {
  (void)signal;
  has_ended = 1;
}

static void reset(int signal) {
  (void)signal;
  is_reset = 1;
}

// The connection of the first client, once it has said what it wants.
static int take_client(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof addr;
  if (bind(listener, (struct sockaddr *)&addr, size) || listen(listener, 1) ||
      getsockname(listener, (struct sockaddr *)&addr, &size)) {
    perror("listen");
    exit(1);
  }
  printf("listening %d\n", ntohs(addr.sin_port));
  fflush(stdout);
  int client = accept(listener, NULL, NULL);
  char request[2048];
  const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  if (client < 0 || read(client, request, sizeof request) <= 0) exit(1);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (write(client, answer, sizeof answer - 1) < 0) exit(1);
  return client;
}

static int send_all(int fd, const char *data, size_t size) {
  while (size) {
    ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    data += n;
    size -= (size_t)n;
  }
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  int client = take_client();
  struct sigaction on_end = {.sa_handler = end}, on_reset = {.sa_handler = reset};
  sigaction(SIGTERM, &on_end, NULL);
  sigaction(SIGUSR1, &on_reset, NULL);
  void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_PULL);
  int high_water_mark = 100, has_sent = 0;
  zmq_setsockopt(socket, ZMQ_RCVHWM, &high_water_mark, sizeof high_water_mark);
  if (zmq_connect(socket, argv[1])) {
    perror("zmq_connect");
    return 1;
  }
  int64_t messages = 0, bytes = 0;
  zmq_msg_t part, image;
  zmq_msg_init(&part);
  zmq_msg_init(&image);
  while (!has_ended) {
    if (is_reset) messages = bytes = is_reset = 0;
    if (zmq_msg_recv(&part, socket, 0) < 0) {
      if (errno == EINTR) continue;
      perror("zmq_msg_recv");
      return 1;
    }
    int more = zmq_msg_more(&part);
    if (zmq_msg_size(&part) > zmq_msg_size(&image)) zmq_msg_move(&image, &part);
    if (more) continue;
    if (!send_all(client, zmq_msg_data(&image), zmq_msg_size(&image))) break;
    bytes += (int64_t)zmq_msg_size(&image);
    messages++;
    zmq_msg_close(&image);
    zmq_msg_init(&image);
    if (!has_sent) puts("forwarding");
    fflush(stdout);
    has_sent = 1;
  }
  printf("{\"messages\":%lld,\"bytes\":%lld}\n", (long long)messages, (long long)bytes);
  return 0;
}
