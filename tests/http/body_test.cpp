#include "http/body.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace keywheel;

namespace {

constexpr std::size_t block = http::body::block_size;

/// Bytes that tell where they stand.
std::string counted(std::size_t size) {
  std::string result(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    result[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
  return result;
}

std::string joined(const http::body& from, std::size_t begin, std::size_t end) {
  std::vector<std::string_view> pieces;
  from.pieces(begin, end, pieces);
  std::string result;
  for (auto piece : pieces) {
    CHECK_FALSE(piece.empty());
    result += piece;
  }
  return result;
}

} // namespace

TEST_CASE("an empty body has no pieces") {
  http::body body;
  body.append("");
  body.expect(0);
  CHECK(body.size() == 0);
  CHECK(joined(body, 0, 10).empty());
  CHECK(body.text().empty());
}

TEST_CASE("a body up to a block lies in one piece, whatever it came in") {
  const auto text = counted(block);
  http::body body;
  body.expect(text.size());
  for (std::size_t at = 0; at < text.size(); at += 1000)
    body.append(std::string_view{text}.substr(at, 1000));
  std::vector<std::string_view> pieces;
  body.pieces(0, body.size(), pieces);
  REQUIRE(pieces.size() == 1);
  CHECK(pieces.front() == text);
  body.append("x");
  pieces.clear();
  body.pieces(0, body.size(), pieces);
  CHECK(pieces.size() == 2);
}

TEST_CASE("any part of a body can be had, over the borders of blocks too") {
  const auto text = counted(3 * block + 17);
  const http::body body{text};
  CHECK(body.size() == text.size());
  CHECK(body.text() == text);
  for (auto begin : {std::size_t{0}, std::size_t{1}, block - 1, block, 2 * block + 5, text.size()})
    for (auto end : {std::size_t{1}, block - 1, block, block + 1, 3 * block, text.size()})
      if (begin <= end)
        CHECK(joined(body, begin, end) == text.substr(begin, end - begin));
  CHECK(joined(body, 3 * block, text.size() + 100) == text.substr(3 * block));
  CHECK(joined(body, block, block).empty());
}

TEST_CASE("what has come is never moved") {
  http::body body;
  body.append(counted(block));
  std::vector<std::string_view> first;
  body.pieces(0, block, first);
  for (int i = 0; i < 20; ++i)
    body.append(counted(block));
  std::vector<std::string_view> again;
  body.pieces(0, block, again);
  CHECK(first.front().data() == again.front().data());
}

TEST_CASE("bodies in random pieces") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const auto text = counted(std::uniform_int_distribution<std::size_t>{0, 5 * block}(random));
  http::body body;
  if (random() % 2 == 0)
    body.expect(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto count = std::uniform_int_distribution<std::size_t>{0, 100'000}(random);
    body.append(std::string_view{text}.substr(at, count));
    at += std::min(count, text.size() - at);
  }
  CHECK(body.text() == text);
}
