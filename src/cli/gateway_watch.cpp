#include "cli/gateway_watch.hpp"

#include "actors/errors.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace keywheel::cli {

namespace {

constexpr std::chrono::seconds start_timeout{30};
constexpr std::chrono::seconds reload_timeout{60};

using log_ptr = std::shared_ptr<spdlog::logger>;

void reload(caf::event_based_actor* self, const gateway_actor& gateway,
            const std::shared_ptr<gateway_news>& news, const log_ptr& log) {
  self->request(gateway, reload_timeout, reload_atom_v)
      .then(
          [news, log](const reload_report& report) {
            // The gateway has logged what was wrong, line by line.
            if (report.problems.empty())
              log->info("reload done: generation {} is in force", report.generation);
            else
              log->error("reload refused: generation {} stays in force", report.generation);
            news->reloaded();
          },
          [news, log](const caf::error& error) {
            log->error("reload failed: {}", describe(error));
            news->reloaded();
          });
}

caf::behavior watch(caf::event_based_actor* self, const gateway_actor& gateway,
                    const std::shared_ptr<gateway_news>& news, const log_ptr& log) {
  self->monitor(gateway);
  self->set_down_handler([self, news](const caf::down_msg& down) {
    news->ends(down.reason);
    self->quit();
  });
  self->request(gateway, start_timeout, ready_atom_v)
      .then([news](const listening& where) { news->listens(where); },
            [news](const caf::error& error) {
              // Its end is told with its reason.
              if (error != caf::sec::request_receiver_down)
                news->refuses(describe(error));
            });
  return {[self, gateway, news, log](reload_atom) { reload(self, gateway, news, log); }};
}

} // namespace

gateway_news::gateway_news() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0)
    throw std::system_error(errno, std::generic_category(), "eventfd");
}

gateway_news::~gateway_news() {
  ::close(descriptor_);
}

void gateway_news::ring() const noexcept {
  std::uint64_t one = 1;
  static_cast<void>(!::write(descriptor_, &one, sizeof one));
}

gateway_news::state gateway_news::take() {
  std::uint64_t count = 0;
  static_cast<void>(!::read(descriptor_, &count, sizeof count));
  std::lock_guard guard{mutex_};
  return state_;
}

void gateway_news::listens(listening where) {
  {
    std::lock_guard guard{mutex_};
    state_.listens = std::move(where);
  }
  ring();
}

void gateway_news::refuses(std::string why) {
  {
    std::lock_guard guard{mutex_};
    state_.refusal = std::move(why);
  }
  ring();
}

void gateway_news::reloaded() {
  {
    std::lock_guard guard{mutex_};
    ++state_.reloads;
  }
  ring();
}

void gateway_news::ends(const caf::error& reason) {
  {
    std::lock_guard guard{mutex_};
    state_.ended = true;
    state_.orderly = !reason || reason == caf::exit_reason::user_shutdown;
    state_.reason = reason ? describe(reason) : "no reason given";
  }
  ring();
}

caf::actor watch_gateway(caf::actor_system& system, const gateway_actor& gateway,
                         const std::shared_ptr<gateway_news>& news, const log_ptr& log) {
  return system.spawn(watch, gateway, news, log);
}

} // namespace keywheel::cli
