#include "cli/admin_events.hpp"

#include "cli/admin_curl.hpp"
#include "dialect/event_lines.hpp"

#include <chrono>

namespace keywheel::cli {

namespace {

using std::chrono::steady_clock;

/// What arrives, cut into events. An answer that is no stream is kept as it is, for its error.
struct intake {
  const event_listener* listener;
  CURL* easy;
  std::string body;
  dialect::event_lines lines;
  bool enough = false;

  std::size_t take(std::string_view piece) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
      body.append(piece.substr(0, max_answer - std::min(body.size(), max_answer)));
      return piece.size();
    }
    const auto size = piece.size();
    while (!enough && lines.next(piece))
      if (!lines.event().data.empty())
        enough =
            !listener->on_event({std::string{lines.event().name}, std::string{lines.event().data}});
    return enough ? 0 : size; // libcurl ends a transfer that takes less than it was given
  }
};

std::size_t take(char* data, std::size_t size, std::size_t count, void* to) {
  return static_cast<intake*>(to)->take({data, size * count});
}

/// Called by libcurl at least once a second, and whenever something arrives.
struct clock_watch {
  const event_listener* listener;
  steady_clock::time_point next = steady_clock::now() + std::chrono::seconds{1};
  bool enough = false;
};

int tick(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& watch = *static_cast<clock_watch*>(of);
  if (steady_clock::now() < watch.next)
    return 0;
  watch.next += std::chrono::seconds{1};
  watch.enough = !watch.listener->on_second();
  return watch.enough ? 1 : 0;
}

} // namespace

reply listen_to_events(const admin_target& target, const std::string& only,
                       const event_listener& listener) {
  admin_transfer transfer{target, "/api/v1/events?only=" + only};
  intake incoming{&listener, transfer.handle(), {}, dialect::event_lines{}};
  clock_watch watch{&listener};
  auto* handle = transfer.handle();
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &incoming);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, tick);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &watch);
  // The gateway says a word every 15 s; without one for a minute it is gone.
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 60L);
  auto result = transfer.perform();
  if (incoming.enough || watch.enough)
    return {200, {}, {}};
  result.body = std::move(incoming.body);
  if (result.status == 200)
    result.unreachable = "the gateway ended the stream";
  return result;
}

} // namespace keywheel::cli
