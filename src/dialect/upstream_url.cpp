#include "dialect/percent.hpp"
#include "dialect/route.hpp"

namespace keywheel::dialect {

namespace {

constexpr std::string_view v1 = "/v1";

bool ends_in_v1(std::string_view url) {
  return url.size() >= v1.size() && url.substr(url.size() - v1.size()) == v1;
}

std::string_view without_slashes(std::string_view url) {
  while (!url.empty() && url.back() == '/')
    url.remove_suffix(1);
  return url;
}

} // namespace

bool compatible(kind caller, kind provider, std::string_view base_url) {
  return caller == provider
         || (caller == kind::openai && provider == kind::azure
             && ends_in_v1(without_slashes(base_url)));
}

std::string upstream_url(kind provider, std::string_view base_url, const route& of,
                         std::string_view model) {
  std::string_view base = without_slashes(base_url);
  // An Azure resource has its deployments beside its "/v1", and Anthropic's paths begin with it.
  const bool has_own_place =
      provider == kind::anthropic
      || (provider == kind::azure && of.model_in == route::model_place::path);
  if (has_own_place && ends_in_v1(base))
    base.remove_suffix(v1.size());
  std::string result{base};
  if (of.model_in == route::model_place::path) {
    result += provider == kind::azure ? "/deployments/" : "/models/";
    result += percent_encode(model);
  }
  result += of.tail;
  return result;
}

} // namespace keywheel::dialect
