#include "cli/admin_events.hpp"
#include "cli/client.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <unistd.h>

namespace keywheel::cli {

namespace {

using std::chrono::steady_clock;

volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int) {
  interrupted = 1;
}

/// While it lives, Ctrl-C and SIGTERM end a watch in order: the terminal is given back.
class interrupts {
public:
  interrupts() {
    interrupted = 0;
    struct sigaction how {};
    how.sa_handler = note_interrupt; // without SA_RESTART: a wait ends at once
    ::sigaction(SIGINT, &how, &before_[0]);
    ::sigaction(SIGTERM, &how, &before_[1]);
  }
  ~interrupts() {
    ::sigaction(SIGINT, &before_[0], nullptr);
    ::sigaction(SIGTERM, &before_[1], nullptr);
  }
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;

private:
  struct sigaction before_[2]{};
};

/// The terminal's other page, while it lives: what stood on the first comes back with its end.
class other_page {
public:
  explicit other_page(bool used) : used_(used) {
    if (used_)
      std::cout << "\x1b[?1049h\x1b[?25l" << std::flush;
  }
  ~other_page() {
    if (used_)
      std::cout << "\x1b[?25h\x1b[?1049l" << std::flush;
  }
  other_page(const other_page&) = delete;
  other_page& operator=(const other_page&) = delete;

  void show(const std::string& text) {
    if (used_)
      std::cout << "\x1b[H\x1b[2J";
    std::cout << text << std::flush;
  }

private:
  bool used_;
};

bool goes_on() {
  return interrupted == 0 && std::cout.good();
}

exit_code end_of(const reply& answer, const admin_target& target) {
  return interrupted != 0 ? exit_code::ok : judge(answer, target);
}

exit_code watch_json(const admin_target& target, const std::string& only) {
  event_listener listener;
  listener.on_event = [](const admin_event& event) {
    std::cout << R"({"event":")" << event.name << R"(","data":)" << event.data << "}" << std::endl;
    return goes_on();
  };
  listener.on_second = goes_on;
  const interrupts guard;
  return end_of(listen_to_events(target, only, listener), target);
}

} // namespace

exit_code
watch(const client_options& with,
      const std::function<std::optional<std::string>(const std::string&, std::int64_t)>& view) {
  const auto target = target_of(with);
  if (with.json)
    return watch_json(target, "snapshot");
  const bool on_terminal = ::isatty(STDOUT_FILENO) != 0;
  std::string snapshot;
  steady_clock::time_point came;
  const interrupts guard;
  reply answer;
  {
    other_page page{on_terminal};
    const auto show = [&] {
      const auto age = std::chrono::ceil<std::chrono::milliseconds>(steady_clock::now() - came);
      page.show(view(snapshot, age.count()).value_or("the gateway's answer is not understood\n"));
      return goes_on();
    };
    event_listener listener;
    listener.on_event = [&](const admin_event& event) {
      snapshot = event.data;
      came = steady_clock::now();
      return show();
    };
    // Cooldowns count down between two snapshots; where lines only grow, that would be noise.
    listener.on_second = [&] { return on_terminal && !snapshot.empty() ? show() : goes_on(); };
    answer = listen_to_events(target, "snapshot", listener);
  }
  return end_of(answer, target);
}

void add_events(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "events", "Say what happens in a running gateway, as it happens");
  auto with = add_client_options(command);
  auto only = std::make_shared<std::string>("key,cooldown,config,audit");
  command.add_option("--only", *only, "Which events: key, cooldown, config, audit")
      ->type_name("KIND,...");
  command.callback([&chosen, with, only] {
    chosen = [with, only] {
      const auto target = target_of(*with);
      if (with->json)
        return watch_json(target, *only);
      event_listener listener;
      listener.on_event = [](const admin_event& event) {
        if (const auto line = event_view(event.name, event.data); !line.empty())
          std::cout << line << std::endl;
        return goes_on();
      };
      listener.on_second = goes_on;
      const interrupts guard;
      return end_of(listen_to_events(target, *only, listener), target);
    };
  });
}

} // namespace keywheel::cli
