#include "tests/catch.hpp"
#include "tests/cli/listening_socket.hpp"
#include "tests/cli/process_runner.hpp"
#include "tests/scratch.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <poll.h>
#include <sys/un.h>

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The word that follows `before` in `text`.
std::string word_after(const std::string& text, const std::string& before) {
  auto from = text.find(before) + before.size();
  return text.substr(from, text.find_first_of(" \n", from) - from);
}

/// A connection to a loopback port that asks for one streamed chat completion.
class caller {
public:
  explicit caller(const std::string& url)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    if (::connect(socket_, reinterpret_cast<::sockaddr*>(&where), sizeof where) != 0)
      throw std::runtime_error("cannot connect to " + url);
    std::string body = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})";
    auto request = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   "Content-Type: application/json\r\nContent-Length: "
                   + std::to_string(body.size()) + "\r\n\r\n" + body;
    static_cast<void>(!::send(socket_, request.data(), request.size(), MSG_NOSIGNAL));
  }
  ~caller() { ::close(socket_); }
  caller(const caller&) = delete;
  caller& operator=(const caller&) = delete;

  /// Waits until `text` has come.
  void await(const std::string& text) {
    while (!contains(answer_, text))
      if (!read_some())
        throw std::runtime_error("the answer ended without " + text + ":\n" + answer_);
  }

  /// Everything until the other side closes.
  const std::string& answer() {
    while (read_some()) {
      // nop
    }
    return answer_;
  }

private:
  bool read_some() {
    char buffer[4096];
    auto size = ::read(socket_, buffer, sizeof buffer);
    if (size > 0)
      answer_.append(buffer, static_cast<std::size_t>(size));
    return size > 0;
  }

  int socket_;
  std::string answer_;
};

/// A configuration in a folder of its own that listens where it is told.
struct site {
  scratch folder;

  explicit site(const std::string& listen = "127.0.0.1:0",
                const std::string& admin = "127.0.0.1:0") {
    write(listen, admin, "one");
  }

  void write(const std::string& listen, const std::string& admin, const std::string& key,
             const std::string& provider = "http://127.0.0.1:1/v1") const {
    folder.write("keywheel.toml", "[server]\nlisten = \"" + listen + "\"\nstate_dir = \""
                                      + folder.path("state") + "\"\n[admin]\nlisten = \"" + admin
                                      + "\"\n[providers.p]\ndialect = \"openai\"\n"
                                        "base_url = \""
                                      + provider + "\"\napi_key = \"sk-" + key
                                      + "-secret\"\n[models.m]\nprovider = \"p\"\n");
  }

  std::string config() const { return folder.path("keywheel.toml"); }
};

/// A gateway with one call in flight at a simulated provider.
struct busy_site {
  runner::process provider;
  site here;
  std::unique_ptr<runner::process> gateway;
  std::unique_ptr<caller> call;

  /// `interval` lies between two events of the provider's answer.
  explicit busy_site(const std::string& interval)
      : provider{{"simulate", "--listen", "127.0.0.1:0", "--any-key", "--interval", interval}} {
    auto url = word_after(provider.await_output("any other key"), "provider on ");
    here.write("127.0.0.1:0", "127.0.0.1:0", "one", url);
    gateway =
        std::make_unique<runner::process>(std::vector<std::string>{"serve", "-c", here.config()});
    call = std::make_unique<caller>(word_after(gateway->await_output("(token in "), "serving on "));
    call->await("data: ");
  }
};

/// What a service manager listens at.
class notify_socket {
public:
  explicit notify_socket(const scratch& in)
      : path_(in.path("notify")), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    ::sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path_.copy(where.sun_path, sizeof where.sun_path - 1);
    if (::bind(socket_, reinterpret_cast<::sockaddr*>(&where), sizeof where) != 0)
      throw std::runtime_error("cannot listen at " + path_);
  }
  ~notify_socket() { ::close(socket_); }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  const std::string& path() const { return path_; }

  /// The next message, waited for at most a minute.
  std::string next() const {
    ::pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, 60'000) != 1)
      throw std::runtime_error("the service manager was told nothing");
    char buffer[4096];
    const auto size = ::recv(socket_, buffer, sizeof buffer, 0);
    return {buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

private:
  std::string path_;
  int socket_;
};

} // namespace

TEST_CASE("a service manager is told when the gateway is ready, reloads and stops") {
  site here;
  const notify_socket manager{here.folder};
  runner::process gateway{{"serve", "-c", here.config()}, {{"NOTIFY_SOCKET", manager.path()}}};
  CHECK(manager.next().starts_with("READY=1\nSTATUS=serving on 127.0.0.1:"));
  gateway.signal(SIGHUP);
  CHECK(manager.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(manager.next().starts_with("READY=1\n"));
  here.folder.write("keywheel.toml", "this is no TOML");
  gateway.signal(SIGHUP);
  CHECK(manager.next().starts_with("RELOADING=1\n"));
  CHECK(manager.next().starts_with("READY=1\n"));
  gateway.signal(SIGTERM);
  CHECK(manager.next() == "STOPPING=1");
  CHECK(gateway.finish().status == 0);
}

TEST_CASE("serve says where it listens and ends with 0 on a signal") {
  for (int number : {SIGTERM, SIGINT}) {
    site here;
    runner::process gateway{{"serve", "-c", here.config()}};
    auto said = gateway.await_output("(token in ");
    CHECK(said.starts_with("keywheel " KEYWHEEL_VERSION " serving on http://127.0.0.1:"));
    CHECK(contains(said, "\nadmin http://127.0.0.1:"));
    CHECK(contains(said, here.folder.path("state")));
    gateway.signal(number);
    auto result = gateway.finish();
    CAPTURE(result.err);
    CHECK(result.status == 0);
  }
}

TEST_CASE("the first signal lets a call in flight finish") {
  busy_site site{"50ms"};
  site.gateway->signal(SIGTERM);
  CHECK(contains(site.call->answer(), "data: [DONE]"));
  CHECK(site.call->answer().starts_with("HTTP/1.1 200 "));
  CHECK(site.gateway->finish().status == 0);
}

TEST_CASE("the second signal ends the process at once, calls or not") {
  busy_site site{"1h"};
  site.gateway->signal(SIGTERM);
  site.gateway->await_error("stopping");
  site.gateway->signal(SIGTERM);
  CHECK(site.gateway->finish().status == 128 + SIGTERM);
  CHECK_FALSE(contains(site.call->answer(), "[DONE]"));
}

TEST_CASE("serve finds a port in use and says which, in one line") {
  listening_socket busy;
  auto address = "127.0.0.1:" + std::to_string(busy.port());
  for (bool data : {true, false}) {
    auto here = data ? site{address, "127.0.0.1:0"} : site{"127.0.0.1:0", address};
    auto result = runner::run({"serve", "-c", here.config(), "--log-level", "off"});
    CAPTURE(data, result.err);
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    CHECK(result.err.starts_with("keywheel: "));
    CHECK(contains(result.err, address));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  }
}

TEST_CASE("serve does not start with a bad configuration") {
  site here;
  here.folder.write("keywheel.toml", "[server\n");
  auto result = runner::run({"serve", "-c", here.config()});
  CHECK(result.status == 1);
  CHECK(contains(result.err, here.config() + ":1:"));
}

TEST_CASE("SIGHUP reloads, and a bad file leaves what there is in force") {
  site here;
  runner::process gateway{{"serve", "-c", here.config()}};
  gateway.await_output("(token in ");
  gateway.signal(SIGHUP);
  gateway.await_error("reload done: generation ");
  here.folder.write("keywheel.toml", "[server\n");
  gateway.signal(SIGHUP);
  gateway.await_error("reload refused: generation ");
  auto said = gateway.await_error(here.config() + ":1:");
  CHECK_FALSE(contains(said, "sk-one-secret"));
  gateway.signal(SIGTERM);
  CHECK(gateway.finish().status == 0);
}

TEST_CASE("the demo serves on free ports where its usual ones are taken") {
  scratch folder;
  runner::environment with{{"XDG_STATE_HOME", folder.path("state")}};
  runner::process first{{"demo", "--log-level", "off"}, with};
  first.await_output("Ctrl-C");
  with["XDG_STATE_HOME"] = folder.path("other");
  runner::process second{{"demo", "--log-level", "off"}, with};
  auto said = second.await_output("Ctrl-C");
  CHECK(contains(said, "port 4100 is taken: the gateway uses "));
  CHECK(contains(said, "/v1/chat/completions"));
  CHECK(contains(said, folder.path("other") + "/keywheel/demo/keywheel.toml"));
  second.signal(SIGINT);
  CHECK(second.finish().status == 0);
  first.signal(SIGINT);
  CHECK(first.finish().status == 0);
}
