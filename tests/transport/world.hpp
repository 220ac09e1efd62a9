#pragma once

#include "tests/catch.hpp"
#include "tests/transport/loopback_server.hpp"
#include "transport/client.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace keywheel::transport::test {

/// What became of one transfer.
struct record {
  bool has_head = false;
  http::response_head head;
  std::string body;
  unsigned pieces = 0;
  bool done = false;
  outcome how;
};

/// One client, one server and the loop that lets both go on. Checks the listener's contract: calls
/// come from inside run() only, the head first, nothing after the end.
class world : public listener {
public:
  explicit world(client::options with = {});

  time_point now() const { return clock::now() + skew_; }

  /// Starts a transfer with a number of its own.
  transfer_id start(request what);
  transfer_id get(std::string_view path = "/");
  transfer_id post(std::string_view body, std::string_view path = "/");
  request request_to(std::string_view path, std::string_view method = "GET") const;

  /// Lets time pass until `until` is true. The test fails if that takes unduly long.
  void run(const std::function<bool()>& until);

  /// Runs until that transfer, or all of them, have ended.
  const record& finish(transfer_id id);
  void finish_all();

  /// Lets whatever is under way come to rest.
  void settle();

  /// Makes the client believe that time has passed.
  void skip(duration time);

  /// Whether the client stays quiet for `time`, nothing else going on. A few timers left over from
  /// what went on before are no noise.
  bool is_quiet(std::chrono::milliseconds time);

  void on_head(transfer_id id, http::response_head&& head) override;
  bool on_data(transfer_id id, std::string_view piece) override;
  void on_done(transfer_id id, const outcome& how) override;

  /// What a test wants to do there; absent: takes everything.
  std::function<void(transfer_id)> at_head;
  std::function<bool(transfer_id, std::string_view)> at_data;
  std::function<void(transfer_id)> at_done;

  loopback_server server;
  std::map<transfer_id, record> records;
  std::unique_ptr<client> subject;

private:
  bool lap(std::chrono::milliseconds patience);
  void run_client();

  std::vector<pollfd> wishes_;
  duration skew_{};
  bool inside_ = false;
  transfer_id last_ = 0;
};

} // namespace keywheel::transport::test
