// Random conversations. The seed of a failure is printed; put it into first_seed to see it again.

#include "tests/catch.hpp"
#include "tests/http/conversation.hpp"

#include <algorithm>
#include <random>

using namespace keywheel::http;
using namespace keywheel::http::testing;

namespace {

constexpr unsigned first_seed = 1;

class generator {
public:
  explicit generator(unsigned seed) : random_(seed) {}

  std::size_t up_to(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>{0, most}(random_);
  }

  bool one_in(std::size_t n) { return up_to(n - 1) == 0; }

  std::string text(std::size_t most, std::string_view alphabet) {
    std::string result;
    for (auto n = up_to(most); n > 0; --n)
      result += alphabet[up_to(alphabet.size() - 1)];
    return result;
  }

  template <std::size_t N>
  std::string one_of(const char* const (&choices)[N]) {
    return choices[up_to(N - 1)];
  }

private:
  std::mt19937 random_;
};

/// Bytes of some requests and what the owner is to be told about them.
struct script {
  std::string bytes;
  std::string events;
};

std::string chunks(generator& any, std::string_view body) {
  std::string result;
  while (!body.empty()) {
    const auto size = 1 + any.up_to(std::min<std::size_t>(body.size(), 40) - 1);
    char digits[16];
    std::snprintf(digits, sizeof digits, any.one_in(2) ? "%zx" : "%04zX", size);
    result += digits;
    if (any.one_in(4))
      result += any.one_of({";x", ";x=y", " ; x=\"a;b\"", ";a;b=c"});
    result += "\r\n";
    result += body.substr(0, size);
    result += "\r\n";
    body.remove_prefix(size);
  }
  result += any.one_in(4) ? "000\r\n" : "0\r\n";
  if (any.one_in(3))
    result += "X-Trailer: " + any.text(9, "abc") + "\r\n";
  return result + "\r\n";
}

void add_request(generator& any, bool last, script& to) {
  const auto method = any.one_of({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "X-Y"});
  const auto target = '/' + any.text(30, "abcXYZ019/?&=%-._~:@");
  const bool old = last && any.one_in(2);
  // Bodies hold what frames things elsewhere.
  const auto body = any.text(any.one_in(5) ? 3000 : 60, "\r\n0123456789 GET/:aA");
  const auto framing = any.up_to(old ? 1 : 2);
  auto& bytes = to.bytes;
  bytes += any.one_in(5) ? "\r\n" : "";
  bytes += method + ' ' + target + (old ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (auto n = any.up_to(6); n > 0; --n)
    bytes += "X-" + any.text(20, "abc-") + ":" + any.text(2, " \t") + any.text(40, "abc \"\\,;=\t")
             + "\r\n";
  bytes += "Host: a\r\n";
  if (last && !old)
    bytes += "Connection: close\r\n";
  to.events += method + ' ' + target + (old ? " 1.0" : " 1.1") + (last ? " close" : " keep");
  if (framing == 1) {
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    to.events += " length=" + std::to_string(body.size());
  } else if (framing == 2) {
    bytes += "Transfer-Encoding: chunked\r\n\r\n" + chunks(any, body);
  } else {
    bytes += "\r\n";
  }
  to.events += '\n';
  if (framing != 0 && !body.empty())
    to.events += "body " + body + '\n';
  to.events += "end\n";
}

std::string flipped(generator& any, std::string bytes) {
  for (auto n = 1 + any.up_to(3); n > 0; --n) {
    const auto at = any.up_to(bytes.size() - 1);
    switch (any.up_to(3)) {
    case 0:
      bytes[at] = static_cast<char>(any.up_to(255));
      break;
    case 1:
      bytes.erase(at, 1 + any.up_to(4));
      break;
    case 2:
      bytes.insert(at, any.text(3, "\r\n :;,0\t\x01"));
      break;
    default:
      bytes.insert(at, bytes.substr(any.up_to(bytes.size() - 1), any.up_to(30)));
    }
    if (bytes.empty())
      bytes = "x";
  }
  return bytes;
}

void say_in_pieces(generator& any, conversation& client, std::string_view bytes) {
  const std::size_t most = any.one_in(3) ? 3 : any.one_in(2) ? 40 : 2000;
  while (!bytes.empty()) {
    const std::string piece{bytes.substr(0, 1 + any.up_to(most))};
    bytes.remove_prefix(piece.size());
    client.says(piece);
  }
}

} // namespace

TEST_CASE("random requests arrive as they were sent, however they are cut") {
  for (unsigned seed = first_seed; seed < first_seed + 3000; ++seed) {
    CAPTURE(seed);
    generator any{seed};
    script expected;
    const auto count = 1 + any.up_to(5);
    for (std::size_t i = 0; i < count; ++i)
      add_request(any, i + 1 == count, expected);
    conversation client;
    // Some owners answer at once, some after more input came.
    std::size_t outstanding = 0;
    if (any.one_in(2))
      client.at_request = [&] { ++outstanding; };
    say_in_pieces(any, client, expected.bytes);
    for (; outstanding > 0; --outstanding)
      client.answer(200, "ok");
    REQUIRE(client.events == expected.events);
    REQUIRE(client.connection.current() == server_connection::state::closing);
  }
}

TEST_CASE("random damage is judged the same, however it is cut") {
  std::size_t refused = 0;
  for (unsigned seed = first_seed; seed < first_seed + 3000; ++seed) {
    CAPTURE(seed);
    generator any{seed};
    script good;
    for (auto n = any.up_to(2); n > 0; --n)
      add_request(any, false, good);
    add_request(any, true, good);
    const auto bytes = flipped(any, good.bytes);
    conversation whole;
    whole.says(bytes);
    conversation cut;
    say_in_pieces(any, cut, bytes);
    CAPTURE(bytes);
    REQUIRE(cut.events == whole.events);
    REQUIRE(cut.hears() == whole.hears());
    REQUIRE(cut.connection.current() == whole.connection.current());
    refused += whole.events.find("bad ") != std::string::npos;
  }
  CHECK(refused > 100);
}
