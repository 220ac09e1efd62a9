// Names that are slow to resolve.

#include "tests/transport/world.hpp"

#include <condition_variable>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>

using namespace keywheel;
using namespace keywheel::transport;
using namespace keywheel::transport::test;

namespace {

/// A name server that answers when the test says so. libcurl's resolver threads wait here.
class slow_name {
public:
  static constexpr std::string_view text = "slow.invalid";

  static void wait() {
    std::unique_lock guard{lock()};
    ++asked();
    changed().notify_all();
    changed().wait(guard, [] { return released(); });
  }

  slow_name() {
    const std::lock_guard guard{lock()};
    released() = false;
    asked() = 0;
  }

  ~slow_name() { release(); }

  void release() {
    const std::lock_guard guard{lock()};
    released() = true;
    changed().notify_all();
  }

  bool is_asked() const {
    const std::lock_guard guard{lock()};
    return asked() > 0;
  }

private:
  // Never destroyed: a thread that outlives the tests may still be in wait().
  static std::mutex& lock() {
    static auto* one = new std::mutex;
    return *one;
  }
  static std::condition_variable& changed() {
    static auto* one = new std::condition_variable;
    return *one;
  }
  static bool& released() {
    static bool one = true;
    return one;
  }
  static int& asked() {
    static int one = 0;
    return one;
  }
};

request to_slow_name(const world& all) {
  auto what = all.request_to("/");
  what.url = "http://" + std::string{slow_name::text} + "/";
  return what;
}

} // namespace

/// Stands before the C library's, for libcurl too.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || node != slow_name::text)
    return real(node, service, hints, result);
  slow_name::wait();
  return EAI_NONAME;
}

TEST_CASE("a name that is slow to resolve holds up nobody else") {
  slow_name name;
  world all;
  const auto slow = all.start(to_slow_name(all));
  all.run([&] { return name.is_asked(); });
  CHECK(all.finish(all.get()).how.complete);
  CHECK_FALSE(all.records[slow].done);
  name.release();
  const auto& seen = all.finish(slow);
  CHECK(seen.how.failed == dialect::failure::not_sent);
  CHECK(seen.how.detail == "the name in slow.invalid:80 is not known");
}

TEST_CASE("who gives up on a slow name need not wait for it") {
  slow_name name;
  world all;
  auto what = to_slow_name(all);
  what.deadline = all.now() + std::chrono::seconds{10};
  const auto late = all.start(what);
  const auto left = all.start(what);
  all.run([&] { return name.is_asked(); });
  all.subject->cancel(left);
  all.skip(std::chrono::seconds{11});
  CHECK(all.finish(late).how.failed == dialect::failure::deadline);
  CHECK_FALSE(all.records[left].done);
  all.subject.reset();
}
