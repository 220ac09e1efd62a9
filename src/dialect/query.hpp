#pragma once

#include <string>
#include <string_view>

namespace keywheel::dialect {

/// The value of a query's first parameter of that name, decoded; empty if it has none. `query` is
/// empty or begins with `?`.
std::string parameter_of(std::string_view query, std::string_view name);

/// What is left of a query, which comes without its `?` and goes with it, without parameters that
/// carry credentials; the first of those goes to `found`, decoded.
std::string without_credentials(std::string_view query, std::string& found);

} // namespace keywheel::dialect
