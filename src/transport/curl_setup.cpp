// What curl calls, and the options that make it so.

#include "transport/engine.hpp"

#include <openssl/ssl.h>

#include <cstdio>
#include <utility>

namespace keywheel::transport {

namespace {

// Read at a time; curl holds one such buffer per transfer under way.
constexpr long buffer_size = 16 * 1024;

transfer& transfer_of(void* user) noexcept {
  return *static_cast<transfer*>(user);
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& of = transfer_of(user);
  return of.owner.take_header_line(of, {data, size});
}

std::size_t on_piece(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& of = transfer_of(user);
  return of.owner.take_piece(of, {data, size});
}

std::size_t on_read(char* to, std::size_t, std::size_t room, void* user) noexcept {
  auto& of = transfer_of(user);
  of.owner.take_reading(of);
  return of.read(to, room);
}

int on_seek(void* user, curl_off_t offset, int origin) noexcept {
  const auto ok =
      origin == SEEK_SET && offset >= 0 && transfer_of(user).seek(static_cast<std::size_t>(offset));
  return ok ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

int on_sending(void* user, char*, char*, int, int) noexcept {
  auto& of = transfer_of(user);
  return of.owner.take_sending(of) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/// Whether the connection that a request is about to go out on speaks HTTP/2.
bool is_http2(CURL* easy) noexcept {
  const curl_tlssessioninfo* tls = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK
      || tls->backend != CURLSSLBACKEND_OPENSSL || tls->internals == nullptr)
    return false;
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(static_cast<const SSL*>(tls->internals), &name, &size);
  return std::string_view{reinterpret_cast<const char*>(name), size} == "h2";
}

curl_socket_t on_open(void* user, curlsocktype, curl_sockaddr* to) noexcept {
  return static_cast<engine*>(user)->take_open(to->family, to->socktype, to->protocol);
}

int on_close(void* user, curl_socket_t socket) noexcept {
  return static_cast<engine*>(user)->take_close(socket);
}

} // namespace

void engine::set_up(transfer& of, settings_ptr via) {
  of.renew(std::move(via));
  auto* easy = of.easy;
  const auto set = [easy](auto option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_PRIVATE, &of);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &of);
  set(CURLOPT_WRITEFUNCTION, &on_piece);
  set(CURLOPT_WRITEDATA, &of);
  set(CURLOPT_READFUNCTION, &on_read);
  set(CURLOPT_READDATA, &of);
  set(CURLOPT_SEEKFUNCTION, &on_seek);
  set(CURLOPT_SEEKDATA, &of);
  set(CURLOPT_PREREQFUNCTION, &on_sending);
  set(CURLOPT_PREREQDATA, &of);
  set(CURLOPT_OPENSOCKETFUNCTION, &on_open);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_CLOSESOCKETFUNCTION, &on_close);
  set(CURLOPT_CLOSESOCKETDATA, this);
  set(CURLOPT_SHARE, share_.get());
  set(CURLOPT_ERRORBUFFER, of.words());
  set(CURLOPT_NOSIGNAL, 1L);
  // A resolver thread that hangs must not hold up ours when its transfer is given up.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_BUFFERSIZE, buffer_size);
  set(CURLOPT_TCP_NODELAY, 1L);
  // Reasoning models are silent for minutes, which routers on the way take for dead.
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  if (no_proxy_.empty())
    set(CURLOPT_PROXY, ""); // spares the look at the environment with every request
  else
    set(CURLOPT_NOPROXY, no_proxy_.c_str());
  apply(settings_of(of.via()), easy);
}

std::size_t engine::take_header_line(transfer& of, std::string_view line) {
  constexpr std::size_t stop = 0;
  if (of.now.cancelled)
    return stop;
  switch (of.answer.line(line)) {
  case answer_head::step::more:
    return line.size();
  case answer_head::step::bad:
    return stop;
  case answer_head::step::complete:
    break;
  }
  of.now.last_move = now_;
  watch(of);
  if (running_) {
    tell_head(of);
  } else {
    of.now.head_held = true;
    ask_resume(of);
  }
  return of.now.cancelled ? stop : line.size();
}

std::size_t engine::take_piece(transfer& of, std::string_view piece) {
  if (of.now.cancelled)
    return CURL_WRITEFUNC_ERROR;
  if (!running_) {
    of.now.held = true;
    ask_resume(of);
    return CURL_WRITEFUNC_PAUSE;
  }
  if (of.now.head_held)
    tell_head(of);
  if (of.now.cancelled)
    return CURL_WRITEFUNC_ERROR;
  of.now.last_move = now_;
  of.now.offering = true;
  const auto taken = owner_.on_data(of.id, piece);
  of.now.offering = false;
  if (of.now.cancelled)
    return CURL_WRITEFUNC_ERROR;
  if (taken)
    return piece.size();
  of.now.paused = true;
  return CURL_WRITEFUNC_PAUSE;
}

bool engine::take_sending(transfer& of) {
  // curl has words for whatever breaks a connection, and none for a stream that was refused.
  if (of.now.on_stream && *of.words() == '\0')
    of.now.stream_refused = true;
  if (of.now.cancelled || (of.now.times_sent > 0 && !of.may_repeat()))
    return false;
  ++of.now.times_sent;
  of.now.on_stream = is_http2(of.easy);
  of.now.closed_unread = false;
  of.now.stream_refused = false;
  of.now.last_move = now_;
  watch(of);
  return true;
}

int engine::take_open(int family, int type, int protocol) {
  return poller_.open_socket(family, type, protocol);
}

int engine::take_close(int socket) {
  if (poller::closed_unread(socket))
    for (auto& [id, each] : by_id_)
      if (each->now.socket == socket && !each->now.on_stream)
        each->now.closed_unread = true;
  return poller_.close_socket(socket);
}

} // namespace keywheel::transport
