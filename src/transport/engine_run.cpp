#include "transport/engine.hpp"
#include "transport/outcomes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace keywheel::transport {

namespace {

// Work that makes new work at once: after so many rounds others on this thread get their turn.
constexpr int max_rounds = 8;

// Limits that lie closer together than this are checked together.
constexpr std::chrono::milliseconds check_spacing{20};

} // namespace

void engine::run(time_point now) {
  now_ = now;
  running_ = true;
  act_on_sockets();
  auto more = settle();
  if (now_ >= next_check_) {
    check_limits();
    more = settle();
    drop_unused_lanes();
  }
  running_ = false;
  poller_.rearm(more ? time_point::min() : next_event(), now_);
}

// -- the steps of run() ---------------------------------------------------------------------------

void engine::act_on_sockets() {
  std::array<poller::event, poller::batch> events;
  const auto count = poller_.poll(events);
  for (std::size_t i = 0; i < count; ++i)
    events[i].owner->act(events[i].socket, events[i].flags);
}

void engine::act_on_timers() {
  for (auto& each : lanes_)
    if (each->due() <= now_)
      each->act(CURL_SOCKET_TIMEOUT, 0);
}

void engine::do_resumes() {
  const auto asked = std::exchange(resumes_, {});
  for (const auto id : asked) {
    auto* of = find(id);
    if (of == nullptr)
      continue;
    of->now.resume_asked = false;
    if (of->now.head_held)
      tell_head(*of);
    if (of->now.cancelled || (!of->now.paused && !of->now.held))
      continue;
    of->now.paused = false;
    of->now.held = false;
    of->now.last_move = now_;
    watch(*of);
    const auto code = curl_easy_pause(of->easy, CURLPAUSE_CONT);
    if (code != CURLE_OK && !of->now.cancelled)
      conclude(*of, code);
  }
}

void engine::do_starts() {
  const auto asked = std::exchange(starts_, {});
  for (const auto id : asked) {
    auto* of = find(id);
    if (of == nullptr)
      continue;
    if (of->what.deadline <= now_)
      finish(*of, expired(of->what, true, false));
    else if (of->now.refused || !launch(*of))
      finish(*of, refused());
  }
}

void engine::do_cancels() {
  for (auto& each : std::exchange(cancels_, {}))
    let_go(std::move(each));
}

void engine::collect() {
  for (auto& each : lanes_) {
    int left = 0;
    while (const auto* told = curl_multi_info_read(each->handle(), &left)) {
      transfer* of = nullptr;
      curl_easy_getinfo(told->easy_handle, CURLINFO_PRIVATE, &of);
      if (told->msg == CURLMSG_DONE && !of->now.cancelled)
        conclude(*of, told->data.result);
    }
  }
}

void engine::conclude(transfer& of, CURLcode code) {
  if (code == CURLE_OK && of.answer.is_complete())
    return finish(of, {true, dialect::failure::none, {}});
  auto how = breakdown{};
  how.code = code == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : code;
  long bytes_sent = 0;
  curl_easy_getinfo(of.easy, CURLINFO_OS_ERRNO, &how.os_errno);
  curl_easy_getinfo(of.easy, CURLINFO_HTTP_CONNECTCODE, &how.proxy_status);
  curl_easy_getinfo(of.easy, CURLINFO_REQUEST_SIZE, &bytes_sent);
  how.sent = of.now.times_sent > 0 && bytes_sent > 0 && !of.now.stream_refused;
  how.stream_refused = of.now.stream_refused;
  how.head_complete = of.answer.is_complete();
  how.words = of.words();
  how.problem = of.answer.problem();
  finish(of, broken(of.what, how));
}

// Heads held since before run() are told first: the other steps rely on it.
bool engine::settle() {
  for (int round = 0; round < max_rounds; ++round) {
    do_resumes();
    do_starts();
    act_on_timers();
    do_cancels();
    collect();
    if (resumes_.empty() && starts_.empty() && cancels_.empty() && !timers_due())
      return false;
  }
  return true;
}

void engine::check_limits() {
  next_check_ = time_point::max();
  limits_reached_.clear();
  for (const auto& [id, each] : by_id_) {
    const auto limit = each->limit();
    if (limit <= now_)
      limits_reached_.push_back(id);
    else
      next_check_ = std::min(next_check_, std::max(limit, now_ + check_spacing));
  }
  for (const auto id : limits_reached_)
    if (auto* of = find(id); of != nullptr)
      finish(*of, expired(of->what, of->what.deadline <= now_, of->answer.is_complete()));
}

// -- lanes and times ------------------------------------------------------------------------------

// Those of other settings have lanes of their own: curl would share a tunnel through a proxy with
// somebody who has another password there, and keeps the authorities of one file only.
lane& engine::choose_lane(const settings_ptr& via) {
  for (auto& each : lanes_)
    if (each->active() < lane::width && same_settings(each->via(), via))
      return *each;
  lanes_.push_back(std::make_unique<lane>(poller_, now_, via));
  spread_idle();
  return *lanes_.back();
}

// The first lanes do most of the work, and each must be able to keep as many as it may use at once.
void engine::spread_idle() {
  const auto share = std::max(with_.max_idle_connections / lanes_.size(), lane::width);
  for (auto& each : lanes_)
    each->keep(std::min(share, std::max<std::size_t>(with_.max_idle_connections, 1)));
}

void engine::drop_unused_lanes() {
  if (lanes_.size() < 2)
    return;
  const auto useless = [this](const auto& each) {
    return each->active() == 0 && now_ - each->unused_since() >= lane::linger;
  };
  // The first one stays: it has read the certificates of the system, which takes milliseconds.
  const auto gone = std::remove_if(lanes_.begin() + 1, lanes_.end(), useless);
  if (gone != lanes_.end()) {
    lanes_.erase(gone, lanes_.end());
    spread_idle();
  }
  for (auto each = lanes_.begin() + 1; each != lanes_.end(); ++each)
    if ((*each)->active() == 0)
      next_check_ = std::min(next_check_, (*each)->unused_since() + lane::linger);
}

bool engine::timers_due() const noexcept {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [this](const auto& each) { return each->due() <= now_; });
}

void engine::watch(const transfer& of) {
  next_check_ = std::min(next_check_, of.limit());
}

time_point engine::next_event() const noexcept {
  auto result = next_check_;
  for (const auto& each : lanes_)
    result = std::min(result, each->due());
  return result;
}

} // namespace keywheel::transport
