#pragma once

#include "transport/client.hpp"
#include "transport/lane.hpp"
#include "transport/poller.hpp"
#include "transport/transfer.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace keywheel::transport {

/// What works inside a client. curl must not be called from its own callbacks, and the listener
/// only from run(): so whatever is asked for inside run() is noted down and done between two of
/// curl's actions, and whatever curl has to say outside of run() is held until then.
class engine {
public:
  engine(listener& owner, client::options with);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  int descriptor() const noexcept { return poller_.descriptor(); }
  std::size_t active() const noexcept { return by_id_.size(); }

  void start(transfer_id id, request what, time_point now);
  void resume(transfer_id id);
  void cancel(transfer_id id);
  void run(time_point now);

  // -- what curl calls (curl_setup.cpp) ----------------------------------------------------------

  /// Each returns what CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION may.
  std::size_t take_header_line(transfer& of, std::string_view line);
  std::size_t take_piece(transfer& of, std::string_view piece);

  /// Returns whether the request may go out.
  bool take_sending(transfer& of);
  void take_reading(transfer& of) { of.now.last_move = now_; }
  int take_open(int family, int type, int protocol);
  int take_close(int socket);

private:
  using ids = std::vector<transfer_id>;

  // -- transfers (engine.cpp) --------------------------------------------------------------

  using owned_transfer = std::unique_ptr<transfer>;

  transfer* find(transfer_id id) const noexcept;
  owned_transfer acquire();
  void release(owned_transfer of);
  void set_up(transfer& of, settings_ptr via);
  bool launch(transfer& of);
  void let_go(owned_transfer of);
  void finish(transfer& of, const outcome& how);
  void tell_head(transfer& of);
  void ask_resume(transfer& of);

  // -- the steps of run() (engine_run.cpp) -----------------------------------------------------

  void act_on_sockets();
  void act_on_timers();
  void do_resumes();
  void do_starts();
  void do_cancels();
  void collect();
  void conclude(transfer& of, CURLcode code);
  bool settle();
  void check_limits();

  // -- lanes and times --------------------------------------------------------------------------

  lane& choose_lane(const settings_ptr& via);
  void spread_idle();
  void drop_unused_lanes();
  bool timers_due() const noexcept;
  void watch(const transfer& of);
  time_point next_event() const noexcept;

  listener& owner_;
  client::options with_;
  std::string user_agent_line_;
  std::string no_proxy_; ///< hosts; where there is no proxy at all: empty
  time_point now_{};
  bool running_ = false;
  std::unique_ptr<CURLSH, CURLSHcode (*)(CURLSH*)> share_;
  poller poller_;

  std::vector<owned_transfer> pool_; ///< idle ones, the last used at the back
  std::unordered_map<transfer_id, owned_transfer> by_id_;
  std::vector<owned_transfer> cancels_; ///< gone for the listener, not yet for curl
  ids starts_;
  ids resumes_;
  ids limits_reached_;
  time_point next_check_ = time_point::max();
  std::vector<std::unique_ptr<lane>> lanes_;
};

} // namespace keywheel::transport
