#include "dialect/plain_run.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <memory>
#include <string>

using namespace keywheel::dialect;

namespace {

bool plain(int byte) {
  return byte >= 0x20 && byte != '"' && byte != '\\';
}

} // namespace

TEST_CASE("a plain run ends at the first special byte, wherever that is") {
  for (std::size_t size = 0; size <= 40; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (const int byte : {0x22, 0x5c, 0, 0x1f, 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xff}) {
        const std::unique_ptr<char[]> text{new char[size]};
        std::fill_n(text.get(), size, 'x');
        text[at] = static_cast<char>(byte);
        const std::size_t expected = plain(byte) ? size : at;
        const std::size_t result = plain_run({text.get(), size});
        if (result != expected) {
          CAPTURE(size, at, byte);
          CHECK(result == expected);
        }
      }
  SUCCEED();
}

TEST_CASE("every byte is judged alone, in blocks of each width") {
  for (int byte = 0; byte < 256; ++byte)
    for (const std::size_t size : {1UL, 8UL, 16UL}) {
      CAPTURE(byte, size);
      CHECK(plain_run(std::string(size, static_cast<char>(byte))) == (plain(byte) ? size : 0));
    }
}

TEST_CASE("the first of several special bytes counts") {
  CHECK(plain_run("0123456789abcde\"\"") == 15);
  CHECK(plain_run("abc\\\"") == 3);
  CHECK(plain_run("\x80\xff\"") == 2);
  CHECK(plain_run("") == 0);
}
