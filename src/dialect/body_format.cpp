#include "dialect/request_scanner.hpp"
#include "dialect/route.hpp"
#include "http/ascii.hpp"
#include "http/fields.hpp"

namespace keywheel::dialect {

std::optional<route::body_format> body_format_of(std::string_view content_type) {
  const std::string_view type = http::trim(content_type.substr(0, content_type.find(';')));
  if (http::name_equals(type, "multipart/form-data"))
    return route::body_format::form;
  if (http::name_equals(type, "application/json"))
    return route::body_format::json;
  return std::nullopt;
}

std::string model_in_body(const route& of, std::string_view model) {
  return of.body == route::body_format::form ? std::string{model} : json_string(model);
}

} // namespace keywheel::dialect
