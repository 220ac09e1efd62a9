#pragma once

#include "config/config.hpp"
#include "dialect/json.hpp"

namespace keywheel::observe {

/// Writes a configuration in force as a JSON object that is laid out like the file (DESIGN §5.2),
/// with what was inherited filled in. A secret is `{"masked","source"?}`; a proxy's URL is
/// shown without the user and password in it.
void put_config(dialect::json_writer& out, const config::config& what);

} // namespace keywheel::observe
