#include "config/secret.hpp"
#include "tests/catch.hpp"

#include <sstream>
#include <type_traits>

using keywheel::config::secret;

template <class T>
concept printable = requires(std::ostream& out, const T& what) {
  out << what;
};

static_assert(!printable<secret>, "a secret is not written anywhere by accident");
static_assert(!std::is_convertible_v<secret, std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, secret>);

TEST_CASE("a secret is shown by its ends only, and not at all if it is short") {
  CHECK(secret{"sk-abcdefghijklmnopa1b2"}.masked() == "sk-…a1b2");
  CHECK(secret{"0123456789abcdef"}.masked() == "012…cdef");
  CHECK(secret{"0123456789abcde"}.masked() == "…");
  CHECK(secret{"x"}.masked() == "…");
  CHECK(secret{}.masked().empty());
}

TEST_CASE("a secret that is not plain ASCII is not cut in the middle of a character") {
  CHECK(secret{"ää0123456789abcdef"}.masked() == "…");
  CHECK(secret{"0123456789abcdef\xFF\xFE"}.masked() == "…");
}

TEST_CASE("a fingerprint is the beginning of the SHA-256 sum") {
  CHECK(secret{"abc"}.fingerprint() == "ba7816bf8f01cfea");
  CHECK(secret{}.fingerprint() == "e3b0c44298fc1c14");
  CHECK(secret{"abd"}.fingerprint() != secret{"abc"}.fingerprint());
}

TEST_CASE("secrets are equal if every byte is") {
  const secret token{"token"};
  CHECK(token.equals("token"));
  CHECK_FALSE(token.equals("tokeN"));
  CHECK_FALSE(token.equals("Token"));
  CHECK_FALSE(token.equals("toke"));
  CHECK_FALSE(token.equals("token1"));
  CHECK_FALSE(token.equals(""));
  CHECK(secret{}.equals(""));
  CHECK(secret{"a"} == secret{"a"});
  CHECK_FALSE(secret{"a"} == secret{"b"});
  CHECK_FALSE(secret{std::string("a\0b", 3)} == secret{std::string("a\0c", 3)});
}
