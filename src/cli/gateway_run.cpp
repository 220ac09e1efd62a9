#include "cli/gateway_run.hpp"

#include "actors/errors.hpp"
#include "actors/keywheel.hpp"
#include "cli/gateway_watch.hpp"
#include "cli/service_manager.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <cerrno>
#include <iostream>
#include <poll.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace keywheel::cli {

namespace {

/// How this process uses CAF. Nothing of it comes from CAF's own command line or files.
struct system_config : caf::actor_system_config {
  system_config() {
    load<caf::io::middleman>();
    // The work-stealing default polls with sleeps; the hot path runs on the I/O thread anyway.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
    // One read per turn of the loop: what is left is told again, and the read that finds nothing is
    // saved.
    set("middleman.max-consecutive-reads", std::size_t{1});
    set("middleman.workers", std::size_t{0});
    set("logger.console-verbosity", caf::atom("quiet"));
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

exit_code fail(const std::string& why) {
  std::cerr << "keywheel: " << why << '\n';
  return exit_code::failed;
}

/// The main thread's part in the life of a gateway: it waits for news and for signals.
class attendant {
public:
  attendant(gateway_actor gateway, caf::actor watcher, std::shared_ptr<gateway_news> news,
            const signals& incoming, std::shared_ptr<spdlog::logger> log)
      : gateway_(std::move(gateway)),
        watcher_(std::move(watcher)),
        news_(std::move(news)),
        incoming_(&incoming),
        log_(std::move(log)) {}

  exit_code attend(const std::function<void(const listening&)>& announce) {
    ::pollfd waiting[2] = {{incoming_->descriptor(), POLLIN, 0}, {news_->descriptor(), POLLIN, 0}};
    bool announced = false;
    for (;;) {
      if (::poll(waiting, 2, -1) < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "poll");
      auto known = news_->take();
      if (!known.refusal.empty()) {
        caf::anon_send_exit(gateway_, caf::exit_reason::user_shutdown);
        return fail(known.refusal);
      }
      if (known.listens && !announced) {
        announced = true;
        announce(*known.listens);
        service_manager::ready("serving on " + known.listens->data);
      }
      if (std::exchange(reloads_, known.reloads) != known.reloads && !draining_)
        service_manager::ready("serving on " + known.listens->data);
      if (known.ended)
        return farewell(known);
      while (auto signal = incoming_->next())
        take(signal);
    }
  }

private:
  void take(int signal) {
    if (!asks_to_stop(signal)) {
      if (!draining_) {
        log_->info("SIGHUP: reload");
        service_manager::reloading();
        caf::anon_send(watcher_, reload_atom_v);
      }
    } else if (!draining_) {
      draining_ = true;
      log_->info("stopping; a second signal ends the process at once");
      service_manager::stopping();
      caf::anon_send(gateway_, drain_atom_v);
    } else {
      // What is left is the person's impatience: no destructor may stand in its way.
      ::_exit(128 + signal);
    }
  }

  exit_code farewell(const gateway_news::state& known) {
    if (!draining_ || !known.orderly)
      return fail(known.listens ? "the gateway ended: " + known.reason : known.reason);
    log_->info("stopped");
    return exit_code::ok;
  }

  gateway_actor gateway_;
  caf::actor watcher_;
  std::shared_ptr<gateway_news> news_;
  const signals* incoming_;
  std::shared_ptr<spdlog::logger> log_;
  unsigned reloads_ = 0; ///< that the service manager knows of
  bool draining_ = false;
};

} // namespace

exit_code run_gateway(const config::snapshot& config, signals& incoming,
                      const std::shared_ptr<spdlog::logger>& log,
                      const std::function<void(const listening&)>& announce) {
  system_config settings;
  caf::actor_system system{settings};
  options with;
  with.logger = log;
  with.json_log = config->log.json;
  auto gateway = spawn(system, config, with);
  if (!gateway)
    return fail(describe(gateway.error()));
  auto news = std::make_shared<gateway_news>();
  attendant host{*gateway, watch_gateway(system, *gateway, news, log), news, incoming, log};
  auto result = host.attend(announce);
  incoming.release();
  return result;
}

void announce_listening(const listening& where) {
  if (!where.data.empty())
    std::cout << "keywheel " KEYWHEEL_VERSION " serving on http://" << where.data << '\n';
  if (!where.admin.empty())
    std::cout << "admin http://" << where.admin << " (token "
              << (where.token_file.empty() ? "from the configuration" : "in " + where.token_file)
              << ")\n";
  std::cout << std::flush;
}

} // namespace keywheel::cli
