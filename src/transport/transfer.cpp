#include "transport/transfer.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace keywheel::transport {

namespace {

// Up to this size curl sends headers and body with one call; beyond it copies nothing.
constexpr std::size_t max_joined = 64 * 1024;

// curl asks for "100 Continue" from 1 MiB on.
constexpr std::size_t expect_from = 1024 * 1024;

// What a pooled transfer may keep for the next body.
constexpr std::size_t max_kept = 16 * 1024;

// Further away than this is never; so adding it to a time cannot overflow.
constexpr std::chrono::hours never{24 * 365};

constexpr std::chrono::milliseconds max_connect = std::chrono::hours{24};

time_point later(time_point from, std::chrono::milliseconds by) noexcept {
  return by <= by.zero() || by >= never ? time_point::max() : from + by;
}

// RFC 9110 §9.1 allows more; nobody has ever registered it.
bool is_method(std::string_view name) noexcept {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

} // namespace

transfer::transfer(engine& of) : owner(of), easy(curl_easy_init()) {
  if (easy == nullptr)
    throw std::bad_alloc{};
}

transfer::~transfer() {
  curl_easy_cleanup(easy);
}

void transfer::renew(settings_ptr via) {
  curl_easy_reset(easy);
  via_ = std::move(via);
  connect_timeout_ms_ = -1;
  custom_method_ = false;
  http2_ = false;
}

void transfer::begin(transfer_id for_id, request&& request_of, time_point at) {
  id = for_id;
  what = std::move(request_of);
  answer.reset();
  words_.front() = '\0';
  now = state{};
  now.last_move = at;
  segment_ = 0;
  offset_ = 0;
  body_size_ = 0;
  for (const auto& piece : what.body)
    body_size_ += piece.size();
}

bool transfer::prepare(std::string_view user_agent_line) {
  const auto is_head = what.method == "HEAD";
  const auto has_body = !is_head
                        && (body_size_ > 0 || what.method == "POST" || what.method == "PUT"
                            || what.method == "PATCH");
  if (!is_method(what.method)
      || !headers_.build(what.headers, {user_agent_line, has_body, body_size_ >= expect_from}))
    return false;
  what.headers = {}; // copied; not needed twice in memory
  curl_easy_setopt(easy, CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  set_version();
  set_method(has_body);
  if (has_body)
    set_body();
  const auto wait = std::clamp(what.connect_timeout, what.connect_timeout.zero(), max_connect);
  const auto connect = static_cast<long>(wait.count());
  if (connect != connect_timeout_ms_) {
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect);
    connect_timeout_ms_ = connect;
  }
  return true;
}

void transfer::end() {
  headers_.wipe();
  what.via.reset();
  // A query may hold a key. Nor may curl keep pointers to what is gone.
  explicit_bzero(what.url.data(), what.url.size());
  curl_easy_setopt(easy, CURLOPT_URL, nullptr);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
  what.body.clear();
  what.headers = {};
  if (joined_.capacity() > max_kept)
    std::string{}.swap(joined_);
  now.home = nullptr;
}

time_point transfer::limit() const noexcept {
  // Before it is sent, curl watches over connect_timeout; while it is paused, nobody is silent.
  if (now.times_sent == 0 || now.paused || now.held)
    return what.deadline;
  const auto silence = answer.is_complete() ? what.idle_timeout : what.first_byte_timeout;
  return std::min(what.deadline, later(now.last_move, silence));
}

bool transfer::may_repeat() const noexcept {
  if (now.stream_refused)
    return now.times_sent < 2;
  if (what.replayable || now.closed_unread || what.method == "GET" || what.method == "HEAD"
      || what.method == "OPTIONS")
    return true;
  // The kernel refused the first byte on a connection that had died unseen.
  long sent = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
  return sent == 0;
}

std::size_t transfer::read(char* to, std::size_t room) noexcept {
  std::size_t done = 0;
  while (done < room && segment_ < what.body.size()) {
    const auto piece = what.body[segment_].substr(offset_, room - done);
    if (!piece.empty())
      std::memcpy(to + done, piece.data(), piece.size());
    done += piece.size();
    offset_ += piece.size();
    if (offset_ == what.body[segment_].size()) {
      ++segment_;
      offset_ = 0;
    }
  }
  return done;
}

bool transfer::seek(std::size_t offset) noexcept {
  if (offset > body_size_)
    return false;
  segment_ = 0;
  while (segment_ < what.body.size() && offset >= what.body[segment_].size())
    offset -= what.body[segment_++].size();
  offset_ = offset;
  return true;
}

// By ALPN only: libcurl 7.88 breaks HTTP/2 by prior knowledge. Without TLS it is not even to be
// asked for, since curl then looks for connections to share.
void transfer::set_version() {
  const auto http2 = settings_of(via_).http2 && what.url.starts_with("https:");
  if (http2 == http2_)
    return;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                   static_cast<long>(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  http2_ = http2;
}

void transfer::set_method(bool has_body) {
  const auto is_head = what.method == "HEAD";
  if (is_head)
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  else
    curl_easy_setopt(easy, has_body ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
  const auto custom = !is_head && what.method != (has_body ? "POST" : "GET");
  if (custom)
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, what.method.c_str());
  else if (custom_method_)
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
  custom_method_ = custom;
}

void transfer::set_body() {
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_size_));
  if (body_size_ >= max_joined) {
    // Without CURLOPT_POSTFIELDS curl calls read().
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
    return;
  }
  if (what.body.size() == 1 && body_size_ > 0) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, what.body.front().data());
    return;
  }
  joined_.clear();
  joined_.reserve(body_size_);
  for (const auto& piece : what.body)
    joined_.append(piece);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, joined_.c_str());
}

} // namespace keywheel::transport
