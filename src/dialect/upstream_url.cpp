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

bool has_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3) != std::string_view::npos;
}

std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return url.substr(0, url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3));
}

/// Google's ways in and out for whole files stand in front of the version.
bool stands_at_host(kind provider, std::string_view tail) {
  return provider == kind::gemini
         && (tail.starts_with("/upload/") || tail.starts_with("/download/"));
}

/// The path that a base URL without one stands for.
std::string_view usual_path(kind provider, kind caller) {
  if (provider == kind::gemini)
    return "/v1beta";
  if (provider == kind::azure)
    return caller == kind::azure ? "/openai" : "/openai/v1";
  return {};
}

} // namespace

bool compatible(kind caller, kind provider, std::string_view base_url) {
  const std::string_view base = without_slashes(base_url);
  return caller == provider
         || (caller == kind::openai && provider == kind::azure
             && (ends_in_v1(base) || !has_path(base)));
}

std::string upstream_url(kind provider, std::string_view base_url, const route& of,
                         std::string_view model) {
  std::string_view base = without_slashes(base_url);
  if (stands_at_host(provider, of.tail))
    return std::string{origin_of(base)} + of.tail;
  // An Azure resource has what needs an api-version beside its "/v1", and Anthropic's paths begin
  // with it.
  if ((provider == kind::anthropic || of.dialect == kind::azure) && ends_in_v1(base))
    base.remove_suffix(v1.size());
  std::string result{base};
  if (!has_path(base))
    result += usual_path(provider, of.dialect);
  if (of.model_in == route::model_place::path) {
    result += provider == kind::azure ? "/deployments/" : "/models/";
    result += percent_encode(model);
  }
  result += of.tail;
  return result;
}

} // namespace keywheel::dialect
