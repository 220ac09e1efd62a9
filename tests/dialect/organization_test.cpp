#include "dialect/organization.hpp"
#include "tests/catch.hpp"

#include <string>

using namespace keywheel;
using namespace keywheel::dialect;

TEST_CASE("messages name an organisation only where it has its place") {
  const auto named = [](std::string_view text) { return std::string{organization_in(text)}; };
  CHECK(named("Rate limit reached for gpt-4o in organization org-Ab_1 on tokens") == "org-Ab_1");
  CHECK(named("Rate limit reached for model `x` in organization `org_x` service") == "org_x");
  CHECK(named("Request too large for gpt-4o in organization org-x on tokens") == "org-x");
  CHECK(named("This request would exceed your organization's rate limit (org: 1c-2d, model: x)")
        == "1c-2d");
  CHECK(named("Your account org-x<ak-y> request reached organization max RPM: 20") == "org-x");
  CHECK(named("Your organization org-x has") == "org-x");
  for (const std::string_view text :
       {"", "in organization org-x", "'Rate limit reached for x in organization org-x'",
        "Rate limit reached for x in organization the-other", "Rate limit reached for x",
        "Your account is not active", "Your account", "Your account org",
        "Rate limit reached for x in organization "}) {
    CAPTURE(text);
    CHECK(named(text).empty());
  }
  CHECK(named("Your account org-" + std::string(200, 'x')).empty());
}

TEST_CASE("headers name an organisation") {
  http::fields headers;
  CHECK(organization_in(headers).empty());
  headers.add("Anthropic-Organization-Id", "1c2d");
  CHECK(organization_in(headers) == "1c2d");
  headers.add("openai-organization", "org-x");
  CHECK(organization_in(headers) == "org-x");
}
