#include "transport/engine.hpp"

#include "transport/outcomes.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

namespace keywheel::transport {

namespace {

// Idle handles cost 5 KB each.
constexpr std::size_t max_pooled = 256;

bool is_set(const char* variable) noexcept {
  const auto* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// Returns the hosts that are reached directly, or nothing if all of them are.
std::string direct_hosts() {
  const auto variables = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  if (std::none_of(variables.begin(), variables.end(), is_set))
    return {};
  auto result = std::string{"localhost,127.0.0.0/8,::1"};
  for (const auto* variable : {"no_proxy", "NO_PROXY"}) {
    if (!is_set(variable))
      continue;
    const std::string more = std::getenv(variable);
    return more == "*" ? more : result + ',' + more;
  }
  return result;
}

CURLSH* make_share() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto* share = curl_share_init();
  if (share == nullptr)
    throw std::bad_alloc{};
  // One thread, hence no locks.
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  return share;
}

} // namespace

engine::engine(listener& owner, client::options with)
    : owner_(owner),
      with_(std::move(with)),
      no_proxy_(direct_hosts()),
      share_(make_share(), &curl_share_cleanup) {
  if (!with_.user_agent.empty())
    user_agent_line_ = "User-Agent: " + with_.user_agent;
}

engine::~engine() {
  for (auto& [id, each] : by_id_)
    if (each->now.home != nullptr)
      each->now.home->remove(each->easy);
  for (auto& each : cancels_)
    if (each->now.home != nullptr)
      each->now.home->remove(each->easy);
  lanes_.clear();
}

// -- what the owner asks for ----------------------------------------------------------------------

void engine::start(transfer_id id, request what, time_point now) {
  now_ = now;
  auto [place, is_new] = by_id_.try_emplace(id);
  if (!is_new)
    return;
  place->second = acquire();
  auto& added = *place->second;
  added.begin(id, std::move(what), now);
  // Inside run() curl may be at work; and what ends at once is to be told in run().
  if (running_ || added.what.deadline <= now || !launch(added)) {
    starts_.push_back(id);
    if (!running_)
      poller_.wake();
    return;
  }
  auto& home = *added.now.home;
  home.act(CURL_SOCKET_TIMEOUT, 0);
  if (home.has_finished())
    poller_.wake();
  else
    poller_.alarm_at(next_event(), now_);
}

void engine::resume(transfer_id id) {
  if (auto* of = find(id); of != nullptr && (of->now.paused || of->now.offering))
    ask_resume(*of);
}

void engine::cancel(transfer_id id) {
  auto node = by_id_.extract(id);
  if (node.empty())
    return;
  node.mapped()->now.cancelled = true;
  if (running_)
    cancels_.push_back(std::move(node.mapped()));
  else
    let_go(std::move(node.mapped()));
}

// -- transfers ------------------------------------------------------------------------------------

transfer* engine::find(transfer_id id) const noexcept {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

engine::owned_transfer engine::acquire() {
  if (pool_.empty()) {
    auto fresh = std::make_unique<transfer>(*this);
    set_up(*fresh, nullptr);
    return fresh;
  }
  auto result = std::move(pool_.back());
  pool_.pop_back();
  return result;
}

void engine::release(owned_transfer of) {
  of->end();
  if (pool_.size() < max_pooled)
    pool_.push_back(std::move(of));
}

bool engine::launch(transfer& of) {
  // A handle remembers what it was told; so it begins anew for another provider.
  if (!same_settings(of.via(), of.what.via))
    set_up(of, of.what.via);
  if (!of.prepare(user_agent_line_)) {
    of.now.refused = true;
    return false;
  }
  auto& home = choose_lane(of.via());
  if (!home.add(of.easy)) {
    of.now.refused = true;
    return false;
  }
  of.now.home = &home;
  watch(of);
  return true;
}

void engine::let_go(owned_transfer of) {
  if (auto* home = of->now.home; home != nullptr) {
    home->remove(of->easy);
    if (home->active() == 0)
      next_check_ = std::min(next_check_, now_ + lane::linger);
  }
  release(std::move(of));
}

void engine::finish(transfer& of, const outcome& how) {
  const auto id = of.id;
  auto node = by_id_.extract(id);
  let_go(std::move(node.mapped()));
  owner_.on_done(id, how);
}

void engine::tell_head(transfer& of) {
  of.now.head_held = false;
  owner_.on_head(of.id, of.answer.take());
}

void engine::ask_resume(transfer& of) {
  if (std::exchange(of.now.resume_asked, true))
    return;
  resumes_.push_back(of.id);
  if (!running_)
    poller_.wake();
}

} // namespace keywheel::transport
