#include "tests/transport/world.hpp"

#include <poll.h>

namespace keywheel::transport::test {

namespace {

using namespace std::chrono_literals;

// Only a guard against a test that hangs.
constexpr auto far_too_long = 60s;

} // namespace

world::world(client::options with) : subject(std::make_unique<client>(*this, std::move(with))) {
  // nop
}

transfer_id world::start(request what) {
  const auto id = ++last_;
  records[id];
  const auto was_inside = std::exchange(inside_, false);
  subject->start(id, std::move(what), now());
  inside_ = was_inside;
  return id;
}

transfer_id world::get(std::string_view path) {
  return start(request_to(path));
}

transfer_id world::post(std::string_view body, std::string_view path) {
  auto what = request_to(path, "POST");
  what.body = {body};
  return start(std::move(what));
}

request world::request_to(std::string_view path, std::string_view method) const {
  request result;
  result.method = method;
  result.url = server.url(path);
  return result;
}

void world::run(const std::function<bool()>& until) {
  const auto give_up = clock::now() + far_too_long;
  while (!until()) {
    if (clock::now() > give_up)
      FAIL("nothing happens any more");
    lap(1000ms);
  }
}

const record& world::finish(transfer_id id) {
  run([&] { return records[id].done; });
  return records[id];
}

void world::finish_all() {
  run([&] { return subject->active() == 0; });
}

void world::settle() {
  while (lap(5ms)) {
    // nop
  }
}

void world::skip(duration time) {
  skew_ += time;
  run_client();
}

bool world::is_quiet(std::chrono::milliseconds time) {
  constexpr int leftovers = 3;
  for (int i = 0; i <= leftovers; ++i) {
    pollfd wish{subject->descriptor(), POLLIN, 0};
    if (::poll(&wish, 1, static_cast<int>(time.count())) == 0)
      return true;
    run_client();
  }
  return false;
}

void world::on_head(transfer_id id, http::response_head&& head) {
  auto& of = records.at(id);
  CHECK(inside_);
  CHECK_FALSE(of.has_head);
  CHECK_FALSE(of.done);
  of.has_head = true;
  of.head = std::move(head);
  if (at_head)
    at_head(id);
}

bool world::on_data(transfer_id id, std::string_view piece) {
  auto& of = records.at(id);
  if (!inside_ || !of.has_head || of.done)
    FAIL_CHECK("a piece out of turn");
  if (at_data && !at_data(id, piece))
    return false;
  of.body.append(piece);
  ++of.pieces;
  return true;
}

void world::on_done(transfer_id id, const outcome& how) {
  auto& of = records.at(id);
  CHECK(inside_);
  CHECK_FALSE(of.done);
  CHECK((of.has_head || !how.complete));
  of.done = true;
  of.how = how;
  if (at_done)
    at_done(id);
}

bool world::lap(std::chrono::milliseconds patience) {
  wishes_.clear();
  wishes_.push_back({subject->descriptor(), POLLIN, 0});
  server.add_to(wishes_);
  const auto ready = ::poll(wishes_.data(), wishes_.size(), static_cast<int>(patience.count()));
  server.act();
  if (wishes_.front().revents != 0)
    run_client();
  return ready > 0;
}

void world::run_client() {
  inside_ = true;
  subject->run(now());
  inside_ = false;
}

} // namespace keywheel::transport::test
